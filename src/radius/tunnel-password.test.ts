import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Secret } from "../wsc/secret.ts";
import { tunnelPasswords } from "./tunnel-password.ts";

const secret = new Secret("testing123");
const requestAuthenticator = Uint8Array.from({ length: 16 }, (_, i) => i);

/** The way back, as RFC 2868 describes it. */
function reveal(value: Uint8Array): string {
  const hidden = value.subarray(3);
  const plain: number[] = [];
  let before = Buffer.concat([requestAuthenticator, value.subarray(1, 3)]);
  for (let offset = 0; offset < hidden.length; offset += 16) {
    const pad = createHash("md5").update("testing123").update(before).digest();
    before = Buffer.from(hidden.subarray(offset, offset + 16));
    plain.push(...before.map((byte, i) => byte ^ (pad[i] ?? 0)));
  }
  const [length = 0, ...rest] = plain;
  expect(rest.slice(length).every((byte) => byte === 0)).toBe(true);
  return new TextDecoder().decode(Uint8Array.from(rest.slice(0, length)));
}

test("what is hidden can be found again by whoever has the secret", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 239 }), { maxLength: 5 }),
      (all) => {
        const hidden = tunnelPasswords(
          all.map((password) => new Secret(password)),
          requestAuthenticator,
          secret,
        );
        expect(hidden.map(({ value }) => reveal(value))).toEqual(all);
      },
    ),
  );
});

test("no two salts of a packet are the same, and all have their first bit set", () => {
  const hidden = tunnelPasswords(
    Array.from({ length: 40 }, () => new Secret("the same")),
    requestAuthenticator,
    secret,
  );
  expect(new Set(hidden.map(({ value }) => `${value[1]} ${value[2]}`)).size).toBe(40);
  expect(hidden.every(({ value }) => (value[1] ?? 0) >= 0x80)).toBe(true);
});

test("a PSK takes 83 bytes, of which hostapd wants 3 more than whole blocks", () => {
  const [hidden] = tunnelPasswords([new Secret("ab".repeat(32))], requestAuthenticator, secret);
  expect(hidden?.value.length).toBe(83);
});

test("a password that is empty or too long is the caller's bug", () => {
  for (const length of [0, 240])
    expect(() => tunnelPasswords([new Secret("x".repeat(length))], requestAuthenticator, secret)).toThrow(RangeError);
});
