/** Damage to text: lines of wpa_supplicant, JSON. Bytes that are no UTF-8 are left to mutate-bytes.ts. */
import type { Chance } from "./chance.ts";

/** What is special to somebody who reads text. */
const TOKENS = [
  "",
  " ",
  "\n",
  "\r\n",
  "\0",
  "=",
  "'",
  '"',
  "\\",
  "\\x",
  "\\x00",
  "\\xff",
  "<3>",
  "IFNAME=",
  " reason=",
  "freq=",
  ")",
  "(SSID='",
  "02:00:00:00:00:00",
  "ff",
  "-1",
  "0",
  "1e999",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  "[",
  "]",
  "{",
  "}",
  "__proto__",
  "constructor",
  "toString",
  '{"$bytes":"',
  '{"$secret":"00"}',
  "\u0000",
  "\ud800",
  "😀",
  "\u202e",
  "é",
] as const;

/** One to a few changes. */
export function mutateText(text: string, chance: Chance, others: readonly string[] = []): string {
  let mutated = text;
  do {
    const from = chance.int(mutated.length + 1);
    const to = Math.min(mutated.length, from + chance.length(32));
    const [head, middle, tail] = [mutated.slice(0, from), mutated.slice(from, to), mutated.slice(to)];
    switch (chance.int(7)) {
      case 0:
        mutated = head + chance.pick(TOKENS) + middle + tail;
        break;
      case 1:
        mutated = head + chance.pick(TOKENS) + tail;
        break;
      case 2:
        mutated = head + tail;
        break;
      case 3:
        mutated = head + middle + middle + tail;
        break;
      case 4:
        mutated = head + String.fromCharCode(chance.oneIn(4) ? chance.int(0x10000) : chance.int(128)) + tail;
        break;
      case 5:
        mutated = head + (others.length === 0 ? "" : chance.pick(others).slice(chance.int(64)));
        break;
      default:
        // Seldom and long: what takes time that grows faster than the text shows here.
        mutated = chance.oneIn(16) ? head + middle.repeat(chance.length(5000)).slice(0, 60_000) + tail : head;
    }
  } while (chance.oneIn(2));
  return mutated;
}

/** Changes a value as JSON has it: replaces, drops, renames, repeats, wraps parts of it. The result is JSON again. */
export function mutateJson(value: unknown, chance: Chance): unknown {
  if (chance.oneIn(12)) return chance.pick(VALUES);
  if (chance.oneIn(40)) return [value];
  if (Array.isArray(value)) return mutateList(value, chance);
  if (typeof value === "object" && value !== null) return mutateObject(value, chance);
  if (typeof value === "string" && chance.oneIn(3)) return mutateText(value, chance).slice(0, 4000);
  if (typeof value === "number" && chance.oneIn(3)) return value + chance.between(-3, 3);
  return value;
}

const VALUES = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e21,
  2 ** 31,
  "",
  "0",
  "00:00:00:00:00:00",
  "01:00:5e:00:00:01",
  "ff",
  "WPA2",
  [],
  {},
  [[]],
  { $bytes: "" },
  { $bytes: "00ff" },
  { $secret: "3132333435363738" },
  { $bytes: 5 },
  "x".repeat(300),
  { toString: null },
] as const;

function mutateList(list: readonly unknown[], chance: Chance): unknown {
  const next = list.map((one) => (chance.oneIn(list.length) ? mutateJson(one, chance) : one));
  if (next.length === 0) return next;
  if (chance.oneIn(8)) return next.toSpliced(chance.int(next.length), 1);
  if (chance.oneIn(8)) return [...next, chance.pick(next)];
  if (chance.oneIn(64)) return Array.from({ length: chance.length(1200) }, () => next[0]);
  return next;
}

function mutateObject(value: object, chance: Chance): unknown {
  const entries = Object.entries(value);
  const next = entries.map(([name, one]): [string, unknown] => [
    chance.oneIn(30) ? mutateText(name, chance) : name,
    chance.oneIn(entries.length) ? mutateJson(one, chance) : one,
  ]);
  if (chance.oneIn(10) && next.length > 0) next.splice(chance.int(next.length), 1);
  if (chance.oneIn(20)) next.push([chance.pick(["__proto__", "constructor", "extra", "type"]), chance.pick(VALUES)]);
  return Object.fromEntries(next);
}
