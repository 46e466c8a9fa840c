/** How often something may be done within a time, by each and by all together. What is refused is not counted. */
import type { Clock, Instant } from "../clock/clock.ts";

export interface RateLimit {
  readonly withinMs: number;
  readonly ofOne: number;
  /** Bounds what is remembered, too. */
  readonly ofAll: number;
}

export class Rate {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  /** Oldest first. */
  #done: readonly { readonly who: string; readonly at: Instant }[] = [];

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Whether it may be done once more; it counts as done then. */
  admits(who: string): boolean {
    const { withinMs, ofOne, ofAll } = this.#limit;
    const now = this.#clock.now();
    this.#done = this.#done.filter(({ at }) => now - at < withinMs);
    const own = this.#done.filter((one) => one.who === who);
    if (this.#done.length >= ofAll || own.length >= ofOne) return false;
    this.#done = [...this.#done, { who, at: now }];
    return true;
  }
}
