/** Damage to bytes of any kind: flipped, cut, stretched, spliced. Knows no format; mutate-attributes.ts knows one. */
import { concat } from "../src/wsc/bytes.ts";
import type { Chance } from "./chance.ts";

/** Longer inputs are cut: nothing that is read here can be longer than a UDP datagram, files aside. */
export const LONGEST_INPUT = 70_000;

type Mutator = (bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

/** Numbers at which comparisons tip over. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 254, 255] as const;
const EDGES_16 = [0, 1, 3, 4, 0x7f, 0x80, 0xff, 0x100, 0x1000, 0x104a, 0x7fff, 0x8000, 0xfffc, 0xffff] as const;

const MUTATORS: readonly Mutator[] = [
  function flipBit(bytes, chance) {
    return changed(bytes, chance.int(bytes.length), (byte) => byte ^ (1 << chance.int(8)));
  },
  function setByte(bytes, chance) {
    return changed(bytes, chance.int(bytes.length), () => (chance.oneIn(2) ? chance.pick(EDGES) : chance.int(256)));
  },
  function addToByte(bytes, chance) {
    return changed(bytes, chance.int(bytes.length), (byte) => byte + chance.between(-4, 4));
  },
  function setLengthField(bytes, chance) {
    const at = chance.int(bytes.length);
    const value = chance.oneIn(2) ? chance.pick(EDGES_16) : Math.max(0, bytes.length - at + chance.between(-6, 6));
    return changed(
      changed(bytes, at, () => value >> 8),
      at + 1,
      () => value,
    );
  },
  function truncate(bytes, chance) {
    return bytes.slice(0, chance.int(bytes.length));
  },
  function cutHead(bytes, chance) {
    return bytes.slice(chance.int(bytes.length));
  },
  function insert(bytes, chance) {
    const at = chance.int(bytes.length + 1);
    return concat(bytes.subarray(0, at), chance.bytes(chance.length(64)), bytes.subarray(at));
  },
  function remove(bytes, chance) {
    const [from, to] = range(bytes, chance);
    return concat(bytes.subarray(0, from), bytes.subarray(to));
  },
  function duplicate(bytes, chance) {
    const [from, to] = range(bytes, chance);
    return concat(bytes.subarray(0, to), bytes.subarray(from));
  },
  function fill(bytes, chance) {
    const [from, to] = range(bytes, chance);
    return bytes.slice().fill(chance.pick([0, 0xff, 0x20, 0x10]), from, to);
  },
  function splice(bytes, chance, others) {
    const other = others.length === 0 ? bytes : chance.pick(others);
    return concat(bytes.subarray(0, chance.int(bytes.length + 1)), other.subarray(chance.int(other.length + 1)));
  },
  function pad(bytes, chance) {
    return concat(bytes, new Uint8Array(chance.length(64)));
  },
  function stretch(bytes, chance) {
    // Seldom, because long inputs are slow and most of them end at the first check.
    if (!chance.oneIn(8)) return bytes;
    const [from, to] = range(bytes, chance);
    const times = Math.min(chance.length(4096), Math.floor(LONGEST_INPUT / Math.max(1, to - from)));
    return concat(
      bytes.subarray(0, from),
      ...Array<Uint8Array>(times).fill(bytes.subarray(from, to)),
      bytes.subarray(to),
    );
  },
];

/** One to a few changes, most often one. The input stays as it is. */
export function mutateBytes(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[] = []): Uint8Array {
  let mutated: Uint8Array = bytes.slice();
  do {
    mutated = mutated.length === 0 ? chance.bytes(chance.length(16)) : chance.pick(MUTATORS)(mutated, chance, others);
  } while (chance.oneIn(2));
  return mutated.length > LONGEST_INPUT ? mutated.slice(0, LONGEST_INPUT) : mutated;
}

function changed(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? change(byte) : byte));
}

function range(bytes: Uint8Array, chance: Chance): readonly [from: number, to: number] {
  const from = chance.int(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + chance.length(bytes.length))];
}
