/** Stories of a device that pairs, told on the simulated air in virtual time. */
import { afterEach, describe, expect, test } from "vitest";
import type { Link, StationRadio } from "../src/radio/station-radio.ts";
import { RadioError } from "../src/radio/station-radio.ts";
import { REASONS } from "../src/station/reasons.ts";
import type { Station } from "../src/station/station.ts";
import { parsePin } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { leashed } from "./leash.ts";
import { Device, type DeviceOptions, radioWith, startingModes } from "./station-world.ts";

let device: Device;
const given = (options?: DeviceOptions) => {
  device = new Device(options);
  return device;
};
afterEach(() => device.close());

const ssid = (link: Link) => link.bss && new TextDecoder().decode(link.bss.ssid);
const pin = (digits: string) => {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(`${digits} is no PIN`);
  return parsed.value;
};

/** Where a failed pairing leaves a device, by the mode that it began in. */
const afterFailure = { station: "connected", accessPoint: "off", off: "off" } as const;
/** Where a cancelled one does. */
const before = { station: "connected", accessPoint: "accessPoint", off: "off" } as const;

const pairWithNeighbour = async (station: Station) => {
  expect(await device.until(station.startPairing({ method: "pbc" }))).toEqual({ ok: true, pin: null });
  await device.press("Neighbour");
  return device.ended(station);
};

const expectAtNeighbour = async (station: Station) => {
  const link = await device.until(station.link());
  expect(ssid(link)).toBe("Neighbour");
  expect(link.address?.ip).toMatch(/^192\.168\.2\./);
  expect(station.mode).toBe("station");
};

const expectLeftIn = async (station: Station, state: Link["state"]) => {
  await device.linkIn(state, state === "connected" ? device.home.ssid : undefined);
  expect(station.mode).toBe(state === "connected" ? "station" : state);
};

describe.each(startingModes)("a pairing that begins in mode %s", (mode) => {
  test("succeeds: connected, addressed, stored, and still so after a restart", async () => {
    const station = await given().startIn(mode);
    const session = await pairWithNeighbour(station);
    expect(session).toMatchObject({
      active: false,
      method: "pbc",
      phase: "ended",
      peer: { bssid: "02:00:00:00:00:02", ssid: "Neighbour", name: "Neighbour" },
      secondsLeft: 0,
      result: "success",
      reason: null,
      hint: expect.stringContaining("switch it off"),
      hintKey: "switch-wps-off",
    });
    await expectAtNeighbour(station);
    await device.until(station.close());
    const again = await device.start();
    expect(again.session()).toEqual(session);
    await device.linkIn("connected", device.neighbour.ssid);
    expect(again.mode).toBe("station");
  });

  test("times out after exactly two minutes, says why, and the next one succeeds", async () => {
    const station = await given().startIn(mode);
    const start = device.clock.now();
    await device.until(station.startPairing({ method: "pbc" }));
    const session = await device.ended(station);
    expect(session).toMatchObject({
      result: "timeout",
      reason: "no-button-pressed",
      hint: REASONS["no-button-pressed"].hint,
      hintKey: "no-button-pressed",
    });
    expect(Math.round((device.clock.now() - start) / 1000)).toBe(120);
    await expectLeftIn(station, afterFailure[mode]);
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
    await expectAtNeighbour(station);
  });

  test("is cancelled: back where it was, and the next one succeeds", async () => {
    const station = await given().startIn(mode);
    await device.until(station.startPairing({ method: "pbc" }));
    await device.clock.advance(20_000);
    expect(await device.until(station.cancelPairing())).toBe(true);
    expect(station.session()).toMatchObject({
      active: false,
      result: "cancelled",
      reason: null,
      hint: null,
      hintKey: null,
    });
    await expectLeftIn(station, before[mode]);
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
    await expectAtNeighbour(station);
  });

  test("is killed: the next start finds a failure and ends it, and the next one succeeds", async () => {
    await (await given().startIn(mode)).close();
    const doomed = device.doomed(Number.POSITIVE_INFINITY, false);
    const victim = await device.start(doomed);
    await device.until(victim.startPairing({ method: "pbc" }));
    await device.clock.advance(20_000);
    doomed.kill();
    const station = await device.start();
    expect(station.session()).toMatchObject({ active: false, phase: "ended", result: "failed", reason: "interrupted" });
    await expectLeftIn(station, afterFailure[mode]);
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
    await expectAtNeighbour(station);
  });

  test("is stopped with the service: back where it was, and no trace of a run is stored", async () => {
    const station = await given().startIn(mode);
    await device.until(station.startPairing({ method: "pbc" }));
    await device.clock.advance(5_000);
    await device.until(station.close());
    await device.linkIn(before[mode], mode === "station" ? device.home.ssid : undefined);
    const stored = JSON.parse(new TextDecoder().decode((await device.store.get("station"))?.value));
    expect(stored.run).toBeNull();
    expect(stored.last).toMatchObject({ result: "cancelled", reason: "stopped" });
  });
});

