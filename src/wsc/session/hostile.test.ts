/**
 * What a peer can do wrong, in every state of both machines, and how they react: *abort* ends the run in silence,
 * `NACK n` tells the peer. Forgeries that get past the Authenticator are signed with the keys of the run.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credentials, type Delivery, deliveryOf, play, tlv } from "../../../test/engine-pair.ts";
import { must } from "../../../test/vectors.ts";
import { ATTR, type AttributeName } from "../attributes.ts";
import { concat, fromHex } from "../bytes.ts";
import { readTlvs } from "../codec.ts";
import { encodeCredential } from "../credential.ts";
import { aesCbcEncrypt } from "../crypto.ts";
import type { OpCode } from "../eap/packet.ts";
import { decode, type MessageType, SCHEMAS, WSC_NACK } from "../messages.ts";
import { pushButtonPassword } from "../pin.ts";
import { Secret } from "../secret.ts";
import { sealSettings } from "../settings.ts";
import { stepEnrollee } from "./enrollee.ts";
import { nack, sign } from "./exchange.ts";
import { stepRegistrar } from "./registrar.ts";
import type { WscMessage } from "./session.ts";

const run = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
if (run.exchange === null) throw new Error("the run has no keys");
const exchange = run.exchange;
const stray = play({ enrolleePassword: pushButtonPassword, registrarPassword: null });

/** The receiver of each message of a run, in the state in which it awaits that message. */
const TO_ENROLLEE = ["M2", "M4", "M6", "M8"] as const;
const TO_REGISTRAR = ["M3", "M5", "M7"] as const;
const SIGNED = [...TO_ENROLLEE, ...TO_REGISTRAR] as const;

/** Hands a message to whoever awaits `delivery`, and tells the reaction. */
function reaction(delivery: Delivery, message: WscMessage): string {
  const step =
    delivery.to === "enrollee"
      ? stepEnrollee(delivery.state, message)
      : stepRegistrar(delivery.state, { type: "message", message });
  const { state, send } = step;
  if (state.name !== "failed") return `goes on to ${state.name}`;
  if (send === null) return `abort: ${state.error.kind}`;
  return `NACK ${must(decode(WSC_NACK, send.bytes)).configError}: ${state.error.kind}`;
}

const msg = (bytes: Uint8Array, opCode: OpCode = "WSC_MSG"): WscMessage => ({ opCode, bytes });

/** Rewrites the attributes of a message; null takes one away. */
function edited(
  bytes: Uint8Array,
  change: (id: number, value: Uint8Array) => Uint8Array | null | undefined,
): Uint8Array {
  return concat(
    ...must(readTlvs(bytes)).map(({ id, value }) => {
      const changed = change(id, value);
      return changed === null ? new Uint8Array() : tlv(id, changed ?? value);
    }),
  );
}

/** The same, and signed anew by somebody who holds the keys. */
function forged(type: MessageType, change: Parameters<typeof edited>[1]): WscMessage {
  const { message } = deliveryOf(run, type);
  return msg(sign(exchange, previousTo(type), edited(message.bytes, change)));
}

function previousTo(type: MessageType): Uint8Array {
  const at = run.deliveries.findIndex(({ message }) => message.type === type);
  return run.deliveries[at - 1]?.message.bytes ?? new Uint8Array();
}

const with_ = (name: AttributeName, value: Uint8Array) => (id: number) => (id === ATTR[name].id ? value : undefined);
const without = (name: AttributeName) => (id: number) => (id === ATTR[name].id ? null : undefined);
/** What a message cannot do without, its type aside. */
const requiredIn = (type: MessageType): readonly AttributeName[] => {
  const slots: readonly string[] = SCHEMAS[type].slots;
  return slots.filter((slot): slot is AttributeName => slot in ATTR && slot !== "messageType");
};
const nonceFor = (to: Delivery["to"]): AttributeName => (to === "enrollee" ? "enrolleeNonce" : "registrarNonce");

