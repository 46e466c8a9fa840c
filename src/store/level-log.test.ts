import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasHole } from "./level-log.ts";
import { openLevelStore } from "./level-store.ts";

const folder = mkdtempSync(join(tmpdir(), "openwps-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** As LevelDB has written it: short records, and one over three blocks; and how long it was after that one. */
let log: Buffer;
let afterLong: number;
beforeAll(async () => {
  const state = join(folder, "state");
  const store = await openLevelStore(state);
  const [file = ""] = readdirSync(state).filter((name) => name.endsWith(".log"));
  const read = () => readFileSync(join(state, file));
  for (let i = 0; i < 20; i++) await store.put(`key/${i}`, new Uint8Array(40).fill(i));
  await store.put("long", new Uint8Array(70_000).fill(0xff));
  afterLong = read().length;
  for (let i = 0; i < 20; i++) await store.put(`key/${i}`, new Uint8Array(40).fill(i));
  await store.close();
  log = read();
});

describe("a log", () => {
  test("that is whole has no hole, nor has an empty one", () => {
    expect(hasHole(log)).toBe(false);
    expect(hasHole(new Uint8Array())).toBe(false);
  });

  test("that was cut off has none, wherever that was", () => {
    for (let length = 0; length < log.length; length += 1_511)
      expect(hasHole(log.subarray(0, length)), `${length}`).toBe(false);
  });

  test("whose last record came to the disk in part has none", () => {
    const torn = Buffer.from(log);
    torn.fill(0, torn.length - 20);
    expect(hasHole(torn)).toBe(false);
  });

  test("whose last record lacks a block, and has a later one, has none", () => {
    const torn = Buffer.from(log.subarray(0, afterLong));
    torn.fill(0, 20_000, 32_768);
    expect(hasHole(torn)).toBe(false);
  });

  test("has one wherever a byte before the last record is another", () => {
    for (let at = 0; at < log.length - 100; at += 997) {
      const damaged = Buffer.from(log);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(hasHole(damaged), `${at}`).toBe(true);
    }
  });

  test("of bytes that LevelDB never wrote is read to its end", () => {
    for (const byte of [0x00, 0x01, 0x04, 0xff]) expect(hasHole(new Uint8Array(100_000).fill(byte))).toBe(false);
  });
});
