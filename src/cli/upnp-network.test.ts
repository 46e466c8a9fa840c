/** A network whose interface gets another address, goes away and comes back, on loopback in virtual time. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDevice, PlayedAccessPoint } from "../../test/upnp/played-access-point.ts";
import { systemClock } from "../clock/system-clock.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { UpnpDevice } from "../upnp/device.ts";
import { meetRouter } from "../upnp/router.ts";
import type { LocalAddress } from "../upnp/wlan-config-service.ts";
import { type Place, placesOn, UpnpNetwork } from "./upnp-network.ts";

const place = (address: string, index = "7"): Place => ({ address, netmask: "255.0.0.0", index });
const [here, there] = [place("127.0.0.61"), place("127.0.0.62")];

let clock: VirtualClock;
/** Null: the system does not tell them, as when it has no more files to give. */
let places: readonly Place[] | null;
/** Every address that was served, the last one last. */
let served: string[];
/** Those that are served now. */
let devices: Map<string, UpnpDevice>;
let troubles: string[];
let network: UpnpNetwork;

async function serve({ address, netmask }: LocalAddress): Promise<() => Promise<void>> {
  served.push(address);
  const device = await openDevice(new PlayedAccessPoint(), { address: { address, netmask } });
  devices.set(address, device);
  return async () => {
    devices.delete(address);
    await device.close();
  };
}

beforeEach(async () => {
  [clock, places, served, devices, troubles] = [new VirtualClock(), [here], [], new Map(), []];
  network = await UpnpNetwork.open({
    place: here,
    places: () => {
      if (places === null) throw new Error("EMFILE");
      return places;
    },
    clock,
    serve,
    onTrouble: (error) => troubles.push(String(error)),
  });
});
afterEach(() => network.close());

/** Time passes until an address is served. */
const isServed = (address: string) =>
  expect
    .poll(async () => {
      await clock.advance(5_000);
      return [...devices.keys()];
    })
    .toEqual([address]);

async function isFound(address: string): Promise<boolean> {
  const port = devices.get(address)?.port ?? 0;
  const router = await meetRouter(new URL(`http://${address}:${port}/wps_device.xml`), { clock: systemClock });
  return router.ok && router.value.location.hostname === address;
}

test("access points are found under another address once their interface has it, and no more under the first", async () => {
  expect(await isFound("127.0.0.61")).toBe(true);
  places = [there];
  await isServed("127.0.0.62");
  expect(await isFound("127.0.0.62")).toBe(true);
  expect(served).toEqual(["127.0.0.61", "127.0.0.62"]);
});

test("a network that is away for a while, or has a second address, finds them as before", async () => {
  for (const now of [[], [here], [there, here]]) {
    places = now;
    await clock.advance(60_000);
  }
  expect(served).toEqual(["127.0.0.61"]);
  expect(await isFound("127.0.0.61")).toBe(true);
});

test("an interface that was made anew hears searches again", async () => {
  places = [place("127.0.0.61", "8")];
  await clock.advance(5_000);
  await isServed("127.0.0.61");
  expect(served).toEqual(["127.0.0.61", "127.0.0.61"]);
  expect(await isFound("127.0.0.61")).toBe(true);
});

test("an address that is not ours yet is tried again until it is", async () => {
  places = [place("192.0.2.61")];
  await expect
    .poll(async () => {
      await clock.advance(5_000);
      return troubles.length;
    })
    .toBeGreaterThan(1);
  expect(troubles[0]).toMatch(/EADDRNOTAVAIL/);
  places = [there];
  await isServed("127.0.0.62");
});

test("a system that does not tell its addresses is asked again", async () => {
  places = null;
  await expect
    .poll(async () => {
      await clock.advance(5_000);
      return troubles;
    })
    .toContain("Error: EMFILE");
  places = [there];
  await isServed("127.0.0.62");
});

test("nothing is served once it is closed, whatever the address", async () => {
  await network.close();
  places = [there];
  await clock.advance(60_000);
  expect([...devices.keys()]).toEqual([]);
});

test("the system's loopback is at 127.0.0.1, and an interface that is none nowhere", () => {
  expect(placesOn("lo")).toContainEqual({ address: "127.0.0.1", netmask: "255.0.0.0", index: expect.any(String) });
  expect(placesOn("nowhere0")).toEqual([]);
});
