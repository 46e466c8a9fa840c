import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../store/store.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { Secret } from "../wsc/secret.ts";
import { pskKeyFile } from "./psk-key-file.ts";

const lamp = parseMacAddress("020000000101") as MacAddress;
const meter = parseMacAddress("020000000102") as MacAddress;
const key = (digit: string) => new Secret(digit.repeat(64));

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
  path = join(folder, "psk");
});
afterEach(() => rm(folder, { recursive: true }));

test("our keys come and go, and other people's lines stay", async () => {
  await writeFile(path, "# by hand\n00:00:00:00:00:00 a passphrase\nkeyid=guest 02:00:00:00:03:01 another one\n");
  const file = pskKeyFile(path);
  await file.write([
    { macAddress: null, key: key("8") },
    { macAddress: null, key: key("9") },
    { macAddress: lamp, key: key("1") },
    { macAddress: lamp, key: key("2") },
    { macAddress: meter, key: key("3") },
  ]);
  const byHand = ["# by hand", "00:00:00:00:00:00 a passphrase", "keyid=guest 02:00:00:00:03:01 another one"];
  expect((await readFile(path, "utf8")).trimEnd().split("\n")).toEqual([
    ...byHand,
    `keyid=openwps-next 00:00:00:00:00:00 ${"8".repeat(64)}`,
    `keyid=openwps-next-2 00:00:00:00:00:00 ${"9".repeat(64)}`,
    `keyid=openwps-020000000101 ${lamp} ${"1".repeat(64)}`,
    `keyid=openwps-020000000101-2 ${lamp} ${"2".repeat(64)}`,
    `keyid=openwps-020000000102 ${meter} ${"3".repeat(64)}`,
  ]);
  await file.write([{ macAddress: meter, key: key("3") }]);
  expect((await readFile(path, "utf8")).trimEnd().split("\n")).toEqual([
    ...byHand,
    `keyid=openwps-020000000102 ${meter} ${"3".repeat(64)}`,
  ]);
  await file.write([]);
  expect((await readFile(path, "utf8")).trimEnd().split("\n")).toEqual(byHand);
});

test("keys that we do not know any more stay as they are, as long as their device does", async () => {
  const file = pskKeyFile(path);
  await file.write([
    { macAddress: lamp, key: key("1") },
    { macAddress: lamp, key: key("2") },
    { macAddress: meter, key: key("3") },
  ]);
  const before = await readFile(path, "utf8");
  const again = pskKeyFile(path);
  await again.write([
    { macAddress: lamp, key: null },
    { macAddress: meter, key: null },
  ]);
  expect(await readFile(path, "utf8")).toBe(before);
  await again.write([
    { macAddress: meter, key: null },
    { macAddress: lamp, key: key("4") },
  ]);
  expect((await readFile(path, "utf8")).trimEnd().split("\n")).toEqual([
    `keyid=openwps-020000000102 ${meter} ${"3".repeat(64)}`,
    `keyid=openwps-020000000101 ${lamp} ${"4".repeat(64)}`,
  ]);
  await again.write([{ macAddress: lamp, key: key("4") }]);
  expect((await readFile(path, "utf8")).trimEnd()).toBe(`keyid=openwps-020000000101 ${lamp} ${"4".repeat(64)}`);
});

test("a key that becomes a device's only one takes the first name", async () => {
  const file = pskKeyFile(path);
  const [old, next] = [
    { macAddress: lamp, key: key("1") },
    { macAddress: lamp, key: key("2") },
  ];
  await file.write([old, next]);
  await file.write([next]);
  expect((await readFile(path, "utf8")).trimEnd()).toBe(`keyid=openwps-020000000101 ${lamp} ${"2".repeat(64)}`);
});

test("a file that cannot be written is told in sentences, and without a key", async () => {
  const trouble = await pskKeyFile(join(folder, "no-such-folder", "psk"))
    .write([{ macAddress: lamp, key: key("1") }])
    .catch((error: unknown) => error);
  expect(trouble).toBeInstanceOf(StoreError);
  expect(String(trouble)).toContain("could not be written (ENOENT)");
  expect(String(trouble)).not.toContain("1111");
});
