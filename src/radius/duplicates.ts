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
  /** Whom the answer is about. */
  readonly about: string;
}

export class Duplicates {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #underWay = new Set<string>();
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

  begin(request: string): void {
    this.#underWay.add(request);
  }

  /** The end of a request that had begun; without an answer, its repetition is a new one. */
  end(request: string, answered: { readonly answer: Uint8Array; readonly about: string } | null): void {
    this.#underWay.delete(request);
    if (answered === null) return;
    this.#answered.delete(this.#ring[this.#next] ?? "");
    this.#ring[this.#next] = request;
    this.#next = (this.#next + 1) % this.#most;
    this.#answered.set(request, { ...answered, at: this.#clock.now() });
  }

  /** No answer about this one is given again. */
  forget(about: string): void {
    for (const [request, answered] of this.#answered) if (answered.about === about) this.#answered.delete(request);
  }
}
