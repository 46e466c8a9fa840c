/**
 * One run of a station as Registrars elsewhere may take part in it: what they say is kept until its turn, and waited for
 * no longer than a station waits. What of it fits is for the run to say.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { isAbout, type RegistrarAnswer } from "../wsc/session/relay.ts";

/** How long a station is kept waiting for a Registrar elsewhere (protocol: server waiting for ER). */
export const ANSWER_WITHIN_MS = 5_000;
/** Answers kept; a station is passed fewer. */
const MOST_KEPT = 16;

export class Visit {
  readonly peer: MacAddress;
  readonly #enrolleeNonce: Uint8Array;
  readonly #clock: Clock;
  readonly #kept: RegistrarAnswer[] = [];
  #wake: () => void = () => {};
  #isOver = false;

  constructor(peer: MacAddress, enrolleeNonce: Uint8Array, clock: Clock) {
    this.peer = peer;
    this.#enrolleeNonce = enrolleeNonce;
    this.#clock = clock;
  }

  /** A Registrar says something. False: it is about another run, or too much. */
  take(answer: RegistrarAnswer): boolean {
    if (this.#isOver || this.#kept.length >= MOST_KEPT || !isAbout(this.#enrolleeNonce, answer.bytes)) return false;
    this.#kept.push(answer);
    this.#wake();
    return true;
  }

  /** The next answer; null when none has come by then, or the run is over. */
  async next(by: Instant): Promise<RegistrarAnswer | null> {
    const isDue = () => this.#kept.length > 0 || this.#isOver;
    if (!isDue())
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(Math.max(0, by - this.#clock.now()), resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    return this.#kept.shift() ?? null;
  }

  /** Nothing that is said from now on reaches the station. */
  end(): void {
    this.#isOver = true;
    this.#kept.length = 0;
    this.#wake();
  }
}
