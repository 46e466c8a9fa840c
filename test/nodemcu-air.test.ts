/** `openwps lua` on an air that this test serves: what the station does when the script has ended, in whatever way. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type ExpectStatic, test } from "vitest";
import { systemClock } from "../src/clock/system-clock.ts";
import { builtInScenario } from "../src/radio/air/scenario.ts";
import { serveAir } from "../src/radio/air/server.ts";
import { type AirWorld, createAirWorld } from "../src/registrar/air-world.ts";
import { systemRandom } from "../src/wsc/crypto.ts";
import { openwps, type Run, root } from "./cli/run.ts";

interface Place {
  readonly world: AirWorld;
  /** Starts the script of this file on the device of the world. */
  start(file: string): Run;
  /** The same, of this text. */
  startText(text: string): Promise<Run>;
}

/** A world of the test's own, so that tests may run side by side. */
async function onAir(connectedTo: "Home" | null, work: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "openwps-lua-"));
  const scenario = { ...builtInScenario, station: { ...builtInScenario.station, connectedTo } };
  const world = createAirWorld({ scenario, clock: systemClock, random: systemRandom });
  const air = await serveAir({ world, path: join(folder, "air") });
  const start = (file: string) => openwps(["lua", file, "--radio", `air@${join(folder, "air")}`]);
  const startText = async (text: string) => {
    const file = join(folder, "script.lua");
    await writeFile(file, text);
    return start(file);
  };
  try {
    await work({ world, start, startText });
  } finally {
    await air.close();
    await world.close();
    await rm(folder, { recursive: true });
  }
}

async function expectConnectedToHome(world: AirWorld, expect: ExpectStatic): Promise<void> {
  const link = async () => {
    const { state, bss } = await world.station().link();
    return [state, bss === null ? null : new TextDecoder().decode(bss.ssid)];
  };
  await expect.poll(link, { timeout: 10_000 }).toEqual(["connected", "Home"]);
}

test.concurrent("after the basic example the station is connected", async ({ expect }) => {
  await onAir(null, async ({ world, start }) => {
    await world.accessPoints[0]?.pressButton();
    const { code, stdout } = await start(join(root, "examples", "wps-basic.lua")).ended;
    expect([code, stdout]).toEqual([0, "WPS: Success, connecting to AP...\n"]);
    await expectConnectedToHome(world, expect);
  });
});

describe("the station is again at the network it was at, after a script in mid-run", () => {
  test.concurrent.for<readonly [string, string, RegExp]>([
    ["throws", "error('enough')", /script\.lua:4: enough/],
    ["allocates for ever", "local all = {} while true do all[#all + 1] = ('x'):rep(1000) .. #all end", /memory/],
    ["runs for ever", "while true do end", /script\.lua:4: the script has run for too long/],
    [
      "runs for ever, and catches what is raised",
      "while true do pcall(function() while true do end end) tmr.now() end",
      /script\.lua:4: the script has run for too long/,
    ],
  ])("%s", async ([, wrong, message], { expect }) => {
    await onAir("Home", async ({ world, startText }) => {
      const text = `wps.enable()\nwps.start(error)\ntmr.create():alarm(300, tmr.ALARM_SINGLE, function()\n${wrong}\nend)`;
      const { code, stderr } = await (await startText(text)).ended;
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
      await expectConnectedToHome(world, expect);
    });
  });

  test.concurrent("is ended with Ctrl-C", async ({ expect }) => {
    await onAir("Home", async ({ world, startText }) => {
      const running = await startText("wps.enable() wps.start()\nprint('begun')");
      await running.seen(/begun/);
      expect((await running.end("SIGINT")).code).toBe(130);
      await expectConnectedToHome(world, expect);
    });
  });
});
