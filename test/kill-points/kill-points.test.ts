/**
 * kill -9 at every line that passes between a service and its radio, in everything that people do with a device. After a
 * new start the device must be in its old state or in its new one, its radio accordingly, and what was acknowledged must
 * hold. `npm test` takes a sample of the points, `npm run test:kill` all of them.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Beginning, type Story, stories } from "./stories.ts";
import { foundIn, inWorld, never, press, type Relay, type Service, type State, startService } from "./world.ts";

const { KILL_POINTS = "" } = process.env;
const all = KILL_POINTS === "all";
/** In a sample, every n-th point of the stories that begin as a device in use does. */
const everyNth = all ? 1 : 6;
/** Services that run side by side. */
const lanes = 4;

let folder = "";
let options: readonly string[] = [];
/** A state folder for each beginning. */
const prepared = new Map<Beginning, string>();
let points = 0;
let played = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "openwps-kill-"));
  const key = join(folder, "hotspot-key");
  writeFileSync(key, "set me up please\n", { mode: 0o600 });
  options = ["--hotspot-ssid", "set-up", "--hotspot-key-file", key];
  await Promise.all((["STA", "AP", "OFF"] as const).map(prepare));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (all) process.stdout.write(`killed at ${points} points\n`);
});

/** A device that knows Neighbour's network, and is in this mode. */
async function prepare(mode: Beginning): Promise<void> {
  const state = join(folder, `prepared-${mode}`);
  await inWorld(join(folder, mode), async (world, relay) => {
    const service = await startService(relay.path, state, options);
    await service.ask("POST", "/api/v1/wifi/wps");
    await press(world, "Neighbour");
    await foundIn(world, ["Neighbour"]);
    await service.ended();
    if (mode !== "STA") expect((await service.ask("PUT", "/api/v1/wifi/mode", { mode })).status).toBe(200);
    await service.kill();
  });
  prepared.set(mode, state);
}

const chosen = all ? stories : stories.filter(({ begins }) => begins === "STA");

for (const story of chosen)
  test(`${story.name}: killed at any step, the device is found in its old state or its new one`, {
    timeout: 600_000,
  }, async () => {
    const lines = await play(story, never, 0);
    expect(lines).toBeGreaterThan(3);
    const left = Array.from({ length: lines }, (_, i) => i + 1).filter((point) => point % everyNth === 0);
    const lane = async () => {
      for (let point = left.shift(); point !== undefined; point = left.shift()) await play(story, point, 0);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  });

test.runIf(all)(
  "killed once more at any step of its recovery, the device is where one kill would have left it",
  {
    timeout: 600_000,
  },
  async () => {
    for (const story of stories.filter(({ name }) => name.includes("by button"))) {
      const lines = await play(story, never, 0);
      const left = Array.from({ length: 12 }, (_, i) => i + 1);
      const lane = async () => {
        for (let again = left.shift(); again !== undefined; again = left.shift())
          await play(story, Math.floor(lines / 2), again);
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    }
  },
);

/**
 * Plays a story, kills the service at a line, starts it again, and looks. Gives how many lines passed in the story.
 * @param point never: it is not killed
 * @param again it is killed once more at this line of its recovery; 0: it is not
 */
async function play(story: Story, point: number, again: number): Promise<number> {
  const { begins, act, before, after, interrupted } = story;
  const place = join(folder, `played-${++played}`);
  cpSync(prepared.get(begins) ?? "", place, { recursive: true });
  return inWorld(place, async (world, relay) => {
    const service = await startService(relay.path, place, options);
    await foundIn(world, [before]);
    relay.killAt(point, () => void service.kill());
    const acting = act(service, world).catch(() => false);
    if (point === never) {
      expect(await acting).toBe(true);
      expect(await foundIn(world, [after])).toBe(after);
      await service.kill();
      return relay.lines();
    }
    points++;
    // A run with fewer lines than the first one is over before it reaches the last points.
    const done = await Promise.race([service.gone.then(() => false), acting]);
    await service.kill();
    relay.killAt(never, () => undefined);
    if (again > 0) await killedInRecovery(relay, place, again);

    const recovered = await startService(relay.path, place, options);
    const state = await isWhereItSays(recovered, world, [before, after, interrupted]);
    expect({ point, again, state }).toEqual({
      point,
      again,
      state: expect.toSatisfy((s: State) => [before, after, interrupted].includes(s)),
    });
    // What somebody was told is so.
    if (done) expect({ point, again, state }).toEqual({ point, again, state: after });
    await recovered.kill();
    return relay.lines();
  });
}

async function killedInRecovery(relay: Relay, place: string, line: number): Promise<void> {
  let started: Service | null = null;
  let killed = false;
  relay.killAt(line, () => {
    killed = true;
    void started?.kill();
  });
  started = await startService(relay.path, place, options).catch(() => null);
  if (killed) await started?.kill();
  // A recovery with fewer lines is over by then.
  await started?.kill();
  relay.killAt(never, () => undefined);
}

/** The state that the service names, when the radio is in it. */
async function isWhereItSays(
  service: Service,
  world: Parameters<typeof foundIn>[0],
  allowed: readonly State[],
): Promise<State> {
  const session = await service.ended();
  const { mode } = (await service.ask("GET", "/api/v1/wifi/mode")).body as { mode: Beginning };
  const { name } = (await service.ask("GET", "/api/v1/wifi/sta/settings")).body as { name: State };
  const says: State = mode === "STA" ? name : mode;
  expect(allowed, JSON.stringify(session)).toContain(says);
  return foundIn(world, [says]);
}
