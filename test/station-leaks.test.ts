/**
 * Twenty pairings in a row leave nothing behind: no timers, listeners, sockets, files or memory. What lives is counted
 * after a collection of garbage, so that nothing here depends on how fast the machine is.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getHeapStatistics, queryObjects } from "node:v8";
import { expect, test } from "vitest";
import type { Clock } from "../src/clock/clock.ts";
import { seededRandom } from "../src/radio/air/chance.ts";
import { openAirStation } from "../src/radio/air/client.ts";
import { builtInScenario } from "../src/radio/air/scenario.ts";
import { serveAir } from "../src/radio/air/server.ts";
import { createAirWorld } from "../src/registrar/air-world.ts";
import { openStation, type Station } from "../src/station/station.ts";
import { openLevelStore } from "../src/store/level-store.ts";
import { Queue } from "../src/stream/queue.ts";
import { type Pin, parsePin } from "../src/wsc/pin.ts";
import { fastClock } from "./fast-clock.ts";
import { Device } from "./station-world.ts";

/** Far less than twenty pairings hold while they run; what the engine itself takes while it warms up stays below. */
const mostBytes = 2_000_000;

/** A clock that counts the wake-ups it owes. */
function counting(clock: Clock): { readonly clock: Clock; owed(): number } {
  const owed = new Set<object>();
  const counted: Clock = {
    now: () => clock.now(),
    after: (ms, ring) => {
      const timer = clock.after(ms, () => {
        owed.delete(timer);
        ring();
      });
      owed.add(timer);
      return {
        cancel: () => {
          owed.delete(timer);
          timer.cancel();
        },
      };
    },
    sleep: (ms, options) => clock.sleep(ms, options),
  };
  return { clock: counted, owed: () => owed.size };
}

/** What is alive after a collection of garbage, which counting objects begins with. Timers are counted by their clock. */
async function alive() {
  const objects = { signals: AbortSignal, queues: Queue, promises: Promise };
  const count = () => Object.entries(objects).map(([name, kind]) => [name, queryObjects(kind, { format: "count" })]);
  // Signals made of others are let go of once the collection of what used them has been told.
  count();
  await new Promise((resolve) => setImmediate(resolve));
  const counts = count();
  const resources = process.getActiveResourcesInfo().filter((name) => name !== "Timeout");
  return { ...Object.fromEntries(counts), resources: resources.sort() };
}

const heapBytes = () => getHeapStatistics().used_heap_size;

const pin = (digits: string): Pin => {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(`${digits} is no PIN`);
  return parsed.value;
};

test("twenty pairings, refused, cancelled and unanswered ones among them, leave nothing behind", {
  timeout: 60_000,
}, async () => {
  const device = new Device();
  const { clock, owed } = counting(device.clock);
  const station = await device.start({ clock, store: device.store, radio: device.radio });
  const start = async (wanted: Parameters<Station["startPairing"]>[0]) => {
    // Until the last beacons of the one before are forgotten.
    await device.clock.advance(5_000);
    expect(await device.until(station.startPairing(wanted))).toMatchObject({ ok: true });
  };
  const succeeds = async (where: "Home" | "Neighbour") => {
    await start({ method: "pbc" });
    await device.press(where);
    expect(await device.ended(station)).toMatchObject({ result: "success" });
  };
  const five = async () => {
    await succeeds("Home");
    await start({ method: "pbc" });
    expect(await device.until(station.cancelPairing())).toBe(true);
    await succeeds("Neighbour");
    await device.enterPin("Home", pin("12345670"));
    await start({ method: "pin", pin: pin("00000000") });
    expect(await device.ended(station)).toMatchObject({ result: "failed", reason: "wrong-pin" });
    await start({ method: "pbc" });
    expect(await device.ended(station)).toMatchObject({ result: "timeout" });
    // Until each window is closed.
    await device.clock.advance(130_000);
  };
  await five();
  const before = { ...(await alive()), owed: owed() };
  const bytes = heapBytes();
  for (let round = 0; round < 4; round++) await five();
  expect({ ...(await alive()), owed: owed() }).toEqual(before);
  expect(heapBytes() - bytes).toBeLessThan(mostBytes);
  await device.until(station.close());
  await device.close();
});

test("nor do they with sockets and files: over the socket of an air, with a store on disk", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "openwps-leaks-"));
  const path = join(folder, "air");
  const { clock, owed } = counting(fastClock(20));
  const random = seededRandom(1);
  // The air's own timers are not counted: some frame or other is always on its way.
  const world = createAirWorld({ scenario: { ...builtInScenario, happenings: [] }, clock: fastClock(20), random });
  const server = await serveAir({ world, path });
  const radio = await openAirStation({ path, clock });
  const store = await openLevelStore(join(folder, "state"));
  const station = await openStation({ radio, store, clock, random });
  const [home] = world.accessPoints;
  const pairs = async () => {
    await home?.pressButton();
    await station.startPairing({ method: "pbc" });
    for await (const { active } of station.sessions({ signal: AbortSignal.timeout(15_000) })) if (!active) break;
    expect(station.session()).toMatchObject({ result: "success" });
  };
  await pairs();
  await pairs();
  const before = { ...(await alive()), owed: owed() };
  const bytes = heapBytes();
  for (let pairing = 0; pairing < 20; pairing++) await pairs();
  expect({ ...(await alive()), owed: owed() }).toEqual(before);
  expect(heapBytes() - bytes).toBeLessThan(mostBytes);
  await station.close();
  await radio.close();
  await server.close();
  await world.close();
  await store.close();
  rmSync(folder, { recursive: true });
});
