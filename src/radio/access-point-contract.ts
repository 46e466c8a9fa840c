/**
 * What every access point backend promises, as a suite: the simulated air, hostapd, whatever comes later. A backend's
 * test calls `proveAccessPoint` with a harness that can build a small world around one access point.
 * It knows nothing of time: the harness says how to wait, so that the same tests run in virtual time and on the air.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../wsc/secret.ts";
import type { AccessPoint, AccessPointEvent, AdvertisedWindow } from "./access-point.ts";
import { type Network, RadioError, type StationRadio, type WpsAdvert } from "./station-radio.ts";

/** An access point (WPS configured, WPA2-Personal with CCMP, all windows closed) and a station in range that is off. */
export interface AccessPointWorld {
  readonly accessPoint: AccessPoint;
  /** What its stations join with. */
  readonly ssid: Uint8Array;
  readonly key: Secret;
  readonly station: StationRadio;
  /** Waits for a promise to settle; in virtual time this is where time moves. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Presses the access point's own button. */
  pressOwnButton(): Promise<void>;
  /** Takes the access point away without a warning, as a pulled plug does; and brings it back. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Closes the access point and the station too. */
  close(): Promise<void>;
}

export interface AccessPointHarness {
  /** Real milliseconds that one test may take. */
  readonly limitMs: number;
  /** A fresh world; called before each test. */
  open(): Promise<AccessPointWorld>;
}

const devicePin = new Secret("12345670");
const pushButton: AdvertisedWindow = { method: "pushButton" };
const anyPin: AdvertisedWindow = { method: "pin", authorized: null, pin: null };

