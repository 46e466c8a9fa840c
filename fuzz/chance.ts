/** Chance that can be had again: the same seed gives the same draws on every machine. Not for secrets. */

export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed, index 32 bits each; every pair is a source of its own */
  constructor(seed: number, index = 0) {
    this.#a = seed | 0;
    this.#b = index | 0;
    this.#c = 0x9e3779b9 | 0;
    // Neighbouring seeds begin alike; after a dozen rounds nothing of that is left.
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** 0..below-1. */
  int(below: number): number {
    return Math.floor((this.#next() / 2 ** 32) * below);
  }

  /** `least`..`most`, both inclusive. */
  between(least: number, most: number): number {
    return least + this.int(most - least + 1);
  }

  oneIn(times: number): boolean {
    return this.int(times) === 0;
  }

  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const picked = list[this.int(list.length)];
    if (picked === undefined) throw new RangeError("list: expected something to pick from, got nothing");
    return picked;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256));
  }

  /** Mostly small numbers, seldom large ones, as lengths of real things are. */
  length(most: number): number {
    return this.int(2 ** this.between(0, Math.ceil(Math.log2(most + 1)))) % (most + 1);
  }

  /** sfc32 (Chris Doty-Humphrey): 32 bits at a time. */
  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
