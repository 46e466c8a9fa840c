/**
 * kill -9 at every line that passes between a service and its radio, in everything that people do with a device. After a
 * new start the device must be in its old state or in its new one, its radio accordingly, and what was acknowledged must
 * hold. `npm test` takes a sample of the points, `npm run test:kill` all of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { Device, type KillPoint } from "./device.ts";
import { stories } from "./stories.ts";
import { inWorld, type State } from "./world.ts";

const { KILL_POINTS = "" } = process.env;
const all = KILL_POINTS === "all";

/** Some stories of each kind and each mode; what takes long is left out. */
const sample = stories.filter(({ name }, index) => index % 4 === 0 && !name.includes("nobody answers"));

/**
 * Every line, and then the moments after the last one, in which the outcome is written to disk and told.
 * @param lines how many pass in the story
 */
function pointsOf(lines: number): readonly KillPoint[] {
  const held = Array.from({ length: lines }, (_, index) => ({ line: index + 1 }));
  const later = [0, 1, 2, 4, 8, 16].map((after) => ({ line: lines, after }));
  const points = [...held, ...later];
  return all ? points : points.filter((_, index) => index % 8 === 7);
}

/** Lines of a recovery to be killed at, in the middle of the pairings that succeed. */
const recovery = Array.from({ length: 12 }, (_, index) => index + 1);

interface Row {
  readonly story: string;
  readonly found: ReadonlyMap<State, number>;
  readonly seconds: number;
}

let folder = "";
let options: readonly string[] = [];
const rows: Row[] = [];
let points = 0;
const start = performance.now();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "openwps-kill-"));
  const key = join(folder, "hotspot-key");
  writeFileSync(key, "set me up please\n", { mode: 0o600 });
  options = ["--hotspot-ssid", "set-up", "--hotspot-key-file", key];
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (all) process.stdout.write(`${table()}\n`);
});

test.concurrent.for((all ? stories : sample).map((story) => [story.name, story] as const))(
  "%s: killed at any step, the device is found in its old state or its new one",
  { timeout: 600_000 },
  async ([name, story], { expect }) => {
    await withDevice(name, async (device, note) => {
      const { lines } = await device.live(story);
      expect(lines).toBeGreaterThan(1);
      for (const point of pointsOf(lines)) {
        const { state, done } = await device.die(story, point);
        const allowed = done ? [story.after] : [story.before, story.after, story.interrupted];
        expect(allowed, `killed at ${JSON.stringify(point)} of ${lines} lines`).toContain(state);
        note(state);
      }
    });
  },
);

test.concurrent.for(
  (all ? stories.filter(({ name }) => name.includes("by button")) : []).map((story) => [story.name, story] as const),
)(
  "%s: killed once more at any step of its recovery, it is found where one kill would have left it",
  { timeout: 600_000 },
  async ([name, story], { expect }) => {
    await withDevice(`${name}, in its recovery`, async (device, note) => {
      const { lines } = await device.live(story);
      for (const again of recovery) {
        const { state } = await device.die(story, { line: Math.floor(lines / 2), again });
        expect(story.interrupted, `killed again at line ${again}`).toBe(state);
        note(state);
      }
    });
  },
);

/** A device of its own, in an air of its own, and a row of the table for what happens to it. */
async function withDevice(
  name: string,
  work: (device: Device, note: (state: State) => void) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const found = new Map<State, number>();
  const place = mkdtempSync(join(folder, "device-"));
  await inWorld(place, async (world, relay) => {
    const device = new Device({ folder: join(place, "state"), world, relay }, options);
    try {
      await work(device, (state) => {
        if (++points % 25 === 0 && all) process.stdout.write(`${total()}\n`);
        found.set(state, (found.get(state) ?? 0) + 1);
      });
    } finally {
      await device.kill();
    }
  });
  rows.push({ story: name, found, seconds: (performance.now() - begun) / 1000 });
}

function total(): string {
  return `${points} kill points in ${((performance.now() - start) / 1000).toFixed(0)} s`;
}

function table(): string {
  const lines = rows.map(({ story, found, seconds }) =>
    [
      story.padEnd(60),
      String([...found.values()].reduce((sum, times) => sum + times, 0)).padStart(5),
      `${seconds.toFixed(0)} s`.padStart(6),
      ` ${[...found].map(([state, times]) => `${state} ${times}`).join(", ")}`,
    ].join(" "),
  );
  return [`${"story".padEnd(60)} kills   time  found in`, ...lines, total()].join("\n");
}