describe("a pairing", () => {
  test("goes through its phases in order, with each message, and counts down each second", async () => {
    const station = await given().startIn("station");
    const stop = new AbortController();
    const phases: string[] = [];
    const messages: string[] = [];
    const seconds: number[] = [];
    const following = (async () => {
      for await (const { phase, message, secondsLeft, active } of station.sessions({ signal: stop.signal })) {
        if (phase !== null && phases.at(-1) !== phase) phases.push(phase);
        if (message !== null && messages.at(-1) !== message) messages.push(message);
        if (active && seconds.at(-1) !== secondsLeft) seconds.push(secondsLeft);
      }
    })();
    await device.until(station.startPairing({ method: "pbc" }));
    await device.clock.advance(10_000);
    await device.press("Neighbour");
    await device.ended(station);
    stop.abort();
    await device.until(following);
    expect(phases).toEqual(["searching", "associating", "exchanging", "connecting", "addressing", "ended"]);
    expect(messages).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
    expect(seconds.slice(0, 11)).toEqual([120, 119, 118, 117, 116, 115, 114, 113, 112, 111, 110]);
  });

  test("refuses a second one while it runs, and there is nothing to cancel afterwards", async () => {
    const station = await given().startIn("off");
    expect(await device.until(station.cancelPairing())).toBe(false);
    const both = [station.startPairing({ method: "pbc" }), station.startPairing({ method: "pbc" })];
    expect(await device.until(Promise.all(both))).toEqual([
      { ok: true, pin: null },
      { ok: false, error: "busy" },
    ]);
    expect(await device.until(station.setMode("station"))).toBe("busy");
    expect(await device.until(station.setWifi({ ...station.wifi(), enabled: true }))).toBe("busy");
    expect(await device.until(station.cancelPairing())).toBe(true);
    expect(await device.until(station.cancelPairing())).toBe(false);
    await device.until(station.close());
    expect(await device.until(station.startPairing({ method: "pbc" }))).toEqual({ ok: false, error: "closing" });
  });

  test("with a PIN made up for it succeeds where that PIN is entered", async () => {
    const station = await given().startIn("off");
    const started = await device.until(station.startPairing({ method: "pin" }));
    if (!started.ok || started.pin === null) throw new Error("no PIN to show");
    await device.enterPin("Neighbour", started.pin);
    expect(await device.ended(station)).toMatchObject({ method: "pin", result: "success" });
    await expectAtNeighbour(station);
  });

  test("with a wrong PIN fails at once, and the right one succeeds right after", async () => {
    const station = await given().startIn("station");
    await device.enterPin("Neighbour", pin("12345670"));
    await device.until(station.startPairing({ method: "pin", pin: pin("00000000") }));
    expect(await device.ended(station)).toMatchObject({ result: "failed", reason: "wrong-pin" });
    await expectLeftIn(station, "connected");
    await device.enterPin("Neighbour", pin("12345670"));
    await device.until(station.startPairing({ method: "pin", pin: pin("12345670") }));
    expect(await device.ended(station)).toMatchObject({ result: "success" });
  });

  test("with two pressed buttons ends as an overlap and leaves the old network alone", async () => {
    const station = await given().startIn("station");
    await device.press("Home");
    await device.press("Neighbour");
    await device.until(station.startPairing({ method: "pbc" }));
    expect(await device.ended(station)).toMatchObject({ result: "overlap", reason: "overlap" });
    await expectLeftIn(station, "connected");
    await device.clock.advance(130_000);
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
  });

  test("with two pressed buttons succeeds at the access point that it was told", async () => {
    const station = await given().startIn("off");
    await device.press("Home");
    await device.press("Neighbour");
    const [, neighbour] = device.world.accessPoints;
    await device.until(station.startPairing({ method: "pbc" }, { bssid: neighbour?.bssid }));
    expect(await device.ended(station)).toMatchObject({ result: "success" });
    await expectAtNeighbour(station);
  });

  test("whose access point then does not accept the key that it handed out says so, and the old network is back", async () => {
    const station = await given({ radio: handedAnOldKey }).startIn("station");
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "failed", reason: "wrong-key" });
    await expectLeftIn(station, "connected");
  });

  test("that gets no address within 30 s of association fails, and the old network is back", async () => {
    const station = await given({ neighbour: { dhcp: false } }).startIn("station");
    await device.until(station.startPairing({ method: "pbc" }));
    await device.press("Neighbour");
    await device.sessionWhere(station, ({ phase }) => phase === "addressing");
    const connected = device.clock.now();
    expect(await device.ended(station)).toMatchObject({ result: "failed", reason: "no-address" });
    expect(Math.round((device.clock.now() - connected) / 1000)).toBe(30);
    await expectLeftIn(station, "connected");
  });

  test("that needs no address ends as soon as it is connected", async () => {
    const station = await given({ neighbour: { dhcp: false }, settings: { address: "none" } }).startIn("off");
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
  });

  test("out of access point mode brings the access point back after a failure, when it is set to", async () => {
    const station = await given({ settings: { afterFailedPairing: "restore" } }).startIn("accessPoint");
    await device.until(station.startPairing({ method: "pbc" }));
    expect(await device.ended(station)).toMatchObject({ result: "timeout" });
    await expectLeftIn(station, "accessPoint");
  });

  test("joins a WPA2/WPA3 network with WPA3 allowed, though the credential does not say so", async () => {
    const station = await given({ neighbour: { security: "WPA2-WPA3" } }).startIn("off");
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
    const stored = JSON.parse(new TextDecoder().decode((await device.store.get("station"))?.value));
    expect(stored.setup.network).toMatchObject({ sae: true, wpa1: false });
  });

  test("survives losing every third frame", async () => {
    const station = await given({ seed: 5, conditions: { loss: 0.3 } }).startIn("off");
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
  });
});

