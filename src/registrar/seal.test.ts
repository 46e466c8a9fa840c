import fc from "fast-check";
import { expect, test } from "vitest";
import { systemRandom } from "../wsc/crypto.ts";
import { Secret } from "../wsc/secret.ts";
import { Seal } from "./seal.ts";

const seal = new Seal(new Secret(new Uint8Array(32).fill(7)), systemRandom);
const secret = new Secret("correct horse battery");

test("what is sealed opens for its owner, and shows nothing of the secret", () => {
  const sealed = seal.close(secret, "02:00:00:00:00:01");
  expect(seal.open(sealed, "02:00:00:00:00:01")?.revealText()).toBe("correct horse battery");
  expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("horse");
  expect(seal.close(secret, "02:00:00:00:00:01")).not.toBe(sealed);
});

test("it opens neither for another owner nor under another key", () => {
  const sealed = seal.close(secret, "02:00:00:00:00:01");
  expect(seal.open(sealed, "02:00:00:00:00:02")).toBeNull();
  expect(new Seal(new Secret(new Uint8Array(32).fill(8)), systemRandom).open(sealed, "02:00:00:00:00:01")).toBeNull();
});

test("no text that is not a seal opens or throws, nor does one with a byte changed", () => {
  fc.assert(fc.property(fc.string(), (text) => seal.open(text, "owner") === null));
  const sealed = Buffer.from(seal.close(secret, "owner"), "base64");
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(seal.open(changed.toString("base64"), "owner")).toBeNull();
  }
});

test("a key of another length is the caller's mistake", () => {
  expect(() => new Seal(new Secret("short"), systemRandom)).toThrow("expected 32 bytes, got 5");
});
