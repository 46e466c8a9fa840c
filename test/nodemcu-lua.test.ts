/** `openwps lua` as a person runs it, on the built command line: the examples, misuse, limits, and the end. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Ended, openwps, root } from "./cli/run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-lua-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
/** A file of its own for this text. */
async function file(text: string): Promise<string> {
  const path = join(folder, `${++files}.lua`);
  await writeFile(path, text);
  return path;
}

const home = { name: "Home", key: "correct horse battery" };

/** Runs a file in virtual time. @param scenario the built-in one, where a button is pressed, without it */
async function play(path: string, scenario?: object): Promise<Ended> {
  const air = scenario === undefined ? "air" : `air:${await file(JSON.stringify(scenario))}`;
  return openwps(["lua", path, "--radio", air, "--fast"]).ended;
}

async function script(text: string): Promise<Ended> {
  const path = await file(text);
  const ended = await play(path);
  const named = (words: string) => words.replaceAll(path, "script.lua");
  return { ...ended, stdout: named(ended.stdout), stderr: named(ended.stderr) };
}

const basic = join(root, "examples", "wps-basic.lua");
const full = join(root, "examples", "wps-full.lua");

describe("the examples", () => {
  test.concurrent("basic: a button is pressed", async ({ expect }) => {
    expect(await play(basic)).toEqual({ code: 0, stdout: "WPS: Success, connecting to AP...\n", stderr: "" });
  });

  test.concurrent("full: a button is pressed, and it tells of the connection and the address", async ({ expect }) => {
    expect((await play(full)).stdout).toMatch(
      /^WPS: success, connecting to AP\.\.\.\n\n\tSTA - CONNECTED\n\tSSID: Home\n\tBSSID: 02:00:00:00:00:01\n\tChannel: 6\n\n\tSTA - GOT IP\n\tStation IP: 192\.168\.1\.\d+\n\tSubnet mask: 255\.255\.255\.0\n\tGateway IP: 192\.168\.1\.1\n$/,
    );
  });

  test.concurrent("full: nobody presses a button, and it gives up after three retries", async ({ expect }) => {
    const tries = [1, 2, 3].map((n) => `WPS: Timeout\nretry #${n}\n`);
    expect((await play(full, { accessPoints: [home] })).stdout).toBe(`${tries.join("")}WPS: Timeout\n`);
  });

  test.concurrent("basic: an access point with WEP, and none with WPS", async ({ expect }) => {
    const wep = { accessPoints: [{ ...home, security: "WEP" }], happenings: [{ at: 1, press: "Home" }] };
    expect((await play(basic, wep)).stdout).toBe("WPS: WEP not supported\n");
    expect((await play(basic, { accessPoints: [{ ...home, wps: false }] })).stdout).toBe("WPS: AP not found\n");
  });
});

describe("a script that goes wrong is told with its line, and ends with 1:", () => {
  test.concurrent.for<readonly [string, string, string]>([
    [
      "WPS is not enabled",
      "\n\nwps.start()",
      "script.lua:3: wps.start: WPS is not enabled; call wps.enable() first.\n",
    ],
    [
      "it is not enabled in the last line of a callback",
      "tmr.create():alarm(9, 0, function()\nreturn wps.start() end)",
      "script.lua:2: wps.start: WPS is not enabled",
    ],
    [
      "no function",
      "wps.enable()\nwps.start(7)",
      "script.lua:2: wps.start: the callback must be a function, not a number.",
    ],
    ["a mistake of syntax", "print(1", "script.lua:1: "],
    ["a mistake in a callback", "tmr.create():alarm(9, 0, function()\nlocal x = nil + 1 end)", "script.lua:2: attempt"],
    [
      "a table is raised",
      "error(setmetatable({}, {__tostring = function() return 'no' end}))",
      "script.lua:1: error: no\n",
    ],
    ["a name from the air that commands terminals", "error('\\27[2J')", "script.lua:1: \\27[2J\n"],
    ["a string too long", "local s = 'x'\nwhile true do s = s .. s end", "script.lua:2: not enough memory"],
    [
      "too much memory, caught once",
      "local t = {}\nlocal function fill() while true do t[#t + 1] = 'y' .. #t end end\npcall(fill)\nfill()",
      "script.lua:2: the script uses too much memory\n",
    ],
    [
      "for ever in one function of Lua's",
      "print('begun')\nlocal s = ('a'):rep(100000):find(('.-'):rep(30) .. 'b')",
      "script.lua: the script has run for too long without a pause, and was ended.",
    ],
  ])("%s", async ([, text, message], { expect }) => {
    const { code, stderr } = await script(text);
    expect(stderr).toContain(`openwps: ${message}`);
    expect(code).toBe(1);
  });
});

