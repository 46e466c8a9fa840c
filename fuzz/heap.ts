/** Memory in use after garbage is gone, and whether it grows. */
import { demand } from "./target.ts";

/** Bytes in use: the heap, and what lies outside it in ArrayBuffers. Needs `node --expose-gc`. */
export function usedBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined)
    throw new Error("Start this with npm run fuzz: without --expose-gc garbage cannot be told from growth.");
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Whether samples at even intervals grow: the least of the last third against the least of the middle one, because the
 * first third warms up (code is compiled, tables of distinct ends are filled).
 */
export function growth(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  if (third < 2) return 0;
  return Math.min(...samples.slice(-third)) - Math.min(...samples.slice(third, 2 * third));
}

/** So much may come together without a leak: compiled code, distinct ends. */
const TOLERATED_BYTES = 4 * 1024 * 1024;

export function demandNoGrowth(samples: readonly number[]): void {
  const grown = growth(samples);
  demand(grown < TOLERATED_BYTES, `memory stays as it is, and does not grow by ${(grown / 1e6).toFixed(1)} MB`);
}
