/** `/api/v1/wps/instances`: the networks whose devices enrol here, what is set on them, and their one key for all. */

import type { Instant } from "../../clock/clock.ts";
import type { ServedInstance } from "../../registrar/served-instance.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import { type Static, Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { apiMac, ssidText } from "../wifi-forms.ts";
import { findInstance, instancesPath, OfInstance, refuseUnknownInstance } from "./find-instance.ts";
import { EnabledOrDisabled, enabledText, Lockdown, lockdownBody, Mac, nullable, type RegistrarApi } from "./forms.ts";
import { StatusBody, statusBody } from "./status-body.ts";

const path = `${instancesPath}/:id`;

const ConfigurationState = Type.Enum(["Configured", "Unconfigured"]);

const InstanceBody = Type.Object({
  id: Mac,
  name: Type.String({ description: "As the registrar was told: hostapd:wlan0" }),
  radio: Type.String(),
  vap: Type.Integer(),
  ssid: Type.String(),
  security: Type.String(),
  mode: EnabledOrDisabled,
  builtInRegistrar: EnabledOrDisabled,
  configurationState: ConfigurationState,
  lockdown: nullable(Lockdown),
  trouble: nullable(Type.String({ description: "Why the access point does not answer, a sentence" })),
});

const Change = Type.Object(
  {
    mode: Type.Optional(EnabledOrDisabled),
    builtInRegistrar: Type.Optional(EnabledOrDisabled),
    configurationState: Type.Optional(ConfigurationState),
    restart: Type.Optional(Type.Boolean({ description: "Go on although it sends all stations away" })),
  },
  { additionalProperties: false },
);

/** Adds the endpoints. */
export function instancesApi(app: App, { service, clock }: RegistrarApi): void {
  const body = (instance: ServedInstance) => instanceBody(service, instance, clock.now());

  const list = {
    summary: "The networks whose devices enrol here",
    response: { 200: Type.Array(InstanceBody), ...refusals() },
  };
  app.get(instancesPath, { schema: list }, async () => service.instances.map(body));

  const show = {
    summary: "One of them",
    params: OfInstance,
    response: { 200: InstanceBody, ...refusals("unknown-instance") },
  };
  app.get(path, { schema: show }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    return instance === null ? refuseUnknownInstance(reply) : body(instance);
  });

  const change = {
    summary: "Change what is set on it; what is not given stays",
    params: OfInstance,
    body: Change,
    response: {
      200: InstanceBody,
      ...refusals(...bodyFaults, "unknown-instance", "drops-stations", "radio-gone", "radio-refused", "not-stored"),
    },
  };
  app.put(path, { schema: change }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    const { mode, builtInRegistrar, configurationState, restart = false } = request.body;
    const { accessPoint } = instance;
    const isOther = configurationState !== undefined && configurationState !== body(instance).configurationState;
    if (isOther && !restart)
      return refuse(
        reply,
        "drops-stations",
        'That restarts the radio and sends all stations away. Say "restart": true to do it all the same.',
      );
    if (isOther)
      await service.restart(accessPoint.instance, {
        wps: configurationState === "Configured" ? "configured" : "unconfigured",
      });
    if (mode !== undefined || builtInRegistrar !== undefined)
      await service.changeInstance(accessPoint.instance, {
        ...(mode === undefined ? {} : { enabled: mode === "Enabled" }),
        ...(builtInRegistrar === undefined ? {} : { builtInRegistrar: builtInRegistrar === "Enabled" }),
      });
    return body(instance);
  });

  const status = {
    summary: "What it is doing, in the words of access points' own pages",
    params: OfInstance,
    response: { 200: StatusBody, ...refusals("unknown-instance") },
  };
  app.get(`${path}/status`, { schema: status }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    return instance === null ? refuseUnknownInstance(reply) : statusBody(service, instance, clock.now());
  });

  const key = {
    summary: "Show the key that all its stations share; that somebody did is noted",
    params: OfInstance,
    response: {
      200: Type.Object({ key: Type.String() }),
      ...refusals("unknown-instance", "no-shared-key", "radio-gone", "radio-refused"),
    },
  };
  app.post(`${path}/key`, { schema: key }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    const shared = await service.revealKey(instance.accessPoint.instance);
    if (shared !== null) return { key: shared.revealText() };
    return refuse(
      reply,
      "no-shared-key",
      "This network has no key that its stations share: each has its own, or none.",
    );
  });

  const unlock = {
    summary: "Open the lock against wrong device PINs, which is one for all instances",
    params: OfInstance,
    response: { 204: noContent, ...refusals("unknown-instance", "not-stored") },
  };
  app.post(`${path}/unlock`, { schema: unlock }, async (request, reply) => {
    if (findInstance(service, request.params.id) === null) return refuseUnknownInstance(reply);
    await service.unlock();
    return sendNoContent(reply);
  });
}

/** An instance as this API tells it. */
export function instanceBody(
  service: RegistrarService,
  instance: ServedInstance,
  now: Instant,
): Static<typeof InstanceBody> {
  const { accessPoint, settings, trouble } = instance;
  const { instance: id, name, facts } = accessPoint;
  const { configurationState, lockdown } = instance.status(service.common.enabled, service.lock);
  return {
    id: apiMac(id),
    name,
    radio: facts.radio,
    vap: facts.vap,
    ssid: ssidText(facts.ssid),
    security: facts.security,
    mode: enabledText(settings.enabled),
    builtInRegistrar: enabledText(settings.builtInRegistrar),
    configurationState,
    lockdown: lockdown && lockdownBody(lockdown, now),
    trouble,
  };
}
