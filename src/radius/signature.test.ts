import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../wsc/secret.ts";
import { buildRadius, parseRadius, type RadiusPacket } from "./packet.ts";
import { isSignedAnswer, isSignedRequest, signAnswer, signRequest } from "./signature.ts";

const secret = new Secret("testing123");
const other = new Secret("testing124");
const requestAuthenticator = Uint8Array.from({ length: 16 }, (_, i) => i);
const attributes = [{ type: 1, value: new TextEncoder().encode("anybody") }];
const request = { code: 1, identifier: 5, attributes };
const answer = { code: 11, identifier: 5, attributes };

const parsed = (bytes: Uint8Array): RadiusPacket => {
  const packet = parseRadius(bytes);
  if (packet === null) throw new Error("no packet");
  return packet;
};

describe("a request", () => {
  const bytes = signRequest(request, requestAuthenticator, secret);

  test("begins with its Message-Authenticator, which is the HMAC-MD5 of RFC 3579", () => {
    expect(parsed(bytes).attributes.map(({ type }) => type)).toEqual([80, 1]);
    const zeroed = new Uint8Array(bytes).fill(0, 22, 38);
    const expected = createHmac("md5", "testing123").update(zeroed).digest();
    expect(bytes.subarray(22, 38)).toEqual(new Uint8Array(expected));
  });

  test("is known by the secret, and by no other", () => {
    expect(isSignedRequest(parsed(bytes), secret)).toBe(true);
    expect(isSignedRequest(parsed(bytes), other)).toBe(false);
  });

  test("does without Message-Authenticator as little as with two", () => {
    const packet = parsed(bytes);
    expect(isSignedRequest({ ...packet, attributes }, secret)).toBe(false);
    const twice = { ...packet, attributes: [...packet.attributes, ...packet.attributes] };
    expect(isSignedRequest(twice, secret)).toBe(false);
  });

  test("with any one byte changed is nobody's", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.map((byte, i) => (i === at ? byte ^ change : byte));
        const packet = parseRadius(changed);
        expect(packet === null || !isSignedRequest(packet, secret)).toBe(true);
      }),
    );
  });
});

describe("an answer", () => {
  const bytes = signAnswer(answer, requestAuthenticator, secret);

  test("answers its own request and no other", () => {
    expect(isSignedAnswer(parsed(bytes), requestAuthenticator, secret)).toBe(true);
    expect(isSignedAnswer(parsed(bytes), new Uint8Array(16), secret)).toBe(false);
    expect(isSignedAnswer(parsed(bytes), requestAuthenticator, other)).toBe(false);
  });

  test("needs both its authenticators", () => {
    const packet = parsed(bytes);
    const bare = parsed(buildRadius({ ...packet, attributes }));
    expect(isSignedAnswer(bare, requestAuthenticator, secret)).toBe(false);
    const authenticator = packet.authenticator.map((byte) => byte ^ 1);
    expect(isSignedAnswer({ ...packet, authenticator }, requestAuthenticator, secret)).toBe(false);
  });
});
