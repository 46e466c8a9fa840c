/**
 * A pairing that comes to nothing leaves the device where it was: at the access point of a person's own network, with
 * wpa_supplicant's file and settings untouched. Each way to fail, side by side, in an air of its own.
 */
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { type EnrolEvent, type EnrolMethod, RadioError, type StationRadio } from "../../src/radio/station-radio.ts";
import { openWpaSupplicant } from "../../src/radio/wpa-supplicant/station.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { type AccessPoint, type OnAir, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { seen } from "../seen.ts";

const pushButton: EnrolMethod = { type: "pushButton" };
const ownNetworks = [
  'network={\n\tssid="home"\n\tpsk="home is my castle"\n}',
  'network={\n\tssid="never switched on"\n\tpsk="some passphrase"\n\tdisabled=1\n}',
];

interface World {
  readonly air: OnAir;
  readonly home: AccessPoint;
  readonly other: AccessPoint;
  readonly station: Station;
  readonly radio: StationRadio;
  /** Its file, settings and networks are as before the run; and it comes back to its own access point. */
  expectRestored(radio?: StationRadio): Promise<void>;
}

/** A station connected to `home` by a network of its own file, and another access point. */
async function atHome(name: string, story: (world: World) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios: 3 });
  try {
    const [home, other, station] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
      air.accessPoint({ ssid: "other", passphrase: "the grass is greener", channel: 6 }),
      air.station({ networks: ownNetworks }),
    ]);
    await until(async () => (await station.linkedTo()) === home.bssid);
    const radio = await openWpaSupplicant({ target: station.ifname, clock: systemClock });
    try {
      const before = {
        file: station.configuration(),
        networks: await networkList(station),
        residue: await radio.residue(),
      };
      const expectRestored = async (again: StationRadio = radio) => {
        expect(await again.residue()).toEqual(before.residue);
        expect(await networkList(station)).toEqual(before.networks);
        await again.apply({ mode: "station", network: null });
        await until(async () => (await station.linkedTo()) === home.bssid);
        await until(async () => (await again.link()).state === "connected");
        expect(station.configuration()).toBe(before.file);
      };
      await story({ air, home, other, station, radio, expectRestored });
    } finally {
      await radio.close();
    }
  } finally {
    await air.close();
  }
}

/** Ids, names and whether they are disabled: without which one is in use. */
async function networkList(station: Station): Promise<string> {
  return (await station.cli("list_networks")).replaceAll("[CURRENT]", "");
}