test.concurrent("enabled twice, started twice, disabled in mid-run: one run, one callback, and none", async ({
  expect,
}) => {
  const text = `wps.enable() wps.enable()
    wps.start(function(status) print("first", status) end)
    wps.start(function(status) print("second", status) end)
    wps.enable()
    tmr.create():alarm(60000, tmr.ALARM_SINGLE, function()
      wps.start(function(status) print("never", status) end)
      wps.disable() wps.disable()
      print(pcall(wps.start))
    end)`;
  expect(await script(text)).toEqual({
    code: 0,
    stdout: "second\t0\nfalse\twps.start: WPS is not enabled; call wps.enable() first.\n",
    stderr: "",
  });
});

test.concurrent("the modules as scripts see them", async ({ expect }) => {
  const text = `print(wifi.setmode(wifi.STATION), wifi.getmode(), wifi.sta.status(), wifi.sta.getip(), wifi.sta.getrssi())
    print(wifi.sta.getmac())
    local function try(f, ...) print(select(2, pcall(function(...) return f(...) end, ...))) end
    try(wifi.setmode, wifi.STATIONAP)
    try(wifi.setmode, {})
    try(wifi.sta.connect, 7)
    try(wifi.eventmon.register, "now", print)
    local t = tmr.create()
    try(t.start)
    try(t.alarm, t, 0, tmr.ALARM_SINGLE, print)
    try(t.alarm, t, 5, tmr.ALARM_SINGLE)
    print(t:state(), t:start())
    t:register(500, tmr.ALARM_SEMI, function(self) print("rang", self == t, self:state()) end)
    print(t:start(), t:start(), t:state())
    wps.enable()
    wps.start(function()
      wifi.sta.connect(function(T) print(T.SSID, T.BSSID, T.channel, wifi.sta.getrssi() < 0) end)
    end)
    print("a\\0\\255", "tür", "\\27[2J\\127\\u{9b}")
    print(pcall(error, 7))`;
  const { stdout, stderr } = await script(text);
  expect(stdout.split("\n")).toEqual([
    "1\t1\t0\tnil\tnil",
    expect.stringMatching(/^[0-9a-f:]{17}$/),
    "script.lua:3: wifi.setmode: an access point of its own is not available here; use wifi.STATION.",
    'script.lua:3: wifi.setmode: expected one of NULLMODE, STATION, SOFTAP, STATIONAP, not "<table>".',
    "script.lua:3: wifi.sta.connect: the callback must be a function, not a number.",
    'script.lua:3: wifi.eventmon.register: expected one of STA_CONNECTED, STA_DISCONNECTED, STA_GOT_IP, not "now".',
    "script.lua:3: timer:start: call it with a colon, as in timer:start().",
    "script.lua:3: timer:alarm: the interval in milliseconds must be a whole number from 1 to 6870947, not 0.",
    "script.lua:3: timer:alarm: the callback must be a function, not nothing.",
    "nil\tfalse",
    "true\tfalse\ttrue\t2",
    // A name from the air may hold what commands a terminal.
    "a\\0\\255\ttür\t\\27[2J\\127\\194\\155",
    "false\t7",
    "rang\ttrue\tfalse\t2",
    "Home\t02:00:00:00:00:01\t6\ttrue",
    "",
  ]);
  expect(stderr).toBe("");
});

test.concurrent("nothing reaches beyond the script, and what it changes changes no module", async ({ expect }) => {
  const text = `print(io, os, require, dofile, loadfile, debug, package, collectgarbage, warn, string.dump)
    print(load("\\27Lua"))
    print(load("return y", "=y", "b", {y = 1})())
    print(getmetatable(print), getmetatable(tmr.create()))
    getmetatable("").__index = function() error("no") end
    pcall, error, type, tostring, select, string, table, coroutine = nil
    wps.enable()
    print(wps.start(function(status) print(status) end))`;
  expect((await script(text)).stdout).toBe(
    `${"nil\t".repeat(9)}nil\nnil\tattempt to load a binary chunk (mode is 't')\n1\nnil\ttmr.timer\n\n0\n`,
  );
});

test.concurrent("Ctrl-C ends a script, and a pairing with it", async ({ expect }) => {
  const path = await file(
    'print("begun") tmr.create():alarm(1000, tmr.ALARM_AUTO, function() end) wps.enable() wps.start()',
  );
  const waiting = openwps(["lua", path, "--radio", "air"]);
  await waiting.seen(/begun/);
  expect(await waiting.end("SIGINT")).toMatchObject({ code: 130 });
});
