/**
 * Requests that a RADIUS client repeats because it missed the answer (RFC 5080, 2.2.2): the same answer again, and
 * nothing else happens. Bounded in number and time; what is older than both is a new request again.
 */
import type { Clock, Instant } from "../clock/clock.ts";

/** Longer than a client waits between two sends of a request. */
const KEPT_MS = 30_000;

interface Answered {
  readonly answer: Uint8Array;
  readonly at: Instant;
  readonly about: string;
}

/** The requests of the last half minute, and what they were answered. */
export class Duplicates {
  readonly #clock: Clock;
  readonly #most: number;
  /** Whom each is about; null once that was forgotten. */
  readonly #underWay = new Map<string, string | null>();
  readonly #answered = new Map<string, Answered>();
  /** What was answered, in a ring: the next one takes the place of the oldest. */
  readonly #ring: string[] = [];
  #next = 0;

  /** @param options.most how many answers are kept */
  constructor({ clock, most }: { readonly clock: Clock; readonly most: number }) {
    this.#clock = clock;
    this.#most = most;
  }

  /** How many requests wait for their answer. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** What became of this very request: its answer; null, it is under way; undefined, it was never seen. */
  find(request: string): Uint8Array | null | undefined {
    if (this.#underWay.has(request)) return null;
    const answered = this.#answered.get(request);
    return answered !== undefined && this.#clock.now() - answered.at < KEPT_MS ? answered.answer : undefined;
  }

  /** @param about whom the answer will be about */
  begin(request: string, about: string): void {
    this.#underWay.set(request, about);
  }

  /**
   * The end of a request that had begun; without an answer, its repetition is a new one.
   * False: what it is about was forgotten meanwhile, so that the answer may be of yesterday and must not be given.
   */
  end(request: string, answer: Uint8Array | null): boolean {
    const about = this.#underWay.get(request) ?? null;
    this.#underWay.delete(request);
    if (about === null) return false;
    if (answer === null) return true;
    this.#answered.delete(this.#ring[this.#next] ?? "");
    this.#ring[this.#next] = request;
    this.#next = (this.#next + 1) % this.#most;
    this.#answered.set(request, { answer, about, at: this.#clock.now() });
    return true;
  }

  /** No answer about this one is given again, nor one that is under way. */
  forget(about: string): void {
    for (const [request, answered] of this.#answered) if (answered.about === about) this.#answered.delete(request);
    for (const [request, whom] of this.#underWay) if (whom === about) this.#underWay.set(request, null);
  }
}
