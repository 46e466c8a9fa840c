/** The file of keys: as text, and on disk. What hostapd itself makes of it is shown on the air. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MacAddress } from "../../wsc/address.ts";
import { Secret } from "../../wsc/secret.ts";
import { formatPskFile, PskFile, parsePskFile, parsePskLine, pskLine } from "./psk-file.ts";

const macAddress = "02:00:00:00:01:00" as MacAddress;
const hexKey = "ab".repeat(32);
const entryOf = (line: string) => parsePskFile(line)[0]?.entry;
const faultOf = (line: string) => parsePskFile(line)[0]?.fault;

describe("a line of the file of keys", () => {
  test("names a station and its key", () => {
    const entry = entryOf(`keyid=lamp ${macAddress} ${hexKey}\n`);
    expect(entry).toMatchObject({ macAddress, keyId: "lamp", wps: false });
    expect(entry?.key.revealText()).toBe(hexKey);
  });

  test("may be for anybody, may have a passphrase with blanks, and may be hostapd's own", () => {
    expect(entryOf(`00:00:00:00:00:00 two words here`)).toMatchObject({ macAddress: null, keyId: null });
    expect(entryOf(`00:00:00:00:00:00 two words here`)?.key.revealText()).toBe("two words here");
    expect(entryOf(`wps=1 vlanid=3 02:00:00:00:01:00 ${hexKey}`)).toMatchObject({ wps: true });
    expect(entryOf(`wps=0 02:00:00:00:01:00 ${hexKey}`)).toMatchObject({ wps: false });
  });

  test("may be empty or a comment", () => {
    for (const text of ["#keyid=x 02:00:00:00:01:00 12345678", "", "# "])
      expect(parsePskFile(`${text}\n`)).toEqual([{ text, entry: null, fault: null }]);
  });

  test("that hostapd cannot read says why, without a key", () => {
    expect(faultOf(`mode=1 ${macAddress} ${hexKey}`)).toMatch(/setting other than/);
    expect(faultOf(hexKey)).toMatch(/no MAC address/);
    expect(faultOf(" ")).toMatch(/no MAC address/);
    expect(faultOf(`${macAddress} short`)).toMatch(/neither 64 hex digits/);
    expect(faultOf(`${macAddress} ${hexKey}\r`)).toMatch(/neither 64 hex digits/);
    expect(faultOf(`${macAddress}  ${hexKey}`)).toMatch(/neither 64 hex digits/);
    expect(faultOf(`keyid=${"k".repeat(32)} ${macAddress} ${hexKey}`)).toMatch(/longer than 31/);
    expect(faultOf(`#${"x".repeat(130)}`)).toBeNull();
    expect(faultOf(`keyid=a ${macAddress} ${"x".repeat(130)}`)).toMatch(/longer than 126/);
  });

  test("is written as it is read, and never too long", () => {
    const key = new Secret(new Uint8Array(32).fill(0xab));
    const { fault, entry } = parsePskLine(pskLine({ macAddress, keyId: "k".repeat(31), key }));
    expect(fault).toBeNull();
    expect(entry).toMatchObject({ macAddress, keyId: "k".repeat(31) });
    expect(entry?.key.revealText()).toBe(hexKey);
    expect(() => pskLine({ macAddress, keyId: "two words", key })).toThrow(RangeError);
    expect(() => pskLine({ macAddress, keyId: "", key })).toThrow(RangeError);
    expect(() => pskLine({ macAddress, keyId: "k", key: new Secret("short") })).toThrow("expected 32 bytes, got 5");
  });

  test("of any kind is read without a throw, and comes back as it was", () => {
    const words = fc.constantFrom("keyid=a", "wps=1", "=", " ", "\n", macAddress, hexKey, "#", "\r", "é");
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
        const text = parts.join("");
        const again = formatPskFile(parsePskFile(text).map((line) => line.text));
        expect(again).toBe(text === "" || text.endsWith("\n") ? text : `${text}\n`);
      }),
    );
  });
});

describe("the file of keys", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openwps-test-"));
    path = join(folder, "hostapd.psk");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const key = (byte: number) => new Secret(new Uint8Array(32).fill(byte));
  const read = () => readFileSync(path, "utf8");
  const nameIn = (line: string) => parsePskLine(line).entry?.keyId ?? "";
  /** Puts a key behind the others, in place of one of the same name. */
  const put = (file: PskFile, keyId: string, byte: number) =>
    file.change((lines) => [
      ...lines.filter((line) => nameIn(line) !== keyId),
      pskLine({ macAddress, keyId, key: key(byte) }),
    ]);

  test("is made when there is none, for its owner alone", async () => {
    const file = new PskFile(path);
    expect(await file.read()).toEqual([]);
    await put(file, "lamp", 1);
    expect(read()).toBe(`keyid=lamp ${macAddress} ${"01".repeat(32)}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("keeps what others wrote, its mode, and its place behind a link", async () => {
    const theirs = `# guests\nkeyid=old ${macAddress} ${hexKey}\nnot a line\n00:00:00:00:00:00 guest password`;
    const aim = join(folder, "elsewhere");
    writeFileSync(aim, theirs);
    chmodSync(aim, 0o640);
    symlinkSync(aim, path);
    const file = new PskFile(path);
    await put(file, "lamp", 1);
    await put(file, "lamp", 2);
    expect(readFileSync(aim, "utf8")).toBe(`${theirs}\nkeyid=lamp ${macAddress} ${"02".repeat(32)}\n`);
    expect(statSync(aim).mode & 0o777).toBe(0o640);
    await file.change((lines) => lines.filter((line) => nameIn(line) !== "lamp"));
    expect(read()).toBe(`${theirs}\n`);
    expect(readdirSync(folder).sort()).toEqual(["elsewhere", "hostapd.psk"]);
  });

  test("keeps a passphrase that is no UTF-8 as it is, byte by byte", async () => {
    const theirs = Buffer.from("00:00:00:00:00:00 gr\xfc\xdfe an alle\n", "latin1");
    writeFileSync(path, theirs);
    await put(new PskFile(path), "lamp", 1);
    const after = readFileSync(path);
    expect(after.subarray(0, theirs.length).equals(theirs)).toBe(true);
    expect(after.subarray(theirs.length).toString()).toBe(`keyid=lamp ${macAddress} ${"01".repeat(32)}\n`);
  });

  test("takes changes one after another", async () => {
    const file = new PskFile(path);
    const names = Array.from({ length: 20 }, (_, i) => `key-${i}`);
    await Promise.all(names.map((keyId, i) => put(file, keyId, i)));
    expect((await file.read()).map(nameIn)).toEqual(names);
    await file.change(() => []);
    expect(read()).toBe("");
  });

  test("has what a crash left beside it cleared away, with the keys that were in it", async () => {
    const leftover = join(folder, ".hostapd.psk.openwps");
    writeFileSync(leftover, `keyid=lamp ${macAddress} ${hexKey}\n`, { mode: 0o644 });
    await put(new PskFile(path), "lamp", 1);
    expect(readdirSync(folder)).toEqual(["hostapd.psk"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("that cannot be written stays as it is, and leaves nothing beside it", async () => {
    const file = new PskFile(join(folder, "nowhere", "hostapd.psk"));
    await expect(put(file, "lamp", 1)).rejects.toMatchObject({ code: "ENOENT" });
    expect(readdirSync(folder)).toEqual([]);
  });
});
