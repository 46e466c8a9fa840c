/**
 * What every station backend promises, as a suite: the simulated air, wpa_supplicant, whatever comes later.
 * A backend's test calls `proveStationRadio` with a harness that can build a small world around one radio.
 * It knows nothing of time: the harness says how to wait, so that the same tests run in virtual time and on the air.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MacAddress } from "../wsc/address.ts";
import { Secret } from "../wsc/secret.ts";
import {
  type Bss,
  type EnrolEvent,
  type EnrolMethod,
  hotspotAddress,
  type Link,
  type Network,
  RadioError,
  type StationRadio,
} from "./station-radio.ts";

/** An access point of the world: WPA2-Personal with CCMP, WPS on, a Registrar behind it, in range of the radio. */
export interface ContractAccessPoint {
  readonly bssid: MacAddress;
  readonly ssid: Uint8Array;
  /** The passphrase, as its Registrar hands it out. */
  readonly key: Secret;
  /** Opens a push-button window of two minutes. */
  pressButton(): Promise<void>;
  /** Opens a window for any station that has this PIN. */
  enterPin(pin: string): Promise<void>;
}

/** One radio that is off at first, and two access points with different names, keys and UUIDs, all windows closed. */
export interface ContractWorld {
  readonly radio: StationRadio;
  readonly home: ContractAccessPoint;
  readonly neighbour: ContractAccessPoint;
  /** Waits for a promise to settle; in virtual time this is where time moves. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Takes the radio away for good, as when its driver or its daemon dies. */
  removeRadio(): Promise<void>;
  /** Closes the radio too. Called after `removeRadio` as well. */
  close(): Promise<void>;
}

export interface StationRadioHarness {
  /** Real milliseconds that one test may take. */
  readonly limitMs: number;
  /** A fresh world; called before each test. */
  open(): Promise<ContractWorld>;
}

const goodPin = "12345670";
const pushButton: EnrolMethod = { type: "pushButton" };
const pin = (digits: string): EnrolMethod => ({ type: "pin", pin: new Secret(digits) });

