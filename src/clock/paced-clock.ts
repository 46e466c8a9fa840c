/**
 * A clock that runs as fast as somebody likes, over another one: two minutes of walk time need not be waited for to be
 * seen. What was asked for before the speed changes rings at the instant it was asked for, only sooner or later.
 */
import { type Clock, type Instant, sleepOn, type Timer } from "./clock.ts";

interface WakeUp {
  readonly at: Instant;
  readonly ring: () => void;
  timer: Timer;
}

export class PacedClock implements Clock {
  readonly #base: Clock;
  readonly #wakeUps = new Set<WakeUp>();
  #speed = 1;
  /** An instant of this clock, and of the one below, at which the speed last changed. */
  #since: { readonly own: Instant; readonly base: Instant };

  constructor(base: Clock) {
    this.#base = base;
    this.#since = { own: base.now(), base: base.now() };
  }

  /** How many milliseconds pass here in one below. */
  get speed(): number {
    return this.#speed;
  }

  /** @throws RangeError for a speed that is no finite number above 0 */
  set speed(speed: number) {
    if (!(speed > 0 && Number.isFinite(speed))) throw new RangeError(`speed: expected a number above 0, got ${speed}`);
    this.#since = { own: this.#exactly(), base: this.#base.now() };
    this.#speed = speed;
    for (const wakeUp of this.#wakeUps) {
      wakeUp.timer.cancel();
      wakeUp.timer = this.#set(wakeUp);
    }
  }

  now(): Instant {
    return Math.trunc(this.#exactly());
  }

  after(ms: number, ring: () => void): Timer {
    const wakeUp: WakeUp = { at: this.#exactly() + Math.max(0, ms), ring, timer: { cancel: () => {} } };
    this.#wakeUps.add(wakeUp);
    wakeUp.timer = this.#set(wakeUp);
    return {
      cancel: () => {
        this.#wakeUps.delete(wakeUp);
        wakeUp.timer.cancel();
      },
    };
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return sleepOn(this, ms, options?.signal);
  }

  /** Fractions and all: cut off at each change of speed they would add up. */
  #exactly(): number {
    return this.#since.own + (this.#base.now() - this.#since.base) * this.#speed;
  }

  #set(wakeUp: WakeUp): Timer {
    return this.#base.after(Math.max(0, wakeUp.at - this.#exactly()) / this.#speed, () => {
      this.#wakeUps.delete(wakeUp);
      wakeUp.ring();
    });
  }
}
