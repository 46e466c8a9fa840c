/** The machine's own clock: monotonic, but counted from 1970 so that its instants can be stored and shown. */
import { type Clock, sleepOn } from "./clock.ts";

export const systemClock: Clock = {
  now: () => Math.trunc(performance.timeOrigin + performance.now()),
  after: (ms, ring) => {
    // Node counts whole milliseconds from the last one that was full: by our clock it may ring one too early, and
    // whoever asks then whether the time has come is told that it has not.
    const timer = setTimeout(ring, ms + 1);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms, options) => sleepOn(systemClock, ms, options?.signal),
};
