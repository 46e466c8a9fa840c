/** `openwps lua` as a person runs it, on the built command line: the examples, misuse, limits, and the end. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, openwps, root } from "./cli/run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-lua-"));
});
afterAll(() => rm(folder, { recursive: true }));

const home = { name: "Home", key: "correct horse battery" };

/** Runs a file in virtual time. @param scenario the built-in one, where a button is pressed, without it */
async function play(file: string, scenario?: object): Promise<Ended> {
  let air = "air";
  if (scenario !== undefined) {
    const path = join(folder, "scenario.json");
    await writeFile(path, JSON.stringify(scenario));
    air = `air:${path}`;
  }
  return openwps(["lua", file, "--radio", air, "--fast"]).ended;
}

async function script(text: string): Promise<Ended> {
  const file = join(folder, "script.lua");
  await writeFile(file, text);
  const ended = await play(file);
  return { ...ended, stderr: ended.stderr.replaceAll(file, "script.lua") };
}

const basic = join(root, "examples", "wps-basic.lua");
const full = join(root, "examples", "wps-full.lua");

describe("the examples", () => {
  test("basic: a button is pressed", async () => {
    expect(await play(basic)).toEqual({ code: 0, stdout: "WPS: Success, connecting to AP...\n", stderr: "" });
  });

  test("full: a button is pressed, and it tells of the connection and the address", async () => {
    expect((await play(full)).stdout).toMatch(
      /^WPS: success, connecting to AP\.\.\.\n\n\tSTA - CONNECTED\n\tSSID: Home\n\tBSSID: 02:00:00:00:00:01\n\tChannel: 6\n\n\tSTA - GOT IP\n\tStation IP: 192\.168\.1\.\d+\n\tSubnet mask: 255\.255\.255\.0\n\tGateway IP: 192\.168\.1\.1\n$/,
    );
  });

  test("full: nobody presses a button, and it gives up after three retries", async () => {
    const tries = [1, 2, 3].map((n) => `WPS: Timeout\nretry #${n}\n`);
    expect((await play(full, { accessPoints: [home] })).stdout).toBe(`${tries.join("")}WPS: Timeout\n`);
  });

  test("basic: an access point with WEP, and none with WPS", async () => {
    const wep = { accessPoints: [{ ...home, security: "WEP" }], happenings: [{ at: 1, press: "Home" }] };
    expect((await play(basic, wep)).stdout).toBe("WPS: WEP not supported\n");
    expect((await play(basic, { accessPoints: [{ ...home, wps: false }] })).stdout).toBe("WPS: AP not found\n");
  });
});

describe("a script that goes wrong is told with its line, and ends with 1:", () => {
  test.each([
    ["WPS is not enabled", "\n\nwps.start()", "script.lua:3: wps.start: WPS is not enabled"],
    ["no function", "wps.enable()\nwps.start(7)", "script.lua:2: wps.start: the callback must be a function"],
    ["a mistake of syntax", "print(1", "script.lua:1: "],
    ["a mistake in a callback", "tmr.create():alarm(9, 0, function()\nlocal x = nil + 1 end)", "script.lua:2: attempt"],
    ["a loop", "local n = 0\nwhile true do n = n + 1 end", "script.lua:2: the script has run for too long"],
    ["too much memory", "local s = 'x'\nwhile true do s = s .. s end", "script.lua:2: not enough memory"],
  ])("%s", async (_name, text, message) => {
    const { code, stderr } = await script(text);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });
});

test("nothing reaches beyond the script", async () => {
  const { stdout } = await script("print(io, os, require, dofile, debug, package)");
  expect(stdout).toBe("nil\tnil\tnil\tnil\tnil\tnil\n");
});

test("Ctrl-C ends a script, and a pairing with it", async () => {
  const file = join(folder, "waits.lua");
  await writeFile(
    file,
    'print("begun") tmr.create():alarm(1000, tmr.ALARM_AUTO, function() end) wps.enable() wps.start()',
  );
  const waiting = openwps(["lua", file, "--radio", "air"]);
  await waiting.seen(/begun/);
  expect(await waiting.end("SIGINT")).toMatchObject({ code: 130 });
});
