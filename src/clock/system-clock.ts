/** The machine's own clock: monotonic, but counted from 1970 so that its instants can be stored and shown. */
import { type Clock, sleepOn } from "./clock.ts";

export const systemClock: Clock = {
  now: () => Math.trunc(performance.timeOrigin + performance.now()),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms, options) => sleepOn(systemClock, ms, options?.signal),
};