/** Declares the suite. @param backend what the tests are called after */
export function proveStationRadio(backend: string, harness: StationRadioHarness): void {
  describe(`${backend} keeps the promises of a station's radio:`, { timeout: harness.limitMs }, () => {
    let world: ContractWorld;
    beforeEach(async () => {
      world = await harness.open();
    }, harness.limitMs);
    afterEach(async () => {
      await world.close();
    }, harness.limitMs);

    const homeNetwork = (): Network => networkOf(world.home);
    const connectTo = async (accessPoint: ContractAccessPoint): Promise<Link> => {
      await world.until(world.radio.apply({ mode: "station", network: networkOf(accessPoint) }));
      return world.until(linkWhere(world.radio, (link) => link.bss?.bssid === accessPoint.bssid));
    };
    const enrolWith = (method: EnrolMethod, bssid?: MacAddress): Promise<readonly EnrolEvent[]> =>
      world.until(all(world.radio.enrol(method, { bssid, signal: new AbortController().signal })));

    test("a scan finds both access points, strongest first, and says that they do WPS", async () => {
      await world.until(world.radio.apply({ mode: "station", network: null }));
      const seen = await world.until(world.radio.scan());
      for (const { bssid, ssid } of [world.home, world.neighbour]) {
        const bss = seen.find((other) => other.bssid === bssid);
        expect(bss).toMatchObject({ ssid, authMode: "WPA2", pairwiseCipher: "CCMP", groupCipher: "CCMP" });
        expect(bss?.wps).toMatchObject({ selectedRegistrar: false, setupLocked: false, configured: true });
      }
      expect(seen.map((bss) => bss.rssi)).toEqual(seen.map((bss) => bss.rssi).sort((a, b) => b - a));
    });

    test("a scan shows an open window and what it is open for", async () => {
      await world.until(world.radio.apply({ mode: "station", network: null }));
      const advertOf = async (bssid: MacAddress) => find(await world.until(world.radio.scan()), bssid).wps;
      await world.until(world.home.pressButton());
      expect(await advertOf(world.home.bssid)).toMatchObject({ selectedRegistrar: true, devicePasswordId: 4 });
      await world.until(world.neighbour.enterPin(goodPin));
      expect(await advertOf(world.neighbour.bssid)).toMatchObject({ selectedRegistrar: true, devicePasswordId: 0 });
    });

    test("told to be off, it is off, and has no link", async () => {
      await connectTo(world.home);
      await world.until(world.radio.apply({ mode: "off" }));
      const link = await world.until(linkWhere(world.radio, ({ state }) => state === "off"));
      expect(link).toMatchObject({ state: "off", bss: null });
    });

    test("given a network, it joins it and says which access point it is at", async () => {
      const link = await connectTo(world.home);
      expect(link).toMatchObject({ state: "connected", trouble: null });
      expect(link.bss).toMatchObject({ bssid: world.home.bssid, ssid: world.home.ssid });
      expect(link.macAddress).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
    });

    test("given another network, it leaves the first", async () => {
      await connectTo(world.home);
      expect((await connectTo(world.neighbour)).bss?.ssid).toEqual(world.neighbour.ssid);
    });

    test("given a static address, it has it in that network and in no other", async () => {
      const staticAddress = { ip: "10.77.0.5", mask: "255.255.255.0", gateway: "10.77.0.1", dns: "10.77.0.53" };
      await world.until(world.radio.apply({ mode: "station", network: { ...homeNetwork(), staticAddress } }));
      const link = await world.until(linkWhere(world.radio, ({ address }) => address?.gateway === "10.77.0.1"));
      expect(link).toMatchObject({ state: "connected", address: { ...staticAddress, dns: [staticAddress.dns] } });
      expect((await connectTo(world.neighbour)).address?.ip).not.toBe(staticAddress.ip);
      // Nor in the same network, once it is told to have none.
      await world.until(world.radio.apply({ mode: "station", network: { ...homeNetwork(), staticAddress } }));
      await world.until(linkWhere(world.radio, ({ address }) => address?.ip === staticAddress.ip));
      expect((await connectTo(world.home)).address?.ip).not.toBe(staticAddress.ip);
    });

    test("given a static address that no interface can have, it says so", async () => {
      const staticAddress = { ip: "10.77.0.5", mask: "255.0.255.0", gateway: null, dns: null };
      const applied = world.radio.apply({ mode: "station", network: { ...homeNetwork(), staticAddress } });
      await expect(world.until(applied)).rejects.toMatchObject({ kind: "refused", hint: expect.stringMatching(/\.$/) });
    });

    test("told to be a hotspot, it is an access point with the hotspot's address, and gives it up with it", async () => {
      const hotspot = { ssid: new TextEncoder().encode("set me up"), key: new Secret("twelve monkeys") };
      await world.until(world.radio.apply({ mode: "accessPoint", hotspot }));
      const link = await world.until(linkWhere(world.radio, ({ state }) => state === "accessPoint"));
      expect(link).toMatchObject({ bss: null, address: { ...hotspotAddress, gateway: null } });
      expect((await connectTo(world.home)).address?.ip).not.toBe(hotspotAddress.ip);
    });

    test("takes every limit of its power, and lets go of it", async () => {
      await connectTo(world.home);
      for (const dBm of [0, 10.5, 21, null]) await world.until(world.radio.limitPower(dBm));
      expect((await world.until(world.radio.link())).state).toBe("connected");
    });

    test("with a wrong key it does not connect, and says that the key is wrong", async () => {
      const network: Network = { ...homeNetwork(), key: new Secret("not the passphrase") };
      await world.until(world.radio.apply({ mode: "station", network }));
      const link = await world.until(linkWhere(world.radio, ({ trouble }) => trouble !== null));
      expect(link).toMatchObject({ trouble: "wrongKey", bss: null });
      expect((await connectTo(world.home)).trouble).toBeNull();
    });

    test("watch tells the way into a network and out of it, and ends with its signal", async () => {
      const stop = new AbortController();
      const states: string[] = [];
      const watching = (async () => {
        for await (const link of world.radio.watch({ signal: stop.signal })) states.push(link.state);
      })();
      await connectTo(world.home);
      await world.until(world.radio.apply({ mode: "off" }));
      await world.until(linkWhere(world.radio, ({ state }) => state === "off"));
      stop.abort();
      await world.until(watching);
      expect(states).toContain("connected");
      expect(states.indexOf("off", states.indexOf("connected"))).toBeGreaterThan(0);
    });

    test("at the press of a button it enrols, and the credential it got lets it in", async () => {
      await world.until(world.home.pressButton());
      const events = await enrolWith(pushButton);
      expectEnrolled(events, world.home);
      expect(events[0]).toEqual({ type: "searching" });
      expect(events.some((event) => event.type === "exchanging")).toBe(true);
      await connectTo(world.home);
    });

    test("it waits for a button that is pressed after it began to search", async () => {
      const run = all(world.radio.enrol(pushButton, { signal: new AbortController().signal }));
      await world.until(world.neighbour.pressButton());
      expectEnrolled(await world.until(run), world.neighbour);
    });

    test("with a PIN it enrols at the access point that was given the PIN", async () => {
      await world.until(world.neighbour.enterPin(goodPin));
      expectEnrolled(await enrolWith(pin(goodPin)), world.neighbour);
      await connectTo(world.neighbour);
    });

    test("a PIN that is not the access point's ends the run as a wrong PIN", async () => {
      await world.until(world.home.enterPin(goodPin));
      const failure = failureOf(await enrolWith(pin("00000000"), world.home.bssid));
      expect(failure).toMatchObject({ kind: "wrongPin" });
    });

    test("two pressed buttons end the run as an overlap, and the old network can be applied again", async () => {
      await connectTo(world.home);
      await world.until(world.home.pressButton());
      await world.until(world.neighbour.pressButton());
      expect(failureOf(await enrolWith(pushButton))).toEqual({ kind: "overlap" });
      await connectTo(world.home);
    });

    test("with two pressed buttons it enrols at the one that it was told", async () => {
      await world.until(world.home.pressButton());
      await world.until(world.neighbour.pressButton());
      expectEnrolled(await enrolWith(pushButton, world.neighbour.bssid), world.neighbour);
    });

    test("an aborted run ends without another event, leaves no trace, and the next one works", async () => {
      await connectTo(world.home);
      const residue = await world.until(world.radio.residue());
      const stop = new AbortController();
      const seen: EnrolEvent[] = [];
      await world.until(
        (async () => {
          for await (const event of world.radio.enrol(pushButton, { signal: stop.signal })) {
            seen.push(event);
            stop.abort();
          }
        })(),
      );
      expect(seen).toEqual([{ type: "searching" }]);
      expect(await world.until(world.radio.residue())).toEqual(residue);
      await connectTo(world.home);

      await world.until(world.neighbour.pressButton());
      expectEnrolled(await enrolWith(pushButton), world.neighbour);
    });

    test("a finished run leaves the saved network alone, and a second run right after it works", async () => {
      await connectTo(world.home);
      const residue = await world.until(world.radio.residue());
      await world.until(world.neighbour.enterPin(goodPin));
      expect(failureOf(await enrolWith(pin("00000000"), world.neighbour.bssid)).kind).toBe("wrongPin");
      expect(await world.until(world.radio.residue())).toEqual(residue);
      await world.until(world.neighbour.pressButton());
      expectEnrolled(await enrolWith(pushButton), world.neighbour);
      await connectTo(world.home);
    });

    test("clearing up after a crash is harmless when nothing is left", async () => {
      const residue = await world.until(world.radio.residue());
      expect(JSON.parse(JSON.stringify(residue))).toEqual(residue);
      await world.until(world.radio.clearAfterCrash(residue));
      await connectTo(world.home);
      expect(await world.until(world.radio.residue())).toEqual(residue);
    });

    test("a radio that vanishes ends watch and a run with sentences, and answers nothing afterwards", async () => {
      const signal = new AbortController().signal;
      const watching = all(world.radio.watch({ signal })).then(
        () => null,
        (error: unknown) => error,
      );
      const run = all(world.radio.enrol(pushButton, { signal }));
      await world.until(world.radio.link());
      await world.until(world.removeRadio());
      const trouble = await world.until(watching);
      expect(trouble).toBeInstanceOf(RadioError);
      expect((trouble as RadioError).hint).toMatch(/\.$/);
      expect(failureOf(await world.until(run)).kind).toBe("radioGone");
      await expect(world.until(world.radio.link())).rejects.toBeInstanceOf(RadioError);
    });
  });
}

