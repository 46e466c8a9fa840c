/**
 * Damage to attributes that keeps them attributes, so that what lies behind the first check is reached: swapped,
 * repeated, dropped, lengthened, nested, with a length that lies.
 */
import { ATTR } from "../src/wsc/attributes.ts";
import { concat } from "../src/wsc/bytes.ts";
import type { Chance } from "./chance.ts";
import { LONGEST_INPUT, mutateBytes } from "./mutate-bytes.ts";

/** An attribute before it is written; `length` is what its head says, which need not be true. */
interface Loose {
  readonly id: number;
  readonly length: number;
  readonly value: Uint8Array;
}

type Mutator = (list: readonly Loose[], chance: Chance, others: readonly Uint8Array[]) => readonly Loose[];

const KNOWN_IDS: readonly number[] = Object.values(ATTR).map(({ id }) => id);

const MUTATORS: readonly Mutator[] = [
  function swap(list, chance) {
    const [a, b] = [chance.int(list.length), chance.int(list.length)];
    return list.map((one, i) => (i === a ? list[b] : i === b ? list[a] : one) ?? one);
  },
  function duplicate(list, chance) {
    return list.toSpliced(chance.int(list.length + 1), 0, chance.pick(list));
  },
  function drop(list, chance) {
    return list.toSpliced(chance.int(list.length), 1);
  },
  function changeValue(list, chance) {
    return at(list, chance, ({ id, value }) =>
      honest(id, mutateBytes(value.length > 0 ? value : chance.bytes(1), chance)),
    );
  },
  function randomValue(list, chance) {
    return at(list, chance, ({ id, value }) => honest(id, chance.bytes(value.length)));
  },
  function lengthen(list, chance) {
    return at(list, chance, ({ id, value }) => honest(id, concat(value, chance.bytes(1 + chance.length(300)))));
  },
  function shorten(list, chance) {
    return at(list, chance, ({ id, value }) => honest(id, value.slice(0, chance.int(value.length + 1))));
  },
  function lie(list, chance) {
    return at(list, chance, (one) => ({
      ...one,
      length: chance.oneIn(2) ? chance.int(0x10000) : one.length + chance.between(-5, 5),
    }));
  },
  function rename(list, chance) {
    return at(list, chance, (one) => ({ ...one, id: chance.oneIn(4) ? chance.int(0x10000) : chance.pick(KNOWN_IDS) }));
  },
  function add(list, chance) {
    const { min, max } = chance.pick(Object.values(ATTR)).kind;
    const length = chance.oneIn(3) ? chance.length(600) : Math.min(chance.pick([min, max]), 600);
    return list.toSpliced(chance.int(list.length + 1), 0, honest(chance.pick(KNOWN_IDS), chance.bytes(length)));
  },
  function addFromOther(list, chance, others) {
    const other = others.length === 0 ? [] : cut(chance.pick(others));
    return other.length === 0 ? list : list.toSpliced(chance.int(list.length + 1), 0, chance.pick(other));
  },
  function nest(list, chance) {
    const [from, to] = [chance.int(list.length), chance.int(list.length + 1)].sort((a, b) => a - b);
    const inner = join(list.slice(from, to));
    return list.toSpliced(from ?? 0, (to ?? 0) - (from ?? 0), honest(chance.pick(NESTS), inner));
  },
  function repeat(list, chance) {
    if (!chance.oneIn(4)) return list;
    const one = chance.pick(list);
    return list.toSpliced(chance.int(list.length), 0, ...Array<Loose>(chance.length(1500)).fill(one));
  },
  function strayByte(list, chance) {
    return list.toSpliced(chance.int(list.length + 1), 0, { id: -1, length: 0, value: chance.bytes(1) });
  },
];

/** Attributes that hold others, and one that could be any length. */
const NESTS = [
  ATTR.credential.id,
  ATTR.vendorExtension.id,
  ATTR.encryptedSettings.id,
  ATTR.extensibilityTest.id,
] as const;

/** One to a few changes to the attributes in these bytes. Bytes that are none are damaged as bytes. */
export function mutateAttributes(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[] = []): Uint8Array {
  let list = cut(bytes);
  do {
    if (list.length === 0) return mutateBytes(bytes, chance, others);
    list = chance.pick(MUTATORS)(list, chance, others);
  } while (chance.oneIn(2));
  const mutated = join(list);
  return mutated.length > LONGEST_INPUT ? mutated.slice(0, LONGEST_INPUT) : mutated;
}

/** Either kind of damage. */
export function mutate(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[] = []): Uint8Array {
  return chance.oneIn(3) ? mutateBytes(bytes, chance, others) : mutateAttributes(bytes, chance, others);
}

/** Attributes up to the first that is none. Not the codec's own reader: that one is under test. */
function cut(bytes: Uint8Array): readonly Loose[] {
  const list: Loose[] = [];
  for (let offset = 0; offset + 4 <= bytes.length; ) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(offset, offset + 4);
    const value = bytes.slice(offset + 4, offset + 4 + c * 256 + d);
    if (value.length < c * 256 + d) break;
    list.push(honest(a * 256 + b, value));
    offset += 4 + value.length;
  }
  return list;
}

function join(list: readonly Loose[]): Uint8Array {
  return concat(
    ...list.flatMap(({ id, length, value }) =>
      id < 0 ? [value] : [Uint8Array.of(id >> 8, id, length >> 8, length), value],
    ),
  );
}

function honest(id: number, value: Uint8Array): Loose {
  return { id, length: value.length, value };
}

function at(list: readonly Loose[], chance: Chance, change: (one: Loose) => Loose): readonly Loose[] {
  const place = chance.int(list.length);
  return list.map((one, i) => (i === place ? change(one) : one));
}
