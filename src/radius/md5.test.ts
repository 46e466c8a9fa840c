import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../wsc/bytes.ts";
import { hmacMd5, md5 } from "./md5.ts";

test("HMAC-MD5 gives what RFC 2202 says", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  expect(toHex(hmacMd5(new Uint8Array(16).fill(0x0b), text("Hi There")))).toBe("9294727a3638bb1c13f48ef8158bfc9d");
  expect(toHex(hmacMd5(text("Jefe"), text("what do ya want for nothing?")))).toBe("750c783e6ab0b503eaa86e310a5db738");
  const long = "Test Using Larger Than Block-Size Key - Hash Key First";
  expect(toHex(hmacMd5(new Uint8Array(80).fill(0xaa), text(long)))).toBe("6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
});

test("both give what node:crypto's objects give", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, bytes, (key, message) => {
      expect(toHex(md5(key, message))).toBe(createHash("md5").update(key).update(message).digest("hex"));
      expect(toHex(hmacMd5(key, message))).toBe(createHmac("md5", key).update(message).digest("hex"));
    }),
  );
});
