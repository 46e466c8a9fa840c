/**
 * Chance with a seed: the same seed draws the same numbers, so that a run on the simulated air can be repeated.
 * Good for losing frames, worthless for keeping secrets.
 */
import type { Random } from "../../wsc/random.ts";

export interface Chance {
  /** A number from 0 up to, not including, 1. */
  number(): number;
  bytes(length: number): Uint8Array;
}

/** mulberry32. @param seed any integer; its low 32 bits count */
export function seededChance(seed: number): Chance {
  let state = seed | 0;
  const number = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return { number, bytes: (length) => Uint8Array.from({ length }, () => Math.floor(number() * 256)) };
}

/** A source of draws for the protocol engine that repeats itself with its seed: for tests and recorded examples only. */
export function seededRandom(seed: number): Random {
  const chance = seededChance(seed);
  return (_purpose, length) => chance.bytes(length);
}
