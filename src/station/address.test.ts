import { expect, test } from "vitest";
import { runCommand } from "./address.ts";

test("a command tells whether it succeeded", async () => {
  const { signal } = new AbortController();
  expect(await runCommand("true", signal)).toBe(true);
  expect(await runCommand("exit 3", signal)).toBe(false);
  expect(await runCommand("no-such-command-here", signal)).toBe(false);
});

test("aborting ends a command and what it has started", async () => {
  const stop = new AbortController();
  const running = runCommand("sleep 1000 & wait", stop.signal);
  stop.abort();
  expect(await running).toBe(false);
  expect(await runCommand("true", stop.signal)).toBe(false);
});
