/** `openwps lua`: how long a script lasts, how it begins anew, and Lua line by line. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { type Ended, openwps, Run, root } from "./cli/run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-lua-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test.concurrent("--seconds lets a script stay that only listens, and ends one that goes on", async ({ expect }) => {
  const scenario = {
    accessPoints: [{ name: "Home", key: "correct horse battery" }],
    station: { connectedTo: "Home" },
    happenings: [{ at: 4, off: "Home" }],
  };
  const air = await file("goes-off.json", JSON.stringify(scenario));
  const listens = await file(
    "listens.lua",
    "wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function(T) print(T.SSID) end)",
  );
  const ticks = await file("ticks.lua", "tmr.create():alarm(2000, tmr.ALARM_AUTO, function() print(tmr.time()) end)");
  const play = (script: string, ...more: readonly string[]) =>
    openwps(["lua", script, "--radio", `air:${air}`, "--fast", ...more]).ended;
  const [without, stayed, ticked] = await Promise.all([
    play(listens),
    play(listens, "--seconds", "30"),
    play(ticks, "--seconds", "7"),
  ]);
  expect(without).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(stayed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Home\n/), stderr: "" });
  expect(ticked).toEqual({ code: 0, stdout: "2\n4\n6\n", stderr: "" });
});

test.concurrent("node.restart ends the script and starts it again, with nothing left of it", async ({ expect }) => {
  const text = `print(left) left = 1
    wps.enable()
    tmr.create():alarm(3000, tmr.ALARM_SINGLE, function() print("never") end)
    tmr.create():alarm(2000, tmr.ALARM_SINGLE, function() node.restart() print("never") end)`;
  const path = await file("restarts.lua", text);
  const { code, stdout } = await openwps(["lua", path, "--radio", "air", "--fast", "--seconds", "5"]).ended;
  expect([code, stdout]).toEqual([0, "nil\nnil\nnil\n"]);
});

test.concurrent("the full example waits three seconds before each retry", async ({ expect }) => {
  const scenario = { accessPoints: [{ name: "Home", key: "correct horse battery" }] };
  const air = await file("silent.json", JSON.stringify(scenario));
  const example = await readFile(join(root, "examples", "wps-full.lua"), "utf8");
  const watched = `local write, start = print, wps.start
    wps.start = function(...) write(tmr.time(), "start") start(...) end
    print = function(...) write(tmr.time(), ...) end\n`;
  const path = await file("watched.lua", watched + example);
  const { stdout } = await openwps(["lua", path, "--radio", `air:${air}`, "--fast"]).ended;
  const tries = [0, 1, 2].map(
    (n) => `${n * 123}\tstart\n${n * 123 + 120}\tWPS: Timeout\n${n * 123 + 120}\tretry #${n + 1}\n`,
  );
  expect(stdout).toBe(`${tries.join("")}369\tstart\n489\tWPS: Timeout\n`);
});

/** Lua line by line, as from a pipe. */
async function dialogue(name: string, lines: readonly string[]): Promise<Ended> {
  const input = await file(name, lines.map((line) => `${line}\n`).join(""));
  const script = 'exec "$0" "$1" lua --radio air < "$2"';
  return new Run("sh", ["-c", script, process.execPath, join(root, "bin", "openwps.js"), input]).ended;
}

test.concurrent("line by line: values are shown, a statement may go on, a mistake ends nothing, and a timer rings", async ({
  expect,
}) => {
  const lines = [
    "1 + 1",
    "x = 4",
    "=x",
    "for i = 1, 2 do",
    "print(i * x)",
    "end",
    "wps.start()",
    "nonsense(",
    ")",
    "'on'",
  ];
  lines.push("tmr.create():alarm(50, 0, function() print('late') error('oops') end)", "if x then");
  const { code, stdout, stderr } = await dialogue("lines", lines);
  expect(stdout).toBe("2\n4\n4\n8\non\ntrue\nlate\n");
  // The last two in the order in which they come.
  expect(stderr.trimEnd().split("\n").toSorted()).toEqual([
    "stdin: the input ended before the statement did; it was not run.",
    "stdin:1: attempt to call a nil value (global 'nonsense')",
    "stdin:1: oops",
    "stdin:1: wps.start: WPS is not enabled; call wps.enable() first.",
  ]);
  expect(code).toBe(0);
});
