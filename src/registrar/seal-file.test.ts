import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSealKey } from "./seal-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("the key is made up once, for its owner only, and then the same", async () => {
  const path = join(folder, "deeper", "keys");
  const first = await readSealKey(path);
  expect(first.length).toBe(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readSealKey(path)).reveal()).toEqual(first.reveal());
});

test("a file that holds something else is neither used nor overwritten", async () => {
  const path = join(folder, "keys");
  await writeFile(path, "hunter2\n");
  await expect(readSealKey(path)).rejects.toThrow("does not hold a key of 64 hex digits");
  expect(await readFile(path, "utf8")).toBe("hunter2\n");
});