async function all(events: AsyncIterable<EnrolEvent>): Promise<readonly EnrolEvent[]> {
  const list: EnrolEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

function enrol(radio: StationRadio, method: EnrolMethod, bssid?: MacAddress): Promise<readonly EnrolEvent[]> {
  return all(radio.enrol(method, { bssid, signal: new AbortController().signal }));
}

/** A run that its caller gives up as soon as `type` is told. */
async function abortAt(radio: StationRadio, method: EnrolMethod, type: EnrolEvent["type"]): Promise<EnrolEvent[]> {
  const stop = new AbortController();
  const seen: EnrolEvent[] = [];
  for await (const event of radio.enrol(method, { signal: stop.signal })) {
    seen.push(event);
    if (event.type === type) stop.abort();
  }
  return seen;
}

describe.concurrent("a device at home, and a pairing that fails:", () => {
  test("nobody presses a button for two minutes, and it is at home again", async ({ task }) => {
    await atHome(task.name, async ({ radio, other, expectRestored }) => {
      const start = systemClock.now();
      const events = await enrol(radio, pushButton);
      expect(events).toEqual([{ type: "searching" }, { type: "failed", failure: { kind: "timeout" } }]);
      expect(systemClock.now() - start).toBeGreaterThan(119_000);
      await expectRestored();
      await other.pressButton();
      expect((await enrol(radio, pushButton)).at(-1)).toMatchObject({ type: "enrolled", peer: { bssid: other.bssid } });
    });
  });

  test("the person cancels while it searches, and it is at home again", async ({ task }) => {
    await atHome(task.name, async ({ radio, expectRestored }) => {
      expect(await abortAt(radio, pushButton, "searching")).toEqual([{ type: "searching" }]);
      await expectRestored();
    });
  });

  test("the person cancels while it associates, and it is at home again", async ({ task }) => {
    await atHome(task.name, async ({ radio, other, expectRestored }) => {
      await other.pressButton();
      expect((await abortAt(radio, pushButton, "associating")).at(-1)).toMatchObject({ type: "associating" });
      await expectRestored();
    });
  });

  test("the person cancels in the middle of the exchange, and it is at home again, and the next pairing succeeds", async ({
    task,
  }) => {
    await atHome(task.name, async ({ radio, other, expectRestored }) => {
      await other.enterPin("12345670");
      const pin: EnrolMethod = { type: "pin", pin: new Secret("12345670") };
      expect((await abortAt(radio, pin, "exchanging")).at(-1)).toMatchObject({ type: "exchanging", message: null });
      await expectRestored();
      await other.pressButton();
      expect((await enrol(radio, pushButton)).at(-1)?.type).toBe("enrolled");
    });
  });

  test("two buttons are pressed, and it is at home again, and the next pairing succeeds", async ({ task }) => {
    await atHome(task.name, async ({ radio, home, other, expectRestored }) => {
      await home.pressButton();
      await other.pressButton();
      // wpa_supplicant goes by what its radio has seen lately, not by one scan alone.
      await seen(radio, [home.bssid, other.bssid], ({ wps }) => wps?.selectedRegistrar === true);
      expect((await enrol(radio, pushButton)).at(-1)).toEqual({ type: "failed", failure: { kind: "overlap" } });
      await expectRestored();
      expect((await enrol(radio, pushButton, other.bssid)).at(-1)?.type).toBe("enrolled");
    });
  });

  test("the PIN is wrong, and it is at home again, and the next pairing succeeds", async ({ task }) => {
    await atHome(task.name, async ({ radio, other, expectRestored }) => {
      await other.enterPin("12345670");
      const events = await enrol(radio, { type: "pin", pin: new Secret("12340002") }, other.bssid);
      expect(events.at(-1)).toMatchObject({ type: "failed", failure: { kind: "wrongPin", half: 2 } });
      await expectRestored();
      await other.enterPin("12340002");
      const right = await enrol(radio, { type: "pin", pin: new Secret("12340002") }, other.bssid);
      expect(right.at(-1)?.type).toBe("enrolled");
    });
  });

  test("our process dies in mid-run, and the next one clears up and is at home again", async ({ task }) => {
    await atHome(task.name, async ({ radio, station, expectRestored }) => {
      const residue = await radio.residue();
      const run = radio.enrol(pushButton, { signal: new AbortController().signal })[Symbol.asyncIterator]();
      expect((await run.next()).value).toEqual({ type: "searching" });
      // Nobody asks this run for another event, as if its process were dead.
      const next = await openWpaSupplicant({ target: station.ifname, clock: systemClock });
      expect(await next.residue()).not.toEqual(residue);
      await next.clearAfterCrash(JSON.parse(JSON.stringify(residue)));
      await expectRestored(next);
      await next.close();
    });
  });

  test("wpa_supplicant is killed in mid-run, and when it is started again it is at home, and so are we", async ({
    task,
  }) => {
    await atHome(task.name, async ({ radio, station, other, expectRestored }) => {
      const run = enrol(radio, pushButton);
      await until(async () => (await station.cli("list_networks")).split("\n").length > 4);
      const before = station.configuration();
      await station.kill();
      const last = (await run).at(-1);
      if (last?.type !== "failed" || last.failure.kind !== "radioGone") throw new Error(JSON.stringify(last));
      expect(last.failure.message).toMatch(/^wpa_supplicant .*\.$/);
      expect(last.failure.hint).toMatch(/^Start wpa_supplicant again.*\.$/);
      await expect(radio.link()).rejects.toBeInstanceOf(RadioError);
      expect(station.configuration()).toBe(before);
      await station.start();
      await expectRestored();
      await other.pressButton();
      expect((await enrol(radio, pushButton)).at(-1)?.type).toBe("enrolled");
    });
  });

  test("wpa_supplicant is restarted while nothing happens: watch says so, and what was applied can be applied again", async ({
    task,
  }) => {
    await atHome(task.name, async ({ radio, station, other }) => {
      const network = { ssid: other.ssid, key: other.key, wpa1: false, sae: false };
      await radio.apply({ mode: "station", network });
      await until(async () => (await station.linkedTo()) === other.bssid);
      const watching = (async () => {
        for await (const _ of radio.watch({ signal: new AbortController().signal }));
      })();
      const ended = expect(watching).rejects.toMatchObject({ kind: "gone" });
      await station.stop();
      await ended;
      await station.start();
      await until(async () => (await radio.link()).state === "connected");
      await radio.apply({ mode: "station", network });
      await until(async () => (await station.linkedTo()) === other.bssid);
      expect((await radio.link()).bss?.bssid).toBe(other.bssid);
    });
  });

  test("the pairing succeeds, and still file and settings are as before, and no log has the key", async ({ task }) => {
    await atHome(task.name, async ({ radio, station, other, expectRestored }) => {
      await other.pressButton();
      const last = (await enrol(radio, pushButton)).at(-1);
      if (last?.type !== "enrolled") throw new Error(JSON.stringify(last));
      expect(last.peer).toMatchObject({ bssid: other.bssid, ssid: other.ssid, name: "Lab AP" });
      await expectRestored();
      const key = Buffer.from(other.key.reveal()).toString("hex");
      expect(station.log().toLowerCase()).not.toContain(key);
      expect(station.log()).not.toContain(other.key.revealText());
    });
  });

  test("with the radio off, a cancelled pairing leaves it off", async ({ task }) => {
    await atHome(task.name, async ({ radio, station, home, expectRestored }) => {
      await radio.apply({ mode: "off" });
      await until(async () => (await station.linkedTo()) === null);
      await abortAt(radio, pushButton, "searching");
      await radio.apply({ mode: "off" });
      expect(await radio.link()).toMatchObject({ state: "off", bss: null });
      await systemClock.sleep(6_000);
      expect(await station.linkedTo()).toBeNull();
      await expectRestored();
      expect(await station.linkedTo()).toBe(home.bssid);
    });
  });
});
