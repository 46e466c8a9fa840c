/** What is fuzzed, as the loop sees it: something that makes an input from chance, and that tries it. */
import { Secret } from "../src/wsc/secret.ts";
import type { Chance } from "./chance.ts";

export interface Trial {
  /** The input in full, for the report of a finding. */
  readonly input: string;
  /**
   * Tries the input and gives in a few words how it ended: what distinct ends there were says how far inputs reach.
   * Throws what must not be, a `Broken` or any other error.
   */
  run(): string | Promise<string>;
}

export interface Target {
  readonly name: string;
  /** Its share of the inputs, against that of the others. */
  readonly share: number;
  /** States that inputs can reach; empty for what has none. An end begins with the name of its state and a colon. */
  readonly states: readonly string[];
  draw(chance: Chance): Trial;
}

/** Something did not throw, and yet is not as it should be. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}

/** Whether two values say the same. Compares what secrets hold, too, and sets no value on prototypes. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Secret && b instanceof Secret) return same(a.reveal(), b.reveal());
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Secret || b instanceof Secret || Array.isArray(a) !== Array.isArray(b)) return false;
  const [ours, theirs] = [Object.entries(a), new Map(Object.entries(b))];
  return ours.length === theirs.size && ours.every(([name, one]) => theirs.has(name) && same(one, theirs.get(name)));
}

/** Checks of parsers by name: the same input can be tried again from fuzz/findings.ts. */
export type Checks<Input> = { readonly [name: string]: (input: Input) => string };
