/** Time that passes faster than ours, for what is played with real processes, sockets and files. */
import { type Clock, sleepOn } from "../src/clock/clock.ts";
import { systemClock } from "../src/clock/system-clock.ts";

/** A clock of which `speed` seconds pass in one of ours. */
export function fastClock(speed: number): Clock {
  const clock: Clock = {
    now: () => systemClock.now() * speed,
    after: (ms, ring) => systemClock.after(ms / speed, ring),
    sleep: (ms, options) => sleepOn(clock, ms, options?.signal),
  };
  return clock;
}
