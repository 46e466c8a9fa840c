/**
 * A device on which nobody has set anything up, and one whose hotspot is another or none at the next start. On the
 * simulated air, in virtual time.
 */
import { afterEach, describe, expect, test } from "vitest";
import type { Link } from "../src/radio/station-radio.ts";
import type { Mode } from "../src/station/record.ts";
import type { StationSettings } from "../src/station/settings.ts";
import type { Station } from "../src/station/station.ts";
import { Secret } from "../src/wsc/secret.ts";
import { Device, type DeviceOptions, hotspot } from "./station-world.ts";

let device: Device;
const given = (settings: Partial<StationSettings>, options?: DeviceOptions) => {
  device = new Device({ ...options, settings });
  return device;
};
afterEach(() => device.close());

const nothingIsStored = async () => expect(await device.store.get("station")).toBeNull();

/** The device is in this mode now, and would be after a restart. */
async function expectFor(station: Station, mode: Mode, state: Link["state"] = mode === "station" ? "connected" : mode) {
  await device.linkIn(state);
  expect(station.mode).toBe(mode);
  await device.until(station.close());
  expect((await device.start()).mode).toBe(mode);
  await device.linkIn(state);
}

const ends = {
  success: async (station: Station) => {
    await device.until(station.startPairing({ method: "pbc" }));
    await device.press("Home");
    expect(await device.ended(station)).toMatchObject({ result: "success" });
  },
  failure: async (station: Station) => {
    await device.until(station.startPairing({ method: "pbc" }));
    expect(await device.ended(station)).toMatchObject({ result: "timeout" });
  },
  cancel: async (station: Station) => {
    await device.until(station.startPairing({ method: "pbc" }));
    await device.clock.advance(10_000);
    expect(await device.until(station.cancelPairing())).toBe(true);
  },
};

/** Starts the service, has it killed in the middle of a pairing, and starts it again. */
async function killedInPairing(): Promise<Station> {
  const doomed = device.doomed(Number.POSITIVE_INFINITY, false);
  const victim = await device.start(doomed);
  await device.until(victim.startPairing({ method: "pbc" }));
  await device.clock.advance(10_000);
  doomed.kill();
  const station = await device.start();
  expect(station.session()).toMatchObject({ result: "failed", reason: "interrupted" });
  return station;
}

describe("a device that opens its hotspot until somebody sets it up", () => {
  const unconfigured = { unconfigured: "hotspot" } as const;

  test("does so at once, whatever the radio would join by itself, and stores nothing", async () => {
    const station = await given(unconfigured, { connectedTo: "Home" }).start();
    await nothingIsStored();
    await expectFor(station, "accessPoint");
    await nothingIsStored();
  });

  test("is in the network that it was paired with from then on", async () => {
    const station = await given(unconfigured).start();
    await ends.success(station);
    await expectFor(station, "station");
  });

  test("is off for good after a pairing that failed or was killed, as the seed says of access point mode", async () => {
    const station = await given(unconfigured).start();
    await ends.failure(station);
    await expectFor(station, "off");
    await device.close();
    given(unconfigured);
    await expectFor(await killedInPairing(), "off");
  });

  test("opens it again after a cancel", async () => {
    const station = await given(unconfigured).start();
    await ends.cancel(station);
    await expectFor(station, "accessPoint");
  });

  test("opens it again after a failure and a kill, where it is set to", async () => {
    const restoring = { ...unconfigured, afterFailedPairing: "restore" } as const;
    const station = await given(restoring).start();
    await ends.failure(station);
    await expectFor(station, "accessPoint");
    await device.close();
    given(restoring);
    await expectFor(await killedInPairing(), "accessPoint");
  });

  test("closes it when somebody sets a network", async () => {
    const station = await given(unconfigured).start();
    await device.until(station.setWifi({ enabled: true, network: device.home, maxTxPower: null }));
    await expectFor(station, "station");
  });

  test("has it closed by a person who switches it off, also after a restart", async () => {
    const station = await given(unconfigured).start();
    expect(await device.until(station.setMode("off"))).toBe("done");
    await expectFor(station, "off");
  });
});

describe("a device that keeps its radio off until somebody sets it up", () => {
  const unconfigured = { unconfigured: "off" } as const;

  test("is off, and after a failure, a cancel or a kill still is", async () => {
    for (const end of [ends.failure, ends.cancel]) {
      const station = await given(unconfigured, { connectedTo: "Home" }).start();
      await device.linkIn("off");
      await end(station);
      await expectFor(station, "off");
      await device.close();
    }
    given(unconfigured);
    await expectFor(await killedInPairing(), "off");
  });

  test("is in the network that it was paired with from then on", async () => {
    const station = await given(unconfigured).start();
    await ends.success(station);
    await expectFor(station, "station");
  });
});

describe("a hotspot that is another one at the next start", () => {
  const other = { ssid: new TextEncoder().encode("set-up-2"), key: new Secret("another way in") };

  test("is opened as the configuration says now", async () => {
    const station = await given({}).startIn("accessPoint");
    await device.until(station.close());
    const again = await device.start(undefined, { hotspot: other });
    expect(again.mode).toBe("accessPoint");
    const phone = device.world.station("Phone");
    await device.until(phone.apply({ mode: "station", network: { ...other, wpa1: false, sae: false } }));
    const seen = await device.until(phone.scan());
    expect(seen.map(({ ssid }) => new TextDecoder().decode(ssid))).not.toContain(
      new TextDecoder().decode(hotspot.ssid),
    );
    expect(seen.map(({ ssid }) => new TextDecoder().decode(ssid))).toContain("set-up-2");
  });

  test("leaves the device off where there is none any more, and opens again when there is", async () => {
    const station = await given({}).startIn("accessPoint");
    await device.until(station.close());
    const without = await device.start(undefined, { hotspot: null });
    expect(without.mode).toBe("off");
    await device.linkIn("off");
    await device.until(without.close());
    const again = await device.start();
    expect(again.mode).toBe("accessPoint");
    await device.linkIn("accessPoint");
  });

  test("was a kill in the middle of a pairing, and is gone: the device is off", async () => {
    await (await given({ afterFailedPairing: "restore" }).startIn("accessPoint")).close();
    const doomed = device.doomed(Number.POSITIVE_INFINITY, false);
    const victim = await device.start(doomed);
    await device.until(victim.startPairing({ method: "pbc" }));
    doomed.kill();
    const station = await device.start(undefined, { hotspot: null });
    expect(station.mode).toBe("off");
    await device.linkIn("off");
  });
});