/** Declares the suite. @param backend what the tests are called after */
export function proveAccessPoint(backend: string, harness: AccessPointHarness): void {
  describe(`${backend} keeps the promises of an access point:`, { timeout: harness.limitMs }, () => {
    let world: AccessPointWorld;
    let heard: Heard;
    beforeEach(async () => {
      world = await harness.open();
      heard = new Heard(world.accessPoint);
    }, harness.limitMs);
    afterEach(async () => {
      heard.stop();
      await world.close();
    }, harness.limitMs);

    const until = <T>(promise: Promise<T>): Promise<T> => world.until(promise);
    const event = <Type extends AccessPointEvent["type"]>(type: Type) => until(heard.next(type));
    const show = async (window: AdvertisedWindow | null) => {
      expect(await until(world.accessPoint.advertise(window))).toEqual({ type: "shown" });
    };
    /** Waits until the station reads this in its beacons; a scan may have begun before a change, or miss a beacon. */
    const reads = async (wanted: Partial<WpsAdvert> | null) => {
      await until(world.station.apply({ mode: "station", network: null }));
      for (;;) {
        const seen = await until(world.station.scan());
        const bss = seen.find(({ bssid }) => bssid === world.accessPoint.instance);
        if (bss !== undefined && isSo(bss.wps, wanted)) return;
      }
    };
    const connect = async () => {
      const network: Network = { ssid: world.ssid, key: world.key, wpa1: false, sae: false };
      await until(world.station.apply({ mode: "station", network }));
      return (await event("stationConnected")).macAddress;
    };

    test("it says what it is", () => {
      expect(world.accessPoint.facts).toMatchObject({
        on: true,
        ssid: world.ssid,
        security: "WPA2",
        pairwiseCipher: "CCMP",
        groupCipher: "CCMP",
        wps: "configured",
        wpsVersion: "2.0",
      });
    });

    test("it says the key that all stations share, when it is asked", async () => {
      expect((await until(world.accessPoint.sharedKey()))?.revealText()).toBe(world.key.revealText());
      expect(JSON.stringify(world.accessPoint.facts)).not.toContain(world.key.revealText());
    });

    test("it shows a push-button window until it is closed", async () => {
      await reads({ selectedRegistrar: false });
      await show(pushButton);
      expect(await until(world.accessPoint.status())).toMatchObject({ pushButton: "active" });
      await reads({ selectedRegistrar: true, devicePasswordId: 4 });
      await show(null);
      await reads({ selectedRegistrar: false });
      expect(heard.types()).not.toContain("buttonPressed");
      expect(heard.types()).not.toContain("windowEnded");
    });

    test("it shows a window for a PIN until it is closed, and one for the button in its place", async () => {
      await show(anyPin);
      await reads({ selectedRegistrar: true, devicePasswordId: 0 });
      await show(pushButton);
      await reads({ selectedRegistrar: true, devicePasswordId: 4 });
      await show(anyPin);
      await reads({ selectedRegistrar: true, devicePasswordId: 0 });
      await show(null);
      await reads({ selectedRegistrar: false });
      expect(heard.types()).not.toContain("windowEnded");
    });

    test("closing when nothing is shown is harmless", async () => {
      await connect();
      await show(null);
      await show(null);
      expect(heard.types()).not.toContain("stationLeft");
    });

    test("closing a window leaves connected stations alone", async () => {
      await connect();
      await show(pushButton);
      await show(null);
      expect(await until(world.accessPoint.stations())).toHaveLength(1);
      expect(heard.types()).not.toContain("stationLeft");
    });

    test("its own button is told, once, and shows a window that can be closed here", async () => {
      await until(world.pressOwnButton());
      await event("buttonPressed");
      await reads({ selectedRegistrar: true, devicePasswordId: 4 });
      await show(pushButton);
      await show(null);
      await reads({ selectedRegistrar: false });
      expect(heard.types().filter((type) => type === "buttonPressed")).toHaveLength(1);
    });

    test("a window that nobody closes is told to have ended after two minutes", async () => {
      await show(anyPin);
      expect(await event("windowEnded")).toEqual({ type: "windowEnded", reason: "timeout" });
      await reads({ selectedRegistrar: false });
    });

    test("it sees a station that searches for a pressed button", async () => {
      const stop = new AbortController();
      const run = all(world.station.enrol({ type: "pushButton" }, { signal: stop.signal }));
      const seen = await event("enrolleeSeen");
      stop.abort();
      await until(run);
      expect(seen).toMatchObject({ devicePasswordId: 4 });
      expect(seen.uuid).toMatch(/^[0-9a-f]{32}$/);
      expect(seen.macAddress).toBe((await until(world.station.link())).macAddress);
    });

    test("stations that come and go are told, and who is there", async () => {
      expect(await until(world.accessPoint.stations())).toEqual([]);
      const macAddress = await connect();
      expect(macAddress).toBe((await until(world.station.link())).macAddress);
      expect(await until(world.accessPoint.stations())).toEqual([{ macAddress, keyId: null }]);
      await until(world.station.apply({ mode: "off" }));
      expect(await event("stationLeft")).toEqual({ type: "stationLeft", macAddress });
      expect(await until(world.accessPoint.stations())).toEqual([]);
    });

    test("a station that is sent away comes back; one that is denied does not, until it is allowed", async () => {
      const macAddress = await connect();
      await until(world.accessPoint.deauthenticate(macAddress));
      await event("stationLeft");
      await event("stationConnected");
      await until(world.accessPoint.deny(macAddress));
      await event("stationLeft");
      await until(world.station.apply({ mode: "off" }));
      const network: Network = { ssid: world.ssid, key: world.key, wpa1: false, sae: false };
      await until(world.station.apply({ mode: "station", network }));
      // Refused, or not answered: the station says that it did not get in.
      await until(troubled(world.station));
      expect(await until(world.accessPoint.stations())).toEqual([]);
      await until(world.accessPoint.allow(macAddress));
      await connect();
    });

    test("to send away, deny or allow a station that is not there is harmless", async () => {
      const { instance } = world.accessPoint;
      await until(world.accessPoint.deauthenticate(instance));
      await until(world.accessPoint.deny(instance));
      await until(world.accessPoint.deny(instance));
      await until(world.accessPoint.allow(instance));
      await until(world.accessPoint.allow(instance));
    });

    test("reading the keys anew leaves a station alone whose key is still good", async () => {
      await connect();
      await until(world.accessPoint.reloadKeys());
      expect(await until(world.accessPoint.stations())).toHaveLength(1);
    });

    test("another device name reaches the air by a restart, which sends stations away and ends a window", async () => {
      await connect();
      await show(pushButton);
      await until(world.accessPoint.restart({ deviceName: "Another name" }));
      expect(await event("windowEnded")).toEqual({ type: "windowEnded", reason: "off" });
      await event("changed");
      expect(world.accessPoint.facts).toMatchObject({ on: true, deviceName: "Another name", wps: "configured" });
      await reads({ deviceName: "Another name", selectedRegistrar: false });
    });

    test("without WPS it shows none, and says so; with it, it does again", async () => {
      await until(world.accessPoint.restart({ wps: "disabled" }));
      expect(world.accessPoint.facts.wps).toBe("disabled");
      await reads(null);
      await expect(until(world.accessPoint.advertise(pushButton))).rejects.toMatchObject({ kind: "refused" });
      await until(world.accessPoint.restart({ wps: "configured" }));
      await show(pushButton);
      await reads({ selectedRegistrar: true, devicePasswordId: 4 });
    });

    test("a device PIN is there as long as it is meant to be", async () => {
      expect(await until(world.accessPoint.devicePin())).toBeNull();
      await until(world.accessPoint.setDevicePin(devicePin, 0));
      expect((await until(world.accessPoint.devicePin()))?.revealText()).toBe("12345670");
      await until(world.accessPoint.setDevicePin(null, 0));
      expect(await until(world.accessPoint.devicePin())).toBeNull();
      await until(world.accessPoint.setDevicePin(devicePin, 2));
      await event("pinExpired");
      expect(await until(world.accessPoint.devicePin())).toBeNull();
    });

    test("one that vanishes is told, answers with sentences, and is there again when it comes back", async () => {
      await show(pushButton);
      await until(world.crash());
      const { trouble } = await event("gone");
      expect(trouble.kind).toBe("gone");
      expect(trouble.hint).toMatch(/\.$/);
      expect(heard.types()).toContain("windowEnded");
      const asked = until(world.accessPoint.advertise(pushButton));
      await expect(asked).rejects.toBeInstanceOf(RadioError);
      await until(world.start());
      await event("back");
      await reads({ selectedRegistrar: false });
      await show(pushButton);
      await reads({ selectedRegistrar: true, devicePasswordId: 4 });
      await connect();
    });

    test("listening ends with its signal, and with the access point", async () => {
      const stop = new AbortController();
      const first = all(world.accessPoint.events({ signal: stop.signal }));
      const second = all(world.accessPoint.events({ signal: new AbortController().signal }));
      stop.abort();
      await until(first);
      await until(world.accessPoint.close());
      await until(second);
    });
  });
}

