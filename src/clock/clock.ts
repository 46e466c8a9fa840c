/**
 * Time as the services see it: handed to them, never taken from `Date` or `setTimeout`.
 * `system-clock.ts` is the real one, `virtual-clock.ts` the one that tests and `--fast` jump through.
 */

/** Milliseconds since 1970, and never running backwards while the process lives. */
export type Instant = number;

/** A wake-up that was asked for; cancelling one that has rung does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  now(): Instant;
  /** Calls `ring` once, `ms` milliseconds from now. */
  after(ms: number, ring: () => void): Timer;
  /** Resolves `ms` milliseconds from now; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** The one way to build `sleep` from `after`, for every clock. */
export function sleepOn(clock: Pick<Clock, "after">, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}