describe.each([...SIGNED])("whoever awaits %s", (type) => {
  const delivery = deliveryOf(run, type);
  const { bytes } = delivery.message;
  const own = nonceFor(delivery.to);

  test.each([
    ["no bytes at all", new Uint8Array(), `abort: wrongNonce`],
    ["a message cut short", bytes.subarray(0, -1), "abort: malformed"],
    [
      "a message with a stump of an attribute behind it",
      concat(bytes, Uint8Array.of(0x10, 0x11, 0)),
      "abort: malformed",
    ],
    ["a nonce of 15 bytes", edited(bytes, with_(own, new Uint8Array(15))), "abort: malformed"],
    ["a nonce of another run", edited(bytes, with_(own, new Uint8Array(16).fill(0xee))), "abort: wrongNonce"],
    ["no nonce", edited(bytes, without(own)), "abort: wrongNonce"],
    ["no Message Type", edited(bytes, without("messageType")), "NACK 0: malformed"],
    [
      "a Message Type that nobody knows",
      edited(bytes, with_("messageType", Uint8Array.of(0x42))),
      "abort: unknownMessage",
    ],
    [
      "the type of a message of its own role",
      edited(bytes, with_("messageType", Uint8Array.of(delivery.to === "enrollee" ? 7 : 8))),
      "abort: unknownMessage",
    ],
    [
      "a WSC_Done where a message is due",
      edited(bytes, with_("messageType", Uint8Array.of(0x0f))),
      "abort: unknownMessage",
    ],
    [
      "an Authenticator that is wrong",
      edited(bytes, with_("authenticator", new Uint8Array(8))),
      "NACK 0: badAuthenticator",
    ],
    ["no Authenticator", edited(bytes, without("authenticator")), "NACK 0: malformed"],
    [
      "an attribute changed under the Authenticator",
      edited(bytes, with_("wfaExtension", fromHex("00372a000121"))),
      "NACK 0: badAuthenticator",
    ],
    ["an attribute behind the Authenticator", concat(bytes, tlv(0x10fa, "00")), "NACK 0: badAuthenticator"],
  ])("given %s: $2", (_, hostile, expected) => {
    expect(reaction(delivery, msg(hostile))).toBe(expected);
  });

  test.each<[OpCode, string]>([
    ["WSC_Start", "abort: unexpectedOpCode"],
    ["FRAG_ACK", "abort: unexpectedOpCode"],
    ["WSC_ACK", delivery.to === "enrollee" ? "abort: unexpectedOpCode" : "abort: malformed"],
    ["WSC_Done", delivery.to === "enrollee" ? "abort: unexpectedOpCode" : "abort: malformed"],
    ["WSC_NACK", "abort: malformed"],
  ])("given the message under op-code %s: %s", (opCode, expected) => {
    expect(reaction(delivery, msg(bytes, opCode))).toBe(expected);
  });

  const required = requiredIn(type).filter((slot) => slot !== own && slot !== "authenticator");
  test.each(required)("given a signed message without %s: NACK 0", (attribute) => {
    expect(reaction(delivery, forged(type, without(attribute)))).toBe("NACK 0: malformed");
  });

  const inTurn = delivery.to === "enrollee" ? TO_ENROLLEE : TO_REGISTRAR;
  test.each(inTurn.filter((other) => other !== type))("given %s, out of order: NACK 0", (other) => {
    expect(reaction(delivery, deliveryOf(run, other).message)).toBe("NACK 0: outOfOrder");
  });

  test("given the message twice: the second is out of order, NACK 0", () => {
    const next =
      delivery.to === "enrollee"
        ? { ...delivery, state: stepEnrollee(delivery.state, delivery.message).state }
        : { ...delivery, state: stepRegistrar(delivery.state, { type: "message", message: delivery.message }).state };
    if (type === "M8") expect(next.state.name).toBe("paired");
    else expect(reaction(next as Delivery, delivery.message)).toBe("NACK 0: outOfOrder");
  });

  describe("given a NACK", () => {
    const nonces = type === "M2" ? { ...exchange, registrarNonce: new Uint8Array(16) } : exchange;
    const good = nack(nonces, 15).bytes;

    test("ends the run; a station says NACK itself, an access point nothing", () => {
      expect(reaction(delivery, msg(good, "WSC_NACK"))).toBe(
        delivery.to === "enrollee" ? "NACK 0: refused" : "abort: refused",
      );
    });

    test.each([
      [
        "with another Enrollee Nonce",
        edited(good, with_("enrolleeNonce", new Uint8Array(16).fill(1))),
        "abort: wrongNonce",
      ],
      [
        "with another Registrar Nonce",
        edited(good, with_("registrarNonce", new Uint8Array(16).fill(1))),
        "abort: wrongNonce",
      ],
      ["without Configuration Error", edited(good, without("configError")), "abort: malformed"],
      ["without Message Type", edited(good, without("messageType")), "abort: malformed"],
      ["cut short", good.subarray(0, -1), "abort: malformed"],
    ])("%s: $2", (_, hostile, expected) => {
      expect(reaction(delivery, msg(hostile, "WSC_NACK"))).toBe(expected);
    });
  });
});

