/** Our UPnP device on loopback: found, read and used by our own external Registrar, and by Debian's tools. */
import { afterEach, describe, expect, test } from "vitest";
import { systemClock as clock } from "../../src/clock/system-clock.ts";
import type { UpnpDevice } from "../../src/upnp/device.ts";
import { discover } from "../../src/upnp/discover.ts";
import {
  deviceInfo,
  meetRouter,
  putMessage,
  putWlanResponse,
  type Router,
  selectRegistrar,
} from "../../src/upnp/router.ts";
import { type RouterEvent, subscribe } from "../../src/upnp/subscription.ts";
import { systemRandom as random } from "../../src/wsc/crypto.ts";
import { ANYBODY } from "../../src/wsc/elements.ts";
import { mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { identity, openDevice, PlayedAccessPoint } from "./played-access-point.ts";

const open: UpnpDevice[] = [];
async function deviceFor(...args: Parameters<typeof openDevice>): Promise<UpnpDevice> {
  const device = await openDevice(...args);
  open.push(device);
  return device;
}
afterEach(async () => {
  for (const device of open.splice(0)) await device.close();
});

const locationOf = ({ port }: UpnpDevice) => new URL(`http://127.0.0.1:${port}/wps_device.xml`);
const bytes = (...values: readonly number[]) => Uint8Array.from(values);

describe("our own external Registrar", () => {
  test("finds the access point by a search, under its name and at its address", async () => {
    const uuid = random("key", 16);
    const device = await deviceFor(new PlayedAccessPoint(), { identity: { ...identity, uuid } });
    const found: Router[] = [];
    for await (const router of discover({ addresses: ["127.0.0.1"], clock })) found.push(router);
    // Other tests may have access points on loopback, too.
    const ours = found.filter(({ location }) => location.href === locationOf(device).href);
    expect(ours.map(({ description }) => description)).toEqual([expect.objectContaining({ ...identity, uuid })]);
  });

  test("is answered in each action, and asks where it comes from", async () => {
    const service = new PlayedAccessPoint({ onInfo: async () => bytes(1), onMessage: async () => bytes(2) });
    const router = must(await meetRouter(locationOf(await deviceFor(service)), { clock }));
    expect(must(await deviceInfo(router, { clock }))).toEqual(bytes(1));
    expect(must(await putMessage(router, bytes(3), { clock }))).toEqual(bytes(2));
    expect(service.asked).toEqual([
      { action: "GetDeviceInfo", from: "127.0.0.1" },
      { action: "PutMessage", from: "127.0.0.1", message: bytes(3) },
    ]);
  });

  test("hears what is told, and has a say in it as long as it listens", async () => {
    const service = new PlayedAccessPoint();
    const device = await deviceFor(service);
    const router = must(await meetRouter(locationOf(device), { clock }));
    const station = mac("02:00:00:00:05:01");
    const selected = { devicePasswordId: 4, configMethods: 0x0080, authorizedMacs: [ANYBODY] };
    const uuid = bytes(...Array(16).keys());
    const declined = { ok: false, error: { kind: "declined", code: 501 } };
    expect(await selectRegistrar(router, { selected, uuid }, { clock })).toMatchObject(declined);
    expect(await putWlanResponse(router, station, bytes(1), { clock })).toMatchObject(declined);
    const subscription = must(await subscribe({ router, clock, random }));
    expect(device.subscribers).toBe(1);
    const heard: RouterEvent[] = [];
    const listening = (async () => {
      for await (const event of subscription.events) heard.push(event);
    })();
    device.tell({ type: "probeRequest", station, bytes: bytes(5) });
    device.tell({ type: "message", station, bytes: bytes(6) });
    device.state({ locked: true, configurationChanged: false });
    await expect.poll(() => heard.length).toBe(4);
    must(await selectRegistrar(router, { selected, uuid }, { clock }));
    must(await putWlanResponse(router, station, bytes(7), { clock }));
    await subscription.close();
    await listening;
    expect(heard).toEqual([
      { type: "status", accessPoint: 0 },
      { type: "probeRequest", station, bytes: bytes(5) },
      { type: "message", station, bytes: bytes(6) },
      { type: "status", accessPoint: 0x10 },
    ]);
    expect(device.subscribers).toBe(0);
    const from = "127.0.0.1";
    const subscriber = "127.0.0.1 000102030405060708090a0b0c0d0e0f";
    expect(service.asked).toEqual([
      { action: "SetSelectedRegistrar", from, subscriber, selection: { selected, uuid } },
      { action: "PutWLANResponse", from, station, message: bytes(7) },
      { action: "SetSelectedRegistrar", from, subscriber, selection: { selected: null, uuid } },
    ]);
  });
});
