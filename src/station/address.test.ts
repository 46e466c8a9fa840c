import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { systemClock } from "../clock/system-clock.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { runCommand } from "./address.ts";

const clock = systemClock;

test("a command tells whether it succeeded", async () => {
  const { signal } = new AbortController();
  expect(await runCommand("true", { clock, signal })).toBe(true);
  expect(await runCommand("exit 3", { clock, signal })).toBe(false);
  expect(await runCommand("no-such-command-here", { clock, signal })).toBe(false);
});

test("aborting ends a command and what it has started", async () => {
  const stop = new AbortController();
  const running = runCommand("sleep 1000 & wait", { clock, signal: stop.signal });
  stop.abort();
  expect(await running).toBe(false);
  expect(await runCommand("true", { clock, signal: stop.signal })).toBe(false);
});

test("a command that will not end is ended a second after it was asked to", async () => {
  const folder = mkdtempSync(join(tmpdir(), "openwps-"));
  const deaf = join(folder, "deaf");
  const stop = new AbortController();
  const virtual = new VirtualClock();
  const running = runCommand(`trap '' TERM; : > ${deaf}; while :; do sleep 0.1; done`, {
    clock: virtual,
    signal: stop.signal,
  });
  await expect.poll(() => existsSync(deaf)).toBe(true);
  stop.abort();
  await virtual.advance(1_000);
  expect(await running).toBe(false);
  rmSync(folder, { recursive: true });
});

test("a command that may not be ended, because it runs as somebody else, is not waited for", async () => {
  const stop = new AbortController();
  const kill = vi.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
  });
  const running = runCommand("sleep 2", { clock, signal: stop.signal });
  stop.abort();
  expect(await running).toBe(false);
  kill.mockRestore();
});
