/** `/api/v1/wps`: what is set for all access points. */

import type { RegistrarService } from "../../registrar/service.ts";
import { type Static, Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { EnabledOrDisabled, enabledText, nullable, type RegistrarApi } from "./forms.ts";

const path = "/api/v1/wps";

const fields = {
  deviceName: Type.String({ minLength: 1, description: "What WPS calls the access points: 1 to 32 bytes of UTF-8" }),
  globalStatus: EnabledOrDisabled,
};
const SettingsBody = Type.Object({
  supportedVersion: Type.Literal("2.0"),
  ...fields,
  note: nullable(Type.String({ description: "What of it is not on the air yet, a sentence" })),
});
const Change = Type.Object(
  {
    deviceName: Type.Optional(fields.deviceName),
    globalStatus: Type.Optional(fields.globalStatus),
    restart: Type.Optional(
      Type.Boolean({ description: "Bring the name to the air, which sends the stations of these access points away" }),
    ),
  },
  { additionalProperties: false },
);

/** Adds the endpoints. */
export function wpsSettingsApi(app: App, { service }: RegistrarApi): void {
  const show = { summary: "What is set for all access points", response: { 200: SettingsBody, ...refusals() } };
  app.get(path, { schema: show }, async () => settingsBody(service));

  const change = {
    summary: "Change it; what is not given stays",
    body: Change,
    response: { 200: SettingsBody, ...refusals(...bodyFaults, "radio-gone", "radio-refused", "not-stored") },
  };
  app.put(path, { schema: change }, async (request, reply) => {
    const { deviceName, globalStatus, restart = false } = request.body;
    if (deviceName !== undefined && Buffer.byteLength(deviceName) > 32)
      return refuse(reply, "bad-value", "The device name may have 32 bytes of UTF-8 at most.");
    if (deviceName !== undefined && /\p{Cc}/u.test(deviceName))
      return refuse(reply, "bad-value", "The device name may have no control characters, such as line ends.");
    if (deviceName !== undefined || globalStatus !== undefined)
      await service.changeCommon({
        ...(deviceName === undefined ? {} : { deviceName }),
        ...(globalStatus === undefined ? {} : { enabled: globalStatus === "Enabled" }),
      });
    if (restart) await bringNameToAir(service);
    return settingsBody(service);
  });
}

/** What is set for all, as this API tells it. */
export function settingsBody(service: RegistrarService): Static<typeof SettingsBody> {
  const { deviceName, enabled } = service.common;
  return {
    supportedVersion: "2.0",
    deviceName,
    globalStatus: enabledText(enabled),
    note:
      waiting(service).length === 0
        ? null
        : 'Devices that enrol are told this name; beacons tell it after a restart of the radios ("restart": true), which sends all stations away.',
  };
}

/** Access points whose beacons tell another name, or do not say which. */
function waiting({ instances, common }: RegistrarService) {
  return instances.flatMap(({ accessPoint }) =>
    accessPoint.facts.deviceName === common.deviceName ? [] : [accessPoint],
  );
}

/** One that does not answer keeps the name from no other. */
async function bringNameToAir(service: RegistrarService): Promise<void> {
  const troubles: unknown[] = [];
  // One after the other: several may be on one radio.
  for (const { instance } of waiting(service))
    await service
      .restart(instance, { deviceName: service.common.deviceName })
      .catch((trouble: unknown) => troubles.push(trouble));
  if (troubles.length > 0) throw troubles[0];
}