describe.each(["M4", "M5", "M6", "M7", "M8"] as const)("Encrypted Settings of %s", (type) => {
  const delivery = deliveryOf(run, type);
  const iv = new Uint8Array(16).fill(5);
  const sealed = (text: Uint8Array) => concat(iv, aesCbcEncrypt(exchange.keys.keyWrapKey.reveal(), iv, text));
  const good = must(decode(SCHEMAS[type], delivery.message.bytes)).encryptedSettings;

  test.each([
    ["of 16 bytes", good.subarray(0, 16)],
    ["of 17 bytes", good.subarray(0, 17)],
    ["that are empty", new Uint8Array()],
    ["whose padding is 0", sealed(new Uint8Array(16))],
    ["whose padding is 17", sealed(new Uint8Array(32).fill(17))],
    ["of nothing but padding", sealed(new Uint8Array(16).fill(16))],
    ["without Key Wrap Authenticator", sealed(concat(tlv(0x1016, new Uint8Array(16)), new Uint8Array(12).fill(12)))],
    ["with a wrong Key Wrap Authenticator", sealed(concat(tlv(0x101e, new Uint8Array(8)), new Uint8Array(4).fill(4)))],
    ["with attributes that run out", sealed(concat(fromHex("10160010"), new Uint8Array(12).fill(12)))],
  ])("%s: NACK 0", (_, value) => {
    expect(reaction(delivery, forged(type, with_("encryptedSettings", value)))).toBe("NACK 0: badSettings");
  });

  test("that hold something else: NACK 0", () => {
    const other = sealSettings(exchange.keys, iv, ["networkIndex"], { networkIndex: 1 });
    expect(reaction(delivery, forged(type, with_("encryptedSettings", other)))).toBe(
      type === "M8" ? "NACK 0: noUsableCredential" : "NACK 0: badSettings",
    );
  });
});

test.each([
  ["M4", "rSnonce1"],
  ["M5", "eSnonce1"],
  ["M6", "rSnonce2"],
  ["M7", "eSnonce2"],
] as const)("%s with a nonce that does not open the commitment: NACK 18", (type, slot) => {
  const wrong = tlv(ATTR[slot].id, new Uint8Array(16).fill(1));
  const iv = new Uint8Array(16).fill(5);
  const value = sealSettings(exchange.keys, iv, [slot], { [slot]: new Secret(wrong.subarray(4)) } as never);
  expect(reaction(deliveryOf(run, type), forged(type, with_("encryptedSettings", value)))).toBe(
    "NACK 18: wrongPassword",
  );
});

describe("M8", () => {
  const [credential] = credentials;
  if (credential === undefined) throw new Error("no credential");
  const given = (...values: readonly Secret[]) =>
    reaction(
      deliveryOf(run, "M8"),
      forged(
        "M8",
        with_(
          "encryptedSettings",
          sealSettings(exchange.keys, new Uint8Array(16), ["credential*"], { credential: values }),
        ),
      ),
    );
  const good = encodeCredential(credential);
  const wep = encodeCredential({ ...credential, authenticationType: 1, encryptionType: 2 });

  test("without any credential: NACK 0", () => expect(given()).toBe("NACK 0: noUsableCredential"));
  test("with none but WEP: NACK 0", () => expect(given(wep, wep)).toBe("NACK 0: noUsableCredential"));
  test("with one of WEP and a good one: paired", () => expect(given(wep, good)).toBe("goes on to paired"));
  test("with a good one and an unreadable one: NACK 0", () =>
    expect(given(good, new Secret(Uint8Array.of(1, 2, 3)))).toBe("NACK 0: badCredential"));
  test("with a passphrase of 7 characters: NACK 0", () =>
    expect(given(encodeCredential({ ...credential, networkKey: new Secret("1234567") }))).toBe(
      "NACK 0: badCredential",
    ));
});