describe("a pairing that nobody answers says why:", () => {
  const reasonOf = async (options: DeviceOptions, method: "pbc" | "pin" = "pbc") => {
    const station = await given(options).startIn("off");
    await device.until(station.startPairing({ method }));
    const early = await device.sessionWhere(station, ({ hint, active }) => hint !== null || !active);
    const session = await device.ended(station);
    expect(session.result).toBe("timeout");
    // The same advice was there from the start, while it could still help.
    expect(early).toMatchObject({ active: true, hint: session.hint, hintKey: session.reason });
    return session.reason;
  };
  const away = { signal: null };

  test("nothing is in sight", async () => {
    expect(await reasonOf({ home: away, neighbour: away })).toBe("no-access-point");
  });
  test("nobody pressed the button", async () => {
    expect(await reasonOf({})).toBe("no-button-pressed");
  });
  test("the network is WPA3 only", async () => {
    expect(await reasonOf({ home: { security: "WPA3", wps: false }, neighbour: away })).toBe("only-wpa3");
  });
  test("WPS is off", async () => {
    expect(await reasonOf({ home: { wps: false }, neighbour: away })).toBe("no-access-point");
  });
  test("the access point that was asked for is elsewhere", async () => {
    const station = await given({ neighbour: away }).startIn("off");
    const [, neighbour] = device.world.accessPoints;
    await device.until(station.startPairing({ method: "pbc" }, { bssid: neighbour?.bssid }));
    expect(await device.ended(station)).toMatchObject({
      result: "timeout",
      reason: "chosen-access-point-not-in-sight",
    });
  });
});

