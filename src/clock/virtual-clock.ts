/**
 * A clock that stands still until told to move, and then jumps from one wake-up to the next.
 * Two minutes of walk time pass in a few milliseconds, in the same order every time.
 */
import { type Clock, type Instant, sleepOn } from "./clock.ts";

interface WakeUp {
  readonly at: Instant;
  readonly order: number;
  readonly ring: () => void;
}

/** Turns of the event loop given to promises and sockets between two jumps. */
const turnsBetweenJumps = 4;

export class VirtualClock implements Clock {
  #now: Instant;
  #order = 0;
  #wakeUps: WakeUp[] = [];

  /** @param start the first instant; a fixed one keeps runs repeatable. */
  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  after(ms: number, ring: () => void): { cancel(): void } {
    const wakeUp: WakeUp = { at: this.#now + Math.max(0, ms), order: this.#order++, ring };
    this.#wakeUps.push(wakeUp);
    this.#wakeUps.sort((a, b) => a.at - b.at || a.order - b.order);
    return {
      cancel: () => {
        this.#wakeUps = this.#wakeUps.filter((other) => other !== wakeUp);
      },
    };
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return sleepOn(this, ms, options?.signal);
  }

  /** Lets everything happen that is due within the next `ms` milliseconds, and then stands at their end. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (this.#ringNext(end)) await settle();
    this.#now = end;
  }

  /** Jumps from wake-up to wake-up until `promise` is settled, and gives its outcome. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    promise.then(note, note);
    await settle();
    while (!settled) {
      this.#ringNext(Number.POSITIVE_INFINITY);
      await settle();
    }
    return promise;
  }

  /** Jumps to the next wake-up, whenever it is due; false when there is none. */
  async jump(): Promise<boolean> {
    await settle();
    const rang = this.#ringNext(Number.POSITIVE_INFINITY);
    await settle();
    return rang;
  }

  #ringNext(end: Instant): boolean {
    const next = this.#wakeUps[0];
    if (next === undefined || next.at > end) return false;
    this.#wakeUps.shift();
    this.#now = next.at;
    next.ring();
    return true;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < turnsBetweenJumps; turn++) await new Promise((resolve) => setImmediate(resolve));
}
