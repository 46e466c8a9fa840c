import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../wsc/bytes.ts";
import { buildRadius, eapAttributes, eapIn, firstValue, parseRadius, type RadiusPacket } from "./packet.ts";

const head = (length: number) => `010000${length.toString(16).padStart(2, "0")}${"00".repeat(16)}`;

describe("parsing", () => {
  test("is total, and what parses rebuilds to the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(255), (rest, length) => {
        const bytes = fromHex(head(length) + toHex(rest));
        const packet = parseRadius(bytes);
        if (packet !== null) expect(buildRadius(packet)).toEqual(bytes.subarray(0, length));
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseRadius(bytes)));
  });

  test("takes back what was built", () => {
    const attribute = fc.record({ type: fc.nat(255), value: fc.uint8Array({ maxLength: 253 }) });
    const packet: fc.Arbitrary<RadiusPacket> = fc.record({
      code: fc.nat(255),
      identifier: fc.nat(255),
      authenticator: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      attributes: fc.array(attribute, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(packet, (built) => {
        expect(parseRadius(buildRadius(built))).toEqual(built);
      }),
    );
  });

  test.each([
    ["less than a head", head(20).slice(2)],
    ["a length past the end", head(21)],
    ["a length within the head", head(19)],
    ["an attribute past the end", `${head(23)}010400`],
    ["an attribute without length", `${head(21)}01`],
    ["an attribute shorter than its own head", `${head(22)}0101`],
  ])("finds no packet in %s", (_what, hex) => {
    expect(parseRadius(fromHex(hex))).toBeNull();
  });

  test("finds none in more than 4096 bytes", () => {
    const bytes = new Uint8Array(4097);
    bytes.set([1, 0, 4097 >> 8, 4097 & 0xff]);
    expect(parseRadius(bytes)).toBeNull();
  });
});

test("building what does not fit is the caller's bug", () => {
  const packet = { code: 1, identifier: 0, authenticator: new Uint8Array(16), attributes: [] };
  const attributes = (count: number, length: number) =>
    Array.from({ length: count }, () => ({ type: 79, value: new Uint8Array(length) }));
  expect(() => buildRadius({ ...packet, attributes: attributes(1, 254) })).toThrow(RangeError);
  expect(() => buildRadius({ ...packet, attributes: attributes(20, 253) })).toThrow(RangeError);
  expect(() => buildRadius({ ...packet, authenticator: new Uint8Array(15) })).toThrow(RangeError);
});

test("EAP of any length survives being split", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 1500 }), (eap) => {
      const attributes = [{ type: 1, value: new Uint8Array(3) }, ...eapAttributes(eap)];
      const packet = { code: 1, identifier: 0, authenticator: new Uint8Array(16), attributes };
      expect(eapIn(packet)).toEqual(eap);
    }),
  );
});

test("EAP is split at 253 bytes", () => {
  expect(eapAttributes(new Uint8Array(253))).toHaveLength(1);
  expect(eapAttributes(new Uint8Array(254)).map(({ value }) => value.length)).toEqual([253, 1]);
});

test("a packet without EAP, or without an attribute, says so", () => {
  const packet = { code: 1, identifier: 0, authenticator: new Uint8Array(16), attributes: [] };
  expect(eapIn(packet)).toBeNull();
  expect(firstValue(packet, 24)).toBeNull();
});