/** Everything an access point told, and a way to wait for the next of a kind. */
export class Heard {
  readonly #events: AccessPointEvent[] = [];
  readonly #stop = new AbortController();
  #read = 0;
  #wake: (() => void) | null = null;

  constructor(accessPoint: AccessPoint) {
    const listen = async () => {
      for await (const event of accessPoint.events({ signal: this.#stop.signal })) {
        this.#events.push(event);
        this.#wake?.();
      }
    };
    void listen();
  }

  types(): readonly string[] {
    return this.#events.map(({ type }) => type);
  }

  /** The first event of a type behind the last one that this gave. */
  async next<Type extends AccessPointEvent["type"]>(type: Type): Promise<Extract<AccessPointEvent, { type: Type }>> {
    for (;;) {
      const index = this.#events.findIndex((event, at) => at >= this.#read && event.type === type);
      const event = this.#events[index];
      if (event !== undefined) {
        this.#read = index + 1;
        return event as Extract<AccessPointEvent, { type: Type }>;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    this.#stop.abort();
  }
}

function isSo(advert: WpsAdvert | null, wanted: Partial<WpsAdvert> | null): boolean {
  if (advert === null || wanted === null) return advert === wanted;
  return JSON.stringify({ ...advert, ...wanted }) === JSON.stringify(advert);
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Waits until a station has failed to connect. */
async function troubled(station: StationRadio): Promise<void> {
  const stop = new AbortController();
  try {
    for await (const { trouble } of station.watch({ signal: stop.signal })) if (trouble !== null) return;
  } finally {
    stop.abort();
  }
}
