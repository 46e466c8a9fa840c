/** How runs end: NACK, ACK and Done, whole and damaged. They carry no Authenticator, so that everything else must be right. */
import { describe, expect, test } from "vitest";
import type { OpCode } from "../../src/wsc/eap/packet.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import type { WscMessage } from "../../src/wsc/session/session.ts";
import { pin } from "../air/world.ts";
import { attributes, stationRun } from "./forge.ts";

const byPin = stationRun(pinPassword(pin("12345670")));
const byButton = stationRun(pushButtonPassword);
const TYPE = { WSC_ACK: 0x0d, WSC_NACK: 0x0e, WSC_Done: 0x0f } as const;

interface Damage {
  readonly messageType?: Uint8Array | null;
  readonly enrolleeNonce?: Uint8Array | null;
  readonly registrarNonce?: Uint8Array | null;
  readonly configError?: Uint8Array | null;
}

/** An ACK, NACK or Done of the run by push button, with what is wrong with it. */
function ending(opCode: keyof typeof TYPE, damage: Damage = {}): WscMessage {
  const { enrolleeNonce, registrarNonce } = byButton.exchange;
  const bytes = attributes({
    version: Uint8Array.of(0x10),
    messageType: Uint8Array.of(TYPE[opCode]),
    enrolleeNonce,
    registrarNonce,
    configError: opCode === "WSC_NACK" ? Uint8Array.of(0, 0) : null,
    ...damage,
  });
  return { opCode, bytes };
}

/** The head of an attribute, without the end of its length. */
const stump = (opCode: OpCode): WscMessage => ({ opCode, bytes: Uint8Array.of(0x10, 0x10, 0x00) });
const other = new Uint8Array(16).fill(0xee);
const unknown = Uint8Array.of(123);

describe("a station whose message is refused", () => {
  test.each([
    ["M3", "M4", 0x0123],
    ["M5", "M6", 0x0124],
  ] as const)("%s: says what it had sent, and any Configuration Error, known or not", (lastSent, awaited, configError) => {
    const nack = attributes({
      messageType: Uint8Array.of(TYPE.WSC_NACK),
      enrolleeNonce: byPin.exchange.enrolleeNonce,
      registrarNonce: byPin.exchange.registrarNonce,
      configError: Uint8Array.of(configError >> 8, configError & 0xff),
    });
    const { state, send } = byPin.reached(awaited, { opCode: "WSC_NACK", bytes: nack });
    expect(state).toEqual({ name: "failed", error: { kind: "refused", configError, lastSent } });
    expect(send?.type).toBe("WSC_NACK");
  });
});

describe("a station that has sent M3 takes no", () => {
  test.each([
    ["NACK without Configuration Error", ending("WSC_NACK", { configError: null }), "malformed"],
    ["NACK without Enrollee Nonce", ending("WSC_NACK", { enrolleeNonce: null }), "malformed"],
    ["NACK with another Enrollee Nonce", ending("WSC_NACK", { enrolleeNonce: other }), "wrongNonce"],
    ["NACK without Registrar Nonce", ending("WSC_NACK", { registrarNonce: null }), "malformed"],
    ["NACK with another Registrar Nonce", ending("WSC_NACK", { registrarNonce: other }), "wrongNonce"],
    ["NACK without Message Type", ending("WSC_NACK", { messageType: null }), "malformed"],
    ["NACK with a Message Type that nobody knows", ending("WSC_NACK", { messageType: unknown }), "malformed"],
    ["NACK that is the stump of an attribute", stump("WSC_NACK"), "malformed"],
    // An ACK goes to Enrollees that are access points; a station has nothing to be acknowledged.
    ["ACK", ending("WSC_ACK"), "unexpectedOpCode"],
    ["ACK without Enrollee Nonce", ending("WSC_ACK", { enrolleeNonce: null }), "unexpectedOpCode"],
    ["ACK with another Enrollee Nonce", ending("WSC_ACK", { enrolleeNonce: other }), "unexpectedOpCode"],
    ["ACK without Registrar Nonce", ending("WSC_ACK", { registrarNonce: null }), "unexpectedOpCode"],
    ["ACK with another Registrar Nonce", ending("WSC_ACK", { registrarNonce: other }), "unexpectedOpCode"],
    ["ACK without Message Type", ending("WSC_ACK", { messageType: null }), "unexpectedOpCode"],
    ["ACK with a Message Type that nobody knows", ending("WSC_ACK", { messageType: unknown }), "unexpectedOpCode"],
    ["ACK that is the stump of an attribute", stump("WSC_ACK"), "malformed"],
  ])("%s, and says nothing to it", (_, message, error) => {
    expect(byButton.given("M4", message)).toBe(`abort: ${error}`);
  });
});

describe("a Registrar that has sent M2", () => {
  test.each([
    ["NACK", ending("WSC_NACK"), "refused"],
    ["NACK that is the stump of an attribute", stump("WSC_NACK"), "malformed"],
    ["NACK without Message Type", ending("WSC_NACK", { messageType: null }), "malformed"],
    ["NACK with a Message Type that nobody knows", ending("WSC_NACK", { messageType: unknown }), "malformed"],
    ["NACK with another Enrollee Nonce", ending("WSC_NACK", { enrolleeNonce: other }), "wrongNonce"],
    ["NACK without Configuration Error", ending("WSC_NACK", { configError: null }), "malformed"],
    ["ACK", ending("WSC_ACK"), "outOfOrder"],
    ["ACK that is the stump of an attribute", stump("WSC_ACK"), "malformed"],
    ["ACK without Message Type", ending("WSC_ACK", { messageType: null }), "malformed"],
    ["ACK with a Message Type that nobody knows", ending("WSC_ACK", { messageType: unknown }), "malformed"],
    ["ACK with another Enrollee Nonce", ending("WSC_ACK", { enrolleeNonce: other }), "wrongNonce"],
    ["Done", ending("WSC_Done"), "outOfOrder"],
    ["Done without nonces", ending("WSC_Done", { enrolleeNonce: null, registrarNonce: null }), "malformed"],
  ])("is through with the run after %s, and says nothing to it", (_, message, error) => {
    expect(byButton.given("M3", message)).toBe(`abort: ${error}`);
  });
});

describe("a Registrar that has sent M8", () => {
  test("has enrolled somebody once Done is here", () => {
    expect(byButton.given("WSC_Done", ending("WSC_Done"))).toBe("goes on to enrolled");
  });

  test.each([
    ["that is the stump of an attribute", stump("WSC_Done"), "malformed"],
    ["without Message Type", ending("WSC_Done", { messageType: null }), "malformed"],
    ["with the type of an ACK", ending("WSC_Done", { messageType: Uint8Array.of(TYPE.WSC_ACK) }), "malformed"],
    ["without Enrollee Nonce", ending("WSC_Done", { enrolleeNonce: null }), "malformed"],
    ["without Registrar Nonce", ending("WSC_Done", { registrarNonce: null }), "malformed"],
  ])("does not count a Done %s", (_, message, error) => {
    expect(byButton.given("WSC_Done", message)).toBe(`abort: ${error}`);
  });
});
