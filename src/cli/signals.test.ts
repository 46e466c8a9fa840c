import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { aborted } from "./signals.ts";

test("who waits for an abort is told of it, before and after", async () => {
  const stop = new AbortController();
  const before = aborted(stop.signal);
  stop.abort();
  await Promise.all([before, aborted(stop.signal)]);
});

test("who waits no more leaves nothing behind: a script may begin anew as often as it likes", () => {
  const { signal } = new AbortController();
  for (let round = 0; round < 100; round++) {
    const over = new AbortController();
    void aborted(signal, over.signal);
    over.abort();
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
