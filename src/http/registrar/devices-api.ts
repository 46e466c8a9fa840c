/** `/api/v1/devices` and `/api/v1/requests`: who has come in, who asks to, and what a person does about them. */
import { type Static, Type } from "typebox";
import type { Device } from "../../registrar/device-book.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { readPin } from "../read-pin.ts";
import { apiMac } from "../wifi-forms.ts";
import { answer } from "./enrolment-api.ts";
import { Mac, macIn, nullable, Time, timeOrNull, timeText } from "./forms.ts";

const devicesPath = "/api/v1/devices";
const requestsPath = "/api/v1/requests";
const OfDevice = Type.Object({ mac: Type.String() });
const method = Type.Enum(["pbc", "pin"]);
const text = nullable(Type.String());

const DeviceBody = Type.Object({
  mac: Mac,
  uuid: Type.String(),
  name: Type.String({ description: "What it calls itself" }),
  label: nullable(Type.String({ description: "What a person calls it" })),
  manufacturer: Type.String(),
  model: Type.String(),
  modelNumber: Type.String(),
  serialNumber: Type.String(),
  type: Type.String({ description: "As in a Primary Device Type: 6-0050F204-1" }),
  instance: Mac,
  method,
  enrolledAt: Time,
  lastSeen: nullable(Time),
  confirmed: Type.Boolean({ description: "It has said that it took its key" }),
  key: Type.Enum(["own", "shared"]),
});

const RequestBody = Type.Object({
  mac: Mac,
  instance: Mac,
  method,
  uuid: Type.String(),
  name: text,
  manufacturer: text,
  model: text,
  type: text,
  firstAt: Time,
  lastAt: Time,
});

/** Adds the endpoints. */
export function devicesApi(app: App, service: RegistrarService): void {
  const list = {
    summary: "The devices that have come in, the last one first",
    querystring: Type.Object(
      { search: Type.Optional(Type.String({ maxLength: 100 })) },
      { additionalProperties: false },
    ),
    response: { 200: Type.Array(DeviceBody), ...refusals("bad-value", "unknown-field") },
  };
  app.get(devicesPath, { schema: list }, async (request) => {
    const wanted = request.query.search?.toLowerCase() ?? "";
    const found = [...service.devices.all()].map(deviceBody).filter((device) => isLike(device, wanted));
    return found.sort((a, b) => b.enrolledAt.localeCompare(a.enrolledAt));
  });

  const show = {
    summary: "One of them",
    params: OfDevice,
    response: { 200: DeviceBody, ...refusals("unknown-device") },
  };
  app.get(`${devicesPath}/:mac`, { schema: show }, async (request, reply) => {
    const device = find(request.params.mac);
    return device === null ? refuseUnknown(reply) : deviceBody(device);
  });

  const rename = {
    summary: "Give it a name of one's own",
    params: OfDevice,
    body: Type.Object({ label: nullable(Type.String({ maxLength: 64 })) }, { additionalProperties: false }),
    response: { 200: DeviceBody, ...refusals(...bodyFaults, "unknown-device", "not-stored") },
  };
  app.patch(`${devicesPath}/:mac`, { schema: rename }, async (request, reply) => {
    const device = find(request.params.mac);
    if (device === null) return refuseUnknown(reply);
    await service.rename(device.macAddress, request.body.label);
    return deviceBody(service.devices.get(device.macAddress) ?? device);
  });

  const revoke = {
    summary: "Take its key back and send it away",
    params: OfDevice,
    response: {
      200: Type.Object({ message: Type.String() }),
      204: noContent,
      ...refusals("unknown-device", "not-stored"),
    },
  };
  app.delete(`${devicesPath}/:mac`, { schema: revoke }, async (request, reply) => {
    const device = find(request.params.mac);
    if (device === null || !(await service.revoke(device.macAddress))) return refuseUnknown(reply);
    if (service.keyPolicy === "per-device") return sendNoContent(reply);
    return {
      message:
        "The device was sent away and is not in the list any more. It knows the key that all share, and can come back until that is changed.",
    };
  });

  const asking = {
    summary: "Devices that asked to come in and found no window, the last one last",
    response: { 200: Type.Array(RequestBody), ...refusals() },
  };
  app.get(requestsPath, { schema: asking }, async () =>
    service.requests.map((request) => ({
      mac: apiMac(request.macAddress),
      instance: apiMac(request.instance),
      method: request.method === "pushButton" ? ("pbc" as const) : ("pin" as const),
      uuid: request.uuid,
      name: request.deviceName,
      manufacturer: request.manufacturer,
      model: request.modelName,
      type: request.deviceType,
      firstAt: timeText(request.firstAt),
      lastAt: timeText(request.lastAt),
    })),
  );

  const admit = {
    summary: "Let one of them in",
    params: OfDevice,
    body: Type.Object({ pin: Type.Optional(Type.String()) }, { additionalProperties: false }),
    response: {
      204: noContent,
      ...refusals(
        ...bodyFaults,
        ...([
          "unknown-request",
          "bad-pin",
          "wrong-check-digit",
          "overlap",
          "disabled",
          "radio-gone",
          "radio-refused",
        ] as const),
      ),
    },
  };
  app.post(
    `${requestsPath}/:mac/admit`,
    {
      schema: admit,
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    async (request, reply) => {
      const pin = request.body.pin === undefined ? null : readPin(request.body.pin);
      if (pin?.ok === false) return refuse(reply, pin.error.key, pin.error.message);
      const mac = macIn(request.params.mac);
      const outcome = mac === null ? "unknown" : await service.admit(mac, pin?.value ?? null);
      if (outcome === "unknown")
        return refuse(reply, "unknown-request", "This device does not ask any more. Start it on the device again.");
      if (outcome === "pin-needed")
        return refuse(reply, "bad-pin", 'This device comes with a PIN: read it off the device, and give it as "pin".');
      return answer(reply, outcome);
    },
  );

  function find(mac: string): Device | null {
    const address = macIn(mac);
    return address === null ? null : service.devices.get(address);
  }

  function deviceBody(device: Device): Static<typeof DeviceBody> {
    return {
      mac: apiMac(device.macAddress),
      uuid: device.uuid,
      name: device.deviceName,
      label: device.label,
      manufacturer: device.manufacturer,
      model: device.modelName,
      modelNumber: device.modelNumber,
      serialNumber: device.serialNumber,
      type: device.deviceType,
      instance: apiMac(device.instance),
      method: device.method === "pushButton" ? "pbc" : "pin",
      enrolledAt: timeText(device.enrolledAt),
      lastSeen: timeOrNull(device.lastSeenAt),
      confirmed: device.confirmed,
      key: service.keyPolicy === "per-device" ? "own" : "shared",
    };
  }
}

function isLike(device: Static<typeof DeviceBody>, wanted: string): boolean {
  const { mac, name, label, manufacturer, model, serialNumber } = device;
  return [mac, name, label ?? "", manufacturer, model, serialNumber].some((one) => one.toLowerCase().includes(wanted));
}

function refuseUnknown<R extends Parameters<typeof refuse>[0]>(reply: R): R {
  return refuse(reply, "unknown-device", "There is no such device; GET /api/v1/devices lists them.");
}
