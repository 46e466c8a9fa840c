/**
 * The loop: draws input after input, tries each, and keeps account. Input number i of a seed is the same whatever came
 * before it, so that one can be tried alone. Prints nothing.
 */
import { Chance } from "./chance.ts";
import type { Target, Trial } from "./target.ts";

export interface LoopOptions {
  readonly targets: readonly Target[];
  readonly seed: number;
  /** Numbers of the first input and of the one after the last. */
  readonly from: number;
  readonly to: number;
  /** An input that takes longer each of three times is a hang. */
  readonly limitMs: number;
}

export interface Finding {
  readonly target: string;
  readonly index: number;
  readonly input: string;
  readonly error: unknown;
}

export interface Slowest {
  readonly target: string;
  readonly index: number;
  readonly ms: number;
}

/** What a target has seen so far. */
export interface Account {
  inputs: number;
  /** Wall-clock, without drawing. */
  ms: number;
  readonly ends: Set<string>;
}

export class Loop {
  readonly #options: LoopOptions;
  readonly #shares: number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly findings: Finding[] = [];
  slowest: Slowest = { target: "", index: 0, ms: 0 };
  /** Number of the input under way, and what it is for. */
  index: number;
  current = "";

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#shares = options.targets.reduce((sum, { share }) => sum + share, 0);
    this.accounts = new Map(options.targets.map(({ name }) => [name, { inputs: 0, ms: 0, ends: new Set() }]));
    this.index = options.from;
  }

  get done(): boolean {
    return this.index >= this.#options.to;
  }

  /** Tries inputs for about so long, or until there are no more. */
  async run(forMs: number): Promise<void> {
    for (const until = performance.now() + forMs; !this.done && performance.now() < until; this.index++)
      await this.#one();
  }

  async #one(): Promise<void> {
    const chance = new Chance(this.#options.seed, this.index);
    const target = this.#pick(chance);
    const account = this.accounts.get(target.name);
    if (account === undefined) return;
    this.current = target.name;
    // Drawing is on trial too: a machine that throws may already do so while a scene is made.
    let trial: Trial = { input: "(being drawn)", run: () => "" };
    try {
      trial = target.draw(chance);
      const started = performance.now();
      const end = trial.run();
      account.ends.add(typeof end === "string" ? end : await end);
      const ms = performance.now() - started;
      account.ms += ms;
      if (ms > this.slowest.ms) await this.#remember(target.name, trial, ms);
    } catch (error) {
      this.findings.push({ target: target.name, index: this.index, input: trial.input, error });
    }
    account.inputs++;
  }

  /** Slow once may be the machine's doing: the least of three times counts. */
  async #remember(target: string, trial: Trial, first: number): Promise<void> {
    let least = first;
    for (let again = 0; again < 2; again++) {
      const started = performance.now();
      await trial.run();
      least = Math.min(least, performance.now() - started);
    }
    if (least > this.slowest.ms) this.slowest = { target, index: this.index, ms: least };
    if (least > this.#options.limitMs)
      throw new Error(`took ${Math.round(least)} ms, more than ${this.#options.limitMs}`);
  }

  #pick(chance: Chance): Target {
    let at = chance.int(this.#shares);
    const picked = this.#options.targets.find(({ share }) => {
      at -= share;
      return at < 0;
    });
    if (picked === undefined) throw new RangeError("targets: expected at least one, got none");
    return picked;
  }
}

/** States reached, of those that there are. */
export function statesReached(targets: readonly Target[], { accounts }: Loop): readonly [reached: number, all: number] {
  const all = targets.flatMap(({ name, states }) => states.map((state) => ({ name, state })));
  const reached = all.filter(({ name, state }) =>
    [...(accounts.get(name)?.ends ?? [])].some((end) => end.startsWith(`${state}: `)),
  );
  return [reached.length, all.length];
}

/** How many distinct ends inputs came to. */
export function endsReached({ accounts }: Loop): number {
  return [...accounts.values()].reduce((sum, { ends }) => sum + ends.size, 0);
}
