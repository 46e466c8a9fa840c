/**
 * Slows down whoever guesses passwords: after some wrong ones from an address, the next is looked at only after a
 * while, and the while grows. It never gets so long that a person who shares the address is locked out, and other
 * addresses wait for nothing.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import { networkOf } from "./network-of.ts";

/** Wrong passwords that cost nothing but themselves. */
const freeFailures = 5;
/** Milliseconds to wait after one more; they double with each, up to the longest. */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** An address without a wrong password for so long starts afresh. A right one changes nothing: it may be a neighbour's. */
const forgetMs = 15 * 60_000;
/** Addresses that are remembered. Whoever has more of them to guess from makes room with the one unused longest. */
const remembered = 1024;

interface Failures {
  count: number;
  last: Instant;
}

export class Attempts {
  readonly #clock: Clock;
  /** The one whose last wrong password is longest ago first. */
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until a password from this address is looked at; 0: now. */
  wait(address: string): number {
    const failures = this.#failures.get(networkOf(address));
    if (failures === undefined) return 0;
    const over = failures.count - freeFailures;
    const wait = over <= 0 ? 0 : Math.min(firstWaitMs * 2 ** (over - 1), longestWaitMs);
    return Math.max(0, failures.last + wait - this.#clock.now());
  }

  /** A wrong password came from there. */
  failed(address: string): void {
    const client = networkOf(address);
    const now = this.#clock.now();
    const known = this.#failures.get(client);
    const count = known === undefined || now - known.last >= forgetMs ? 1 : known.count + 1;
    this.#failures.delete(client);
    this.#failures.set(client, { count, last: now });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > remembered && oldest !== undefined) this.#failures.delete(oldest);
  }
}
