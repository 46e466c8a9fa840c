/** Button, LED and hook of a device, as the service opens and closes them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ControlsOptions, openControls } from "../../src/cli/controls.ts";
import { systemClock } from "../../src/clock/system-clock.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { wordBytes } from "../../src/radio/button/input-event.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { openStation, type Station } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";

let folder: string;
let world: AirWorld;
let station: Station;
let log: string[];
let troubles: unknown[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openwps-controls-"));
  world = createAirWorld({ scenario: builtInScenario, clock: systemClock, random: systemRandom });
  const [radio, store] = [world.station(), createMemoryStore()];
  station = await openStation({ radio, store, clock: systemClock, random: systemRandom });
  log = [];
  troubles = [];
});
afterEach(async () => {
  await station.close();
  await world.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);

/** The kernel knows of a button, `event0`; its device is in the folder, if there. */
function button(devices = folder): ControlsOptions["kernel"] {
  const keys = wordBytes === 8 ? "20000 0 0 0 0 0 0 0 0" : `20000${" 0".repeat(16)}`;
  writeFileSync(file("list"), `N: Name="gpio-keys"\nH: Handlers=kbd event0\nB: KEY=${keys}\n\n`);
  return { list: file("list"), folder: devices };
}

/** A folder that cannot be looked into, whoever runs this. */
function closedFolder(): string {
  writeFileSync(file("closed"), "");
  return file("closed");
}

function open(flags: Partial<ControlsOptions["flags"]>, kernel: ControlsOptions["kernel"] = button()) {
  return openControls({
    station,
    flags: { button: "none", ...flags },
    clock: systemClock,
    log: pino({ base: null }, { write: (line: string) => void log.push(JSON.parse(line).msg) }),
    onTrouble: (trouble) => troubles.push(trouble),
    ...(kernel && { kernel }),
  });
}

/** Programs that were started and have not ended. */
const programs = () => process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;

describe("a button that cannot be used", () => {
  test.each([
    ["may not be read", closedFolder],
    ["is not where it should be", () => folder],
  ])("because it %s is warned of and done without when it was found", async (_why, where) => {
    const controls = await open({ button: "auto" }, button(where()));
    expect(log).toEqual([expect.stringMatching(/^[A-Z].+event0.*\. The service goes on without it\. .+\.$/)]);
    await controls.close();
    expect(troubles).toEqual([]);
  });

  test("and was named is an error with a sentence", async () => {
    const path = join(closedFolder(), "event0");
    await expect(open({ button: { path } })).rejects.toMatchObject({
      name: "RadioError",
      kind: "permission",
      message: `The button ${path} may not be read.`,
    });
  });
});

test("a button that could be opened is let go of when the LED cannot be", async () => {
  execFileSync("mkfifo", [file("event0")]);
  const before = programs();
  await expect(open({ button: "auto", led: file("no-led") })).rejects.toMatchObject({ kind: "gone" });
  expect(log).toEqual([`the WPS button is gpio-keys (${file("event0")})`]);
  await expect.poll(programs, { timeout: 10_000 }).toBe(before);
});

test("a pairing that the end of the service cuts off is shown to the end", async () => {
  const controls = await open({ hook: `echo $OPENWPS_PHASE $OPENWPS_RESULT >> ${file("shown")}` });
  await station.startPairing({ method: "pbc" });
  await station.close();
  await controls.close();
  expect(readFileSync(file("shown"), "utf8")).toMatch(/^ended cancelled\n$/m);
  expect(troubles).toEqual([]);
});
