/** Messages out of place, with another password id, or with Encrypted Settings that hold the wrong thing; signed where it counts. */
import { describe, expect, test } from "vitest";
import { ATTR, type AttributeName } from "../../src/wsc/attributes.ts";
import { concat, fromHex } from "../../src/wsc/bytes.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { pin } from "../air/world.ts";
import { tlv } from "../engine-pair.ts";
import { attributes, edited, encrypted, keyWrap, padded, replacing, stationRun, without } from "./forge.ts";

const run = stationRun(pinPassword(pin("12345670")));
const byButton = stationRun(pushButtonPassword);
const id = (devicePasswordId: number) => replacing("devicePasswordId", Uint8Array.of(0, devicePasswordId));

describe("M2 that names", () => {
  test("the PIN of a Wi-Fi Direct device (5) for a plain one (0): the same PIN, and the run goes on", () => {
    expect(run.given("M2", run.forged("M2", id(5)))).toBe("goes on to awaitM4");
  });

  test("the push button where M1 announced a PIN: NACK 0", () => {
    expect(run.given("M2", run.forged("M2", id(4)))).toBe("NACK 0: otherPassword");
  });

  test("a PIN (0) where M1 announced the button: known of some access points, and the run goes on", () => {
    expect(byButton.given("M2", byButton.forged("M2", id(0)))).toBe("goes on to awaitM4");
  });

  test("another password id than was signed: NACK 0", () => {
    const bytes = edited(run.message("M2").bytes, id(5));
    expect(run.given("M2", { opCode: "WSC_MSG", bytes })).toBe("NACK 0: badAuthenticator");
  });

  test("no password at all: NACK 0", () => {
    expect(run.given("M2", run.forged("M2", without("devicePasswordId")))).toBe("NACK 0: malformed");
  });
});

describe("a public key", () => {
  test.each([
    ["no key", null, "malformed"],
    ["a key of 0", new Uint8Array(192), "badPublicKey"],
    ["a key above the modulus", new Uint8Array(192).fill(0xff), "badPublicKey"],
  ])("in M2 that is %s: NACK 0", (_, key, error) => {
    const change = (attribute: number) => (attribute === ATTR.publicKey.id ? key : undefined);
    expect(run.given("M2", run.forged("M2", change))).toBe(`NACK 0: ${error}`);
  });
});

describe("a message under the type of another:", () => {
  const typed = (of: "M2" | "M3" | "M4" | "M5", messageType: number) =>
    run.given(of, run.forged(of, replacing("messageType", Uint8Array.of(messageType))));

  test.each([
    ["M2", "M4", 0x08],
    ["M2", "M6", 0x0a],
    ["M2", "M8", 0x0c],
    ["M4", "M2", 0x05],
    ["M4", "M2D", 0x06],
    ["M3", "M5", 0x09],
    ["M3", "M7", 0x0b],
    ["M5", "M3", 0x07],
  ] as const)("%s as %s is out of order, NACK 0", (of, _, messageType) => {
    expect(typed(of, messageType)).toBe("NACK 0: outOfOrder");
  });

  test("M3 as M1 ends the run in silence", () => expect(typed("M3", 0x04)).toBe("abort: outOfOrder"));
  test("M3 as M2, which goes to Enrollees, ends the run in silence", () =>
    expect(typed("M3", 0x05)).toBe("abort: unknownMessage"));
});

describe("Encrypted Settings", () => {
  const settings = attributes({ rSnonce1: new Uint8Array(16).fill(7) });
  const wrapped = concat(settings, tlv(ATTR.keyWrapAuthenticator.id, keyWrap(run.exchange, settings)));
  const m4 = (value: Uint8Array) => run.given("M4", run.forged("M4", replacing("encryptedSettings", value)));

  test("that are sealed well are opened, and judged by what they hold", () => {
    expect(m4(encrypted(run.exchange, padded(wrapped)))).toBe("NACK 18: wrongPassword");
  });

  test("whose padding does not count itself alike: NACK 0", () => {
    const blocks = padded(wrapped);
    blocks[blocks.length - 2] = 0;
    expect(m4(encrypted(run.exchange, blocks))).toBe("NACK 0: badSettings");
  });

  test("whose padding is longer than a block, and agrees with itself: NACK 0", () => {
    const blocks = padded(wrapped);
    const count = (blocks.at(-1) ?? 0) + 16;
    const longer = concat(wrapped, new Uint8Array(count).fill(count));
    expect(m4(encrypted(run.exchange, longer))).toBe("NACK 0: badSettings");
  });

  test("whose padding is longer than all of them: NACK 0", () => {
    const blocks = padded(wrapped);
    blocks.fill(255, -1);
    expect(m4(encrypted(run.exchange, blocks))).toBe("NACK 0: badSettings");
  });

  test("without Key Wrap Authenticator: NACK 0", () => {
    expect(m4(encrypted(run.exchange, padded(settings)))).toBe("NACK 0: badSettings");
  });

  test("with the right Key Wrap Authenticator under another id: NACK 0", () => {
    const misnamed = concat(settings, tlv(0x10fa, keyWrap(run.exchange, settings)));
    expect(m4(encrypted(run.exchange, padded(misnamed)))).toBe("NACK 0: badSettings");
  });

  test("with an attribute behind the Key Wrap Authenticator: NACK 0", () => {
    const behind = concat(wrapped, tlv(0x1049, fromHex("00112233")));
    expect(m4(encrypted(run.exchange, padded(behind)))).toBe("NACK 0: badSettings");
  });

  test("with another Key Wrap Authenticator: NACK 0", () => {
    const wrong = concat(settings, tlv(ATTR.keyWrapAuthenticator.id, new Uint8Array(8)));
    expect(m4(encrypted(run.exchange, padded(wrong)))).toBe("NACK 0: badSettings");
  });

  test.each([
    ["M4", "rSnonce1"],
    ["M5", "eSnonce1"],
    ["M6", "rSnonce2"],
    ["M7", "eSnonce2"],
  ] as const)("of %s without %s: NACK 0", (type, _) => {
    expect(run.given(type, run.forged(type, replacing("encryptedSettings", run.sealed(new Uint8Array()))))).toBe(
      "NACK 0: badSettings",
    );
  });

  test.each(["M4", "M5", "M6", "M7", "M8"] as const)("that %s lacks: NACK 0", (type) => {
    expect(run.given(type, run.forged(type, without("encryptedSettings")))).toBe("NACK 0: malformed");
  });
});

test.each([
  ["M3", "eHash1"],
  ["M3", "eHash2"],
  ["M4", "rHash1"],
  ["M4", "rHash2"],
] as const satisfies readonly (readonly [string, AttributeName])[])("%s without %s: NACK 0", (type, hash) => {
  expect(run.given(type, run.forged(type, without(hash)))).toBe("NACK 0: malformed");
});
