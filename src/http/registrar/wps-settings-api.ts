/** `/api/v1/wps` and `/api/v1/wps/device-pin`: what is set for all access points, and the PIN of external Registrars. */
import { Type } from "typebox";
import type { RegistrarService } from "../../registrar/service.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { EnabledOrDisabled, enabledText, nullable, Time, timeOrNull } from "./forms.ts";

const path = "/api/v1/wps";
const pinPath = `${path}/device-pin`;

const fields = {
  deviceName: Type.String({ minLength: 1, description: "What WPS calls the access points, at most 32 bytes" }),
  globalStatus: EnabledOrDisabled,
};
const Settings = Type.Object({
  supportedVersion: Type.Literal("2.0"),
  ...fields,
  note: nullable(Type.String({ description: "What of it is not on the air yet, a sentence" })),
});
const Change = Type.Object(
  {
    deviceName: Type.Optional(fields.deviceName),
    globalStatus: Type.Optional(fields.globalStatus),
    restart: Type.Optional(Type.Boolean({ description: "Restart the radios, which sends all stations away" })),
  },
  { additionalProperties: false },
);
const PinBody = Type.Object({ pin: nullable(Type.String()), expiresAt: nullable(Time) });

/** How long a PIN serves when nobody says, in seconds. */
const pinSeconds = 300;

/** Adds the endpoints. */
export function wpsSettingsApi(app: App, service: RegistrarService): void {
  const show = { summary: "What is set for all access points", response: { 200: Settings, ...refusals() } };
  app.get(path, { schema: show }, async () => settingsBody());

  const change = {
    summary: "Change it; what is not given stays",
    body: Change,
    response: { 200: Settings, ...refusals(...bodyFaults, "radio-gone", "radio-refused", "not-stored") },
  };
  app.put(path, { schema: change }, async (request, reply) => {
    const { deviceName, globalStatus, restart = false } = request.body;
    if (deviceName !== undefined && Buffer.byteLength(deviceName) > 32)
      return refuse(reply, "bad-value", "The device name may have 32 bytes of UTF-8 at most.");
    await service.changeCommon({
      ...(deviceName === undefined ? {} : { deviceName }),
      ...(globalStatus === undefined ? {} : { enabled: globalStatus === "Enabled" }),
    });
    if (restart) for (const { accessPoint } of service.instances) await accessPoint.restart({ deviceName });
    return settingsBody();
  });

  function settingsBody() {
    const { deviceName, enabled } = service.common;
    const waiting = service.instances.some(({ accessPoint: { facts } }) => facts.deviceName !== deviceName);
    return {
      supportedVersion: "2.0" as const,
      deviceName,
      globalStatus: enabledText(enabled),
      note: waiting
        ? 'Devices that enrol are told this name; beacons tell it after a restart of the radios ("restart": true), which sends all stations away.'
        : null,
    };
  }

  const showPin = {
    summary: "The PIN by which an external Registrar may read or set the access points; null: none is in force",
    response: { 200: PinBody, ...refusals() },
  };
  app.get(pinPath, { schema: showPin }, async () => {
    const { pin = null, expiresAt = null } = service.devicePin ?? {};
    return { pin, expiresAt: timeOrNull(expiresAt) };
  });

  const makePin = {
    summary: "Make up another one",
    body: Type.Object(
      {
        seconds: Type.Optional(
          nullable(Type.Integer({ minimum: 1, maximum: 86_400, description: "null: until taken away" })),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 200: PinBody, ...refusals(...bodyFaults, "own-keys", "not-stored") },
  };
  app.post(
    pinPath,
    {
      schema: makePin,
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    async (request, reply) => {
      if (service.keyPolicy === "per-device")
        return refuse(
          reply,
          "own-keys",
          "Each device has a key of its own here, and an external Registrar would read or set one for all. Run the registrar with --keys shared for that.",
        );
      const { seconds = pinSeconds } = request.body;
      const pin = await service.generateDevicePin(seconds === null ? null : seconds * 1000);
      return { pin, expiresAt: timeOrNull(service.devicePin?.expiresAt ?? null) };
    },
  );

  const takePin = { summary: "Take it away", response: { 204: noContent, ...refusals() } };
  app.delete(pinPath, { schema: takePin }, async (_request, reply) => {
    service.withdrawDevicePin();
    return sendNoContent(reply);
  });
}