describe("M2", () => {
  const delivery = deliveryOf(run, "M2");
  test.each(
    [0, 1].map((n) => [n, Uint8Array.from({ length: 192 }, (_, i) => (i === 191 ? n : 0))] as const),
  )("with the public key %i: NACK 0", (_, key) =>
    expect(reaction(delivery, forged("M2", with_("publicKey", key)))).toBe("NACK 0: badPublicKey"));
  test("with a password id that was not announced: NACK 0", () =>
    expect(reaction(delivery, forged("M2", with_("devicePasswordId", Uint8Array.of(0, 5))))).toBe(
      "NACK 0: otherPassword",
    ));
  test("rejected, is answered with the Registrar's own nonce", () => {
    if (delivery.to !== "enrollee") throw new Error("M2 goes to the Enrollee");
    const { send } = stepEnrollee(delivery.state, forged("M2", without("uuidR")));
    expect(must(decode(WSC_NACK, send?.bytes ?? new Uint8Array())).registrarNonce).toEqual(exchange.registrarNonce);
  });
});

test.each(["M4", "M6", "M8"] as const)("M2D where %s is awaited: NACK 0", (type) => {
  const m2d = must(readTlvs(deliveryOf(stray, "M2D").message.bytes));
  expect(reaction(deliveryOf(run, type), msg(concat(...m2d.map(({ id, value }) => tlv(id, value)))))).toBe(
    "NACK 0: outOfOrder",
  );
});

describe("a Registrar that awaits M1", () => {
  const delivery = deliveryOf(run, "M1");
  const { bytes } = delivery.message;
  const required = requiredIn("M1");

  test.each(required)("aborts without %s", (attribute) => {
    expect(reaction(delivery, msg(edited(bytes, without(attribute))))).toBe("abort: malformed");
  });

  test.each([
    ["cut short", bytes.subarray(0, -1), "abort: malformed"],
    [
      "with a device name of 33 bytes, which counts as none",
      edited(bytes, with_("deviceName", new Uint8Array(33).fill(65))),
      "abort: malformed",
    ],
    [
      "with a manufacturer of 65 bytes, which is cut",
      edited(bytes, with_("manufacturer", new Uint8Array(65).fill(65))),
      "goes on to deciding",
    ],
    ["with zero bytes behind it", concat(bytes, new Uint8Array(5)), "goes on to deciding"],
    [
      "with a public key of 190 bytes",
      edited(bytes, with_("publicKey", new Uint8Array(190).fill(3))),
      "goes on to deciding",
    ],
    [
      "with a public key of 189 bytes",
      edited(bytes, with_("publicKey", new Uint8Array(189).fill(3))),
      "abort: malformed",
    ],
    ["with a public key of 0", edited(bytes, with_("publicKey", new Uint8Array(192))), "abort: badPublicKey"],
    ["without Message Type", edited(bytes, without("messageType")), "NACK 0: malformed"],
  ])("given one %s: $2", (_, hostile, expected) => {
    expect(reaction(delivery, msg(hostile))).toBe(expected);
  });

  test.each(TO_REGISTRAR)("and gets %s aborts: no nonce of ours is in it", (type) => {
    expect(reaction(delivery, deliveryOf(run, type).message)).toBe("abort: wrongNonce");
  });

  test.each(["WSC_ACK", "WSC_NACK", "WSC_Done"] as const)("and gets a %s aborts", (opCode) => {
    expect(reaction(delivery, msg(deliveryOf(run, "WSC_Done").message.bytes, opCode))).toMatch(/^abort/);
  });
});

test.each([...TO_REGISTRAR, "WSC_Done"] as const)("M1 where %s is awaited: abort", (type) => {
  expect(reaction(deliveryOf(run, type), deliveryOf(run, "M1").message)).toBe("abort: outOfOrder");
});

