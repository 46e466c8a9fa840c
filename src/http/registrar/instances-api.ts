/** `/api/v1/wps/instances`: the networks whose devices enrol here, what is set on them, and what they are doing. */
import { type Static, Type } from "typebox";
import type { Clock } from "../../clock/clock.ts";
import type { ServedInstance } from "../../registrar/served-instance.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { apiMac, ssidText } from "../wifi-forms.ts";
import {
  EnabledOrDisabled,
  enabledText,
  Lockdown,
  lockdownBody,
  Mac,
  macIn,
  nullable,
  refuseUnknownInstance,
  secondsUntil,
  Time,
  timeOrNull,
} from "./forms.ts";

export const instancesPath = "/api/v1/wps/instances";
const path = `${instancesPath}/:id`;

export const OfInstance = Type.Object({ id: Type.String({ description: "Its BSSID" }) });

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

/** Names and values are those of access points' own pages. */
const StatusBody = Type.Object({
  "WPS Status": EnabledOrDisabled,
  "WPS Configuration State": ConfigurationState,
  "Transaction Status": Type.Enum(["None", "Success", "WPS Message Error", "Timed Out"]),
  "WPS Operational Status": Type.Enum(["Disabled", "Ready", "Configuring", "Proxying", "Adding Enrollee"]),
  "AP Lockdown Status": nullable(Type.Enum(["Locked", "Unlocked"])),
  "AP Lockdown Duration": nullable(Type.Integer({ description: "Seconds left" })),
  "AP Lockdown Timestamp": nullable(Time),
  "Failed Attempts with Invalid PIN": nullable(Type.Integer()),
  "WPS Radio": Type.String(),
  "WPS VAP": Type.Integer(),
  SSID: Type.String(),
  Security: Type.String(),
  window: nullable(
    Type.Object({
      method: Type.Enum(["pbc", "pin"]),
      secondsLeft: Type.Integer(),
    }),
  ),
  unknown: nullable(Type.String({ description: "Why some of it is null, a sentence" })),
});

export interface InstancesOptions {
  readonly service: RegistrarService;
  readonly clock: Clock;
}

/** Adds the endpoints. */
export function instancesApi(app: App, { service, clock }: InstancesOptions): void {
  const list = {
    summary: "The networks whose devices enrol here",
    response: { 200: Type.Array(InstanceBody), ...refusals() },
  };
  app.get(instancesPath, { schema: list }, async () => service.instances.map(instanceBody));

  const show = {
    summary: "One of them",
    params: OfInstance,
    response: { 200: InstanceBody, ...refusals("unknown-instance") },
  };
  app.get(path, { schema: show }, async (request, reply) => {
    const instance = find(request.params.id);
    return instance === null ? refuseUnknownInstance(reply) : instanceBody(instance);
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
    const instance = find(request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    const { mode, builtInRegistrar, configurationState, restart = false } = request.body;
    const { accessPoint } = instance;
    const isNew = configurationState !== undefined && configurationState !== instanceBody(instance).configurationState;
    if (isNew && !restart)
      return refuse(
        reply,
        "drops-stations",
        'That restarts the radio and sends all stations away. Say "restart": true to do it all the same.',
      );
    if (isNew) await accessPoint.restart({ wps: configurationState === "Configured" ? "configured" : "unconfigured" });
    await service.changeInstance(accessPoint.instance, {
      ...(mode === undefined ? {} : { enabled: mode === "Enabled" }),
      ...(builtInRegistrar === undefined ? {} : { builtInRegistrar: builtInRegistrar === "Enabled" }),
    });
    return instanceBody(instance);
  });

  const status = {
    summary: "What it is doing, in the words of access points' own pages",
    params: OfInstance,
    response: { 200: StatusBody, ...refusals("unknown-instance") },
  };
  app.get(`${path}/status`, { schema: status }, async (request, reply) => {
    const instance = find(request.params.id);
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
    const instance = find(request.params.id);
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
    summary: "Open the lock against wrong device PINs",
    params: OfInstance,
    response: { 204: noContent, ...refusals("unknown-instance", "not-stored") },
  };
  app.post(`${path}/unlock`, { schema: unlock }, async (request, reply) => {
    if (find(request.params.id) === null) return refuseUnknownInstance(reply);
    await service.unlock();
    return sendNoContent(reply);
  });

  function find(id: string): ServedInstance | null {
    const bssid = macIn(id);
    return bssid === null ? null : service.instance(bssid);
  }

  function instanceBody(instance: ServedInstance): Static<typeof InstanceBody> {
    const { accessPoint, settings, trouble } = instance;
    const { instance: id, name, facts } = accessPoint;
    const status = instance.status(service.common.enabled, service.lock);
    return {
      id: apiMac(id),
      name,
      radio: facts.radio,
      vap: facts.vap,
      ssid: ssidText(facts.ssid),
      security: facts.security,
      mode: enabledText(settings.enabled),
      builtInRegistrar: enabledText(settings.builtInRegistrar),
      configurationState: status.configurationState,
      lockdown: status.lockdown && lockdownBody(status.lockdown, clock.now()),
      trouble,
    };
  }
}

const onlyItKnows =
  "This access point's own Registrar answers devices and external Registrars, and does not tell how often a PIN was wrong.";

/** The status of an instance as the API tells it. */
export function statusBody(
  service: RegistrarService,
  instance: ServedInstance,
  now: number,
): Static<typeof StatusBody> {
  const { facts } = instance.accessPoint;
  const status = instance.status(service.common.enabled, service.lock);
  const { lockdown, window } = status;
  return {
    "WPS Status": status.wpsStatus,
    "WPS Configuration State": status.configurationState,
    "Transaction Status": status.transactionStatus,
    "WPS Operational Status": status.operationalStatus,
    "AP Lockdown Status": lockdown && (lockdown.locked ? "Locked" : "Unlocked"),
    "AP Lockdown Duration": lockdown && secondsUntil(lockdown.until, now),
    "AP Lockdown Timestamp": lockdown && timeOrNull(lockdown.lockedAt),
    "Failed Attempts with Invalid PIN": lockdown?.failures ?? null,
    "WPS Radio": facts.radio,
    "WPS VAP": facts.vap,
    SSID: ssidText(facts.ssid),
    Security: facts.security,
    window: window && {
      method: window.method === "pushButton" ? "pbc" : "pin",
      secondsLeft: secondsUntil(window.closesAt, now) ?? 0,
    },
    unknown: lockdown === null ? onlyItKnows : null,
  };
}