function networkOf(accessPoint: ContractAccessPoint): Network {
  return { ssid: accessPoint.ssid, key: accessPoint.key, wpa1: false, sae: false };
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The first link that is as asked for. */
async function linkWhere(radio: StationRadio, wanted: (link: Link) => boolean): Promise<Link> {
  const stop = new AbortController();
  try {
    for await (const link of radio.watch({ signal: stop.signal })) if (wanted(link)) return link;
  } finally {
    stop.abort();
  }
  throw new Error("watch ended before its signal");
}

function find(seen: readonly Bss[], bssid: MacAddress): Bss {
  const bss = seen.find((other) => other.bssid === bssid);
  if (bss === undefined) throw new Error(`${bssid} is not in the scan`);
  return bss;
}

function failureOf(events: readonly EnrolEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "failed") throw new Error(`the run did not fail: ${JSON.stringify(last)}`);
  return last.failure;
}

function expectEnrolled(events: readonly EnrolEvent[], accessPoint: ContractAccessPoint): void {
  const last = events.at(-1);
  if (last?.type !== "enrolled") throw new Error(`the run did not succeed: ${JSON.stringify(last)}`);
  expect(last.peer.bssid).toBe(accessPoint.bssid);
  const [credential] = last.credentials;
  expect(credential?.ssid).toEqual(accessPoint.ssid);
  expect(credential?.networkKey.revealText()).toBe(accessPoint.key.revealText());
}