describe("a Registrar that awaits Done", () => {
  const delivery = deliveryOf(run, "WSC_Done");
  const { bytes } = delivery.message;

  test.each([
    ["cut short", bytes.subarray(0, -1), "abort: malformed"],
    ["with another Enrollee Nonce", edited(bytes, with_("enrolleeNonce", new Uint8Array(16))), "abort: wrongNonce"],
    ["with another Registrar Nonce", edited(bytes, with_("registrarNonce", new Uint8Array(16))), "abort: wrongNonce"],
    ["without a nonce", edited(bytes, without("enrolleeNonce")), "abort: malformed"],
    ["of another type", edited(bytes, with_("messageType", Uint8Array.of(0x0d))), "abort: malformed"],
    ["without Message Type", edited(bytes, without("messageType")), "abort: malformed"],
  ])("given one %s: $2", (_, hostile, expected) => {
    expect(reaction(delivery, msg(hostile, "WSC_Done"))).toBe(expected);
  });

  test("given an ACK aborts", () => {
    const ackBytes = edited(bytes, with_("messageType", Uint8Array.of(0x0d)));
    expect(reaction(delivery, msg(ackBytes, "WSC_ACK"))).toBe("abort: outOfOrder");
  });

  test("given a NACK knows that M8 was refused", () => {
    expect(reaction(delivery, msg(nack(exchange, 0).bytes, "WSC_NACK"))).toBe("abort: refused");
  });

  test.each(TO_REGISTRAR)("given %s: NACK 0", (type) => {
    expect(reaction(delivery, deliveryOf(run, type).message)).toBe("NACK 0: outOfOrder");
  });
});

describe("after M2D", () => {
  const delivery = deliveryOf(stray, "WSC_ACK");

  test("an ACK ends the run as turned away", () => {
    expect(reaction(delivery, delivery.message)).toBe("abort: turnedAway");
  });

  test("an ACK with another nonce is none", () => {
    const hostile = edited(delivery.message.bytes, with_("enrolleeNonce", new Uint8Array(16)));
    expect(reaction(delivery, msg(hostile, "WSC_ACK"))).toBe("abort: wrongNonce");
  });

  test("an M3 comes out of order", () => {
    const hostile = edited(deliveryOf(run, "M3").message.bytes, with_("registrarNonce", new Uint8Array(16)));
    expect(reaction(delivery, msg(hostile))).toBe("NACK 0: outOfOrder");
  });
});

describe("no bytes make a machine throw", () => {
  const deliveries = [...run.deliveries, ...stray.deliveries];
  const opCode = fc.constantFrom<OpCode>("WSC_Start", "WSC_ACK", "WSC_NACK", "WSC_MSG", "WSC_Done", "FRAG_ACK");
  const feed = (delivery: Delivery, message: WscMessage) => {
    const { state, send, events } =
      delivery.to === "enrollee"
        ? stepEnrollee(delivery.state, message)
        : stepRegistrar(delivery.state, { type: "message", message });
    return { name: state.name, send, events };
  };

  test("in any state, for any bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...deliveries),
        fc.uint8Array({ maxLength: 600 }),
        opCode,
        (delivery, bytes, code) => {
          expect(feed(delivery, msg(bytes, code)).name).toBe("failed");
        },
      ),
    );
  });

  test("in any state, for a real message of either side with some bytes changed, cut or added", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...deliveries),
        fc.constantFrom(...deliveries),
        fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 6 }),
        fc.integer({ min: -40, max: 40 }),
        opCode,
        (receiver, { message }, changes, length, code) => {
          const whole = new Uint8Array(Math.max(0, message.bytes.length + length));
          whole.set(message.bytes.subarray(0, whole.length));
          for (const [at, value] of changes) if (at < whole.length) whole[at] = value;
          feed(receiver, msg(whole, code));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("not even when it holds the keys: signed messages with any Encrypted Settings", () => {
    const keyed = run.deliveries.filter(({ message }) => ["M4", "M5", "M6", "M7", "M8"].includes(message.type));
    fc.assert(
      fc.property(fc.constantFrom(...keyed), fc.uint8Array({ maxLength: 200 }), (delivery, settings) => {
        const hostile = forged(delivery.message.type, with_("encryptedSettings", settings));
        expect(feed(delivery, hostile).name).toBe("failed");
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 }), (values) => {
        const sealed = sealSettings(exchange.keys, new Uint8Array(16), ["credential*"], {
          credential: values.map((value) => new Secret(value)),
        });
        feed(deliveryOf(run, "M8"), forged("M8", with_("encryptedSettings", sealed)));
      }),
    );
  });
});
