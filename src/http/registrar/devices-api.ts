/** `/api/v1/devices`: who has come in, and what a person calls it; and taking its key back. */

import { setImmediate } from "node:timers/promises";
import { RadioError } from "../../radio/station-radio.ts";
import type { Device } from "../../registrar/device-book.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import { type Static, Type } from "../../schema/type.ts";
import { StoreError } from "../../store/store.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { apiMac } from "../wifi-forms.ts";
import {
  apiMethod,
  Mac,
  Method,
  macIn,
  nullable,
  OfMac,
  type RegistrarApi,
  Time,
  timeOrNull,
  timeText,
} from "./forms.ts";

const path = "/api/v1/devices";

/** Devices in one answer. */
const most = 1000;
/** Devices that are looked at before somebody else has a turn. */
const turn = 1000;

const DeviceBody = Type.Object({
  mac: Mac,
  uuid: Type.String({ description: "32 hex digits" }),
  name: Type.String({ description: "What it calls itself" }),
  label: nullable(Type.String({ description: "What a person calls it" })),
  manufacturer: Type.String(),
  model: Type.String(),
  modelNumber: Type.String(),
  serialNumber: Type.String(),
  type: Type.String({ description: "As in a Primary Device Type: 6-0050F204-1" }),
  instance: Mac,
  method: Method,
  enrolledAt: Time,
  lastSeen: nullable(Time),
  confirmed: Type.Boolean({ description: "It has said that it took its key" }),
  key: Type.Enum(["own", "shared"]),
});

/** Adds the endpoints. */
export function devicesApi(app: App, { service }: RegistrarApi): void {
  const list = {
    summary: "The devices that have come in, the last one first",
    querystring: Type.Object(
      {
        search: Type.Optional(
          Type.String({
            maxLength: 100,
            description: "Part of a name, a label, the maker, the model or the MAC address",
          }),
        ),
        limit: Type.Optional(Type.String({ description: `1 to ${most}, ${most} without it` })),
        offset: Type.Optional(Type.String({ description: "How many to pass over; 0 without it" })),
      },
      { additionalProperties: false },
    ),
    response: { 200: Type.Array(DeviceBody), ...refusals("bad-value", "unknown-field") },
  };
  app.get(path, { schema: list }, async (request, reply) => {
    const { search = "", limit = String(most), offset = "0" } = request.query;
    const wanted = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
    if (wanted < 1 || wanted > most)
      return refuse(reply, "bad-value", `The limit must be a whole number from 1 to ${most}.`);
    if (!/^\d{1,9}$/.test(offset)) return refuse(reply, "bad-value", "The offset must be a whole number.");
    const found = await newestFirst(service, searchFor(search));
    const shown = found.slice(Number(offset), Number(offset) + wanted);
    return shown.flatMap((mac) => {
      const device = service.devices.get(mac);
      return device === null ? [] : [deviceBody(service, device)];
    });
  });

  const show = {
    summary: "One of them",
    params: OfMac,
    response: { 200: DeviceBody, ...refusals("unknown-device") },
  };
  app.get(`${path}/:mac`, { schema: show }, async (request, reply) => {
    const device = find(request.params.mac);
    return device === null ? refuseUnknown(reply) : deviceBody(service, device);
  });

  const rename = {
    summary: "Give it a name of one's own",
    params: OfMac,
    body: Type.Object(
      {
        label: nullable(Type.String({ minLength: 1, maxLength: 64, description: "null: none any more" })),
      },
      { additionalProperties: false },
    ),
    response: { 200: DeviceBody, ...refusals(...bodyFaults, "unknown-device", "not-stored") },
  };
  app.patch(`${path}/:mac`, { schema: rename }, async (request, reply) => {
    const device = find(request.params.mac);
    if (device === null) return refuseUnknown(reply);
    await service.rename(device.macAddress, request.body.label);
    const renamed = service.devices.get(device.macAddress);
    return renamed === null ? refuseUnknown(reply) : deviceBody(service, renamed);
  });

  const revoke = {
    summary: "Take its key back and send it away",
    params: OfMac,
    response: {
      200: Type.Object(
        {
          message: Type.String({ description: "A sentence" }),
          key: Type.Enum(["unfinished", "shared-key"], { description: "The same, as a stable key" }),
        },
        { description: "What taking it back did not do" },
      ),
      204: noContent,
      ...refusals("unknown-device", "not-stored"),
    },
  };
  app.delete(`${path}/:mac`, { schema: revoke }, async (request, reply) => {
    const device = find(request.params.mac);
    const revocation = device === null ? { type: "unknown" as const } : await service.revoke(device.macAddress);
    switch (revocation.type) {
      case "unknown":
        return refuseUnknown(reply);
      case "unfinished":
        return { message: unfinished(revocation.trouble), key: "unfinished" as const };
      case "revoked":
        return service.keyPolicy === "per-device"
          ? sendNoContent(reply)
          : { message: knowsSharedKey, key: "shared-key" as const };
    }
  });

  function find(mac: string): Device | null {
    const address = macIn(mac);
    return address === null ? null : service.devices.get(address);
  }
}

/** Those that are wanted, the last one first. With many of them others have their turn meanwhile. */
async function newestFirst(
  { devices }: RegistrarService,
  isWanted: (device: Device) => boolean,
): Promise<readonly MacAddress[]> {
  const found: { readonly macAddress: MacAddress; readonly enrolledAt: number }[] = [];
  let seen = 0;
  for (const device of devices.all()) {
    if (++seen % turn === 0) await setImmediate();
    const { macAddress, enrolledAt } = device;
    if (isWanted(device)) found.push({ macAddress, enrolledAt });
  }
  return found.sort((a, b) => b.enrolledAt - a.enrolledAt).map(({ macAddress }) => macAddress);
}

/** A device as this API tells it. */
export function deviceBody({ keyPolicy }: RegistrarService, device: Device): Static<typeof DeviceBody> {
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
    method: apiMethod[device.method],
    enrolledAt: timeText(device.enrolledAt),
    lastSeen: timeOrNull(device.lastSeenAt),
    confirmed: device.confirmed,
    key: keyPolicy === "per-device" ? "own" : "shared",
  };
}

const knowsSharedKey =
  "The device was sent away and is not in the list any more. It still knows the key that all share, and can come back until that is changed.";

/** Its record is gone, and nothing more can be done now. */
function unfinished(trouble: unknown): string {
  const why =
    trouble instanceof RadioError || trouble instanceof StoreError
      ? `${trouble.message} ${trouble.hint}`
      : "The service's log says why.";
  return `The device is not in the list any more, but not every access point could be told, so it may still come to the network. That is tried again until it works. ${why}`;
}

/** Whether a device is meant by these words; without any, each is. A MAC address counts in any spelling, and in part. */
function searchFor(text: string): (device: Device) => boolean {
  const wanted = text.trim().toLowerCase();
  const digits = wanted.replaceAll(/[:-]/g, "");
  const isHex = /^[0-9a-f]+$/.test(digits);
  return ({ macAddress, deviceName, label, manufacturer, modelName }) =>
    (isHex && macAddress.replaceAll(":", "").includes(digits)) ||
    [deviceName, label ?? "", manufacturer, modelName].some((one) => one.toLowerCase().includes(wanted));
}

function refuseUnknown<R extends Parameters<typeof refuse>[0]>(reply: R): R {
  return refuse(reply, "unknown-device", `There is no such device; GET ${path} lists them.`);
}