describe("the station service", () => {
  test("leaves a radio alone that has networks of its own, until somebody sets it up", async () => {
    const station = await given({ connectedTo: "Home" }).start();
    await device.linkIn("connected", device.home.ssid);
    expect(station.mode).toBe("station");
    expect(station.session()).toMatchObject({ active: false, method: null, phase: null, result: null });
    expect(await device.store.get("station")).toBeNull();
  });

  test("a failed pairing brings a radio's own network back", async () => {
    const station = await given({ connectedTo: "Home" }).start();
    await device.linkIn("connected", device.home.ssid);
    await device.until(station.startPairing({ method: "pbc" }));
    await device.ended(station);
    await expectLeftIn(station, "connected");
  });

  test("a radio that goes away in mid-pairing ends it, and does what it should when it is back", async () => {
    const { leash, radio } = leashed();
    const station = await given({ radio }).startIn("station");
    await device.until(station.startPairing({ method: "pbc" }));
    await device.clock.advance(10_000);
    leash.cut();
    expect(await device.ended(station)).toMatchObject({
      result: "failed",
      reason: "radio-gone",
      hint: "Plug it in again.",
    });
    await expect(device.until(station.link())).rejects.toBeInstanceOf(RadioError);
    await expect(device.until(station.startPairing({ method: "pbc" }))).rejects.toBeInstanceOf(RadioError);
    await device.clock.advance(30_000);
    leash.mend();
    await expectLeftIn(station, "connected");
    expect(await pairWithNeighbour(station)).toMatchObject({ result: "success" });
  });

  test("a radio that goes away while nothing happens is given its setup again when it is back", async () => {
    const { leash, radio } = leashed();
    const station = await given({ radio }).startIn("accessPoint");
    leash.cut();
    await device.until(device.world.station().apply({ mode: "off" }));
    await device.clock.advance(60_000);
    leash.mend();
    await expectLeftIn(station, "accessPoint");
  });

  test("a radio that is not there at the start is waited for", async () => {
    const { leash, radio } = leashed();
    await (await given({ radio }).startIn("station")).close();
    await device.until(device.world.station().apply({ mode: "off" }));
    leash.cut();
    const station = await device.start();
    expect(station.mode).toBe("station");
    await device.clock.advance(60_000);
    leash.mend();
    await expectLeftIn(station, "connected");
  });

  test("what it cannot read it leaves as it is, and says so", async () => {
    given();
    for (const text of ["{", '{"version":1}', '{"version":2,"setup":null}']) {
      const value = new TextEncoder().encode(text);
      await device.store.put("station", value);
      await expect(device.start()).rejects.toMatchObject({ kind: "unreadable", hint: expect.stringMatching(/\.$/) });
      expect((await device.store.get("station"))?.value).toEqual(value);
    }
  });
});

/** An access point whose key was changed, and that hands out the one of before. */
function handedAnOldKey(radio: StationRadio): StationRadio {
  const enrol: StationRadio["enrol"] = async function* (method, options) {
    for await (const event of radio.enrol(method, options))
      if (event.type !== "enrolled") yield event;
      else
        yield {
          ...event,
          credentials: event.credentials.map((credential) => ({
            ...credential,
            networkKey: new Secret("the key of last year"),
          })),
        };
  };
  return radioWith(radio, { enrol });
}
