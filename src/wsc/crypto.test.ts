/** Hashes by one call each, held against the objects of node:crypto that do the same piece by piece. */
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "./bytes.ts";
import { digest, hmac, hmacSha256, sha256 } from "./crypto.ts";

const text = (value: string) => new TextEncoder().encode(value);

test("HMAC-SHA-256 gives what RFC 4231 says", () => {
  expect(toHex(hmacSha256(new Uint8Array(20).fill(0x0b), text("Hi There")))).toBe(
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
  expect(toHex(hmacSha256(text("Jefe"), text("what do ya want "), text("for nothing?")))).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  const long = text("Test Using Larger Than Block-Size Key - Hash Key First");
  expect(toHex(hmacSha256(new Uint8Array(131).fill(0xaa), long))).toBe(
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  );
});

test("SHA-256 of nothing is what FIPS 180-4 says", () => {
  expect(sha256()).toEqual(fromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
});

test.each(["md5", "sha1", "sha256"] as const)("%s of parts is that of their bytes end to end", (algorithm) => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 4 }), (key, parts) => {
      const whole = Buffer.concat(parts);
      expect(toHex(digest(algorithm, parts))).toBe(createHash(algorithm).update(whole).digest("hex"));
      expect(toHex(hmac(algorithm, key, parts))).toBe(createHmac(algorithm, key).update(whole).digest("hex"));
    }),
  );
});
