/** `openwps check --radio` on simulated air, as a person and as a program runs it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openwps } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-check-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Neighbour {
  readonly name: string;
  readonly security?: string;
  readonly wps?: boolean;
}

/** Checks an air with these access points, on which people have done something already. */
async function check(accessPoints: readonly Neighbour[], happenings: readonly object[], ...args: readonly string[]) {
  const path = join(folder, `${accessPoints.map(({ name }) => name).join("-")}-${happenings.length}.json`);
  const key = { key: "correct horse battery" };
  const scenario = {
    accessPoints: accessPoints.map((one, at) => ({ ...key, channel: at + 1, signal: -40 - 10 * at, ...one })),
    happenings: happenings.map((one) => ({ at: 0, ...one })),
  };
  await writeFile(path, JSON.stringify(scenario));
  return openwps(["check", "--radio", `air:${path}`, ...args]).ended;
}

test("a pressed button is a yes, with 0", async () => {
  const { code, stdout } = await check([{ name: "Home" }, { name: "Cellar", security: "WPA3" }], [{ press: "Home" }]);
  expect(stdout).toMatch(/^By button {2}yes {6}Home: /);
  expect(stdout).toMatch(/^Home .* yes +not yet$/m);
  expect(stdout).toMatch(/^Cellar .* no +no$/m);
  expect(code).toBe(0);
});

test("a PIN that was entered is a yes by PIN only", async () => {
  const { code, stdout } = await check([{ name: "Home" }], [{ enterPin: "Home", pin: "12345670" }]);
  expect(stdout).toMatch(/^Home .* not yet +yes$/m);
  expect(code).toBe(0);
});

test("nothing but what WPS cannot serve is a no, with 1 and a reason for each", async () => {
  const { code, stdout } = await check(
    [
      { name: "Cellar", security: "WPA3" },
      { name: "Old", security: "WPA" },
      { name: "Plain", wps: false },
    ],
    [],
  );
  expect(stdout).toMatch(/^By button {2}no {7}Cellar: It is WPA3 only.*\n(?: .*\n)*By PIN {5}no {7}Cellar: /);
  expect(stdout).toMatch(/^Old\n {2}It offers nothing better than TKIP/m);
  expect(stdout).toMatch(/^Plain\n {2}It has no WPS/m);
  expect(code).toBe(1);
});

test("two pressed buttons are an overlap, for programs by its key", async () => {
  const { code, stdout } = await check(
    [{ name: "Home" }, { name: "Next door" }],
    [{ press: "Home" }, { press: "Next door" }],
    "--json",
  );
  const [whole, ...each] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(whole).toMatchObject({ type: "check", owner: null, button: { possible: false, key: "overlap" } });
  expect(each.map(({ type, ssid, wps, button }) => [type, ssid, wps, button.key])).toEqual([
    ["accessPoint", "Home", "true", "overlap"],
    ["accessPoint", "Next door", "true", "overlap"],
  ]);
  expect(code).toBe(1);
});

test("what to check has to be said", async () => {
  const { code, stderr } = await openwps(["check"]).ended;
  expect(stderr).toMatch(/^openwps: Say what to check: --radio RADIO for a device, or --ap AP/);
  expect(code).toBe(2);
});
