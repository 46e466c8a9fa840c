/**
 * What a peer can do wrong, in every state of all four machines, and how they react: *abort* ends the run in silence,
 * `NACK n` tells the peer. Forgeries that get past the Authenticator are signed with the keys of the run.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apSettings } from "../../../test/access-point-pair.ts";
import { credentials, play, tlv } from "../../../test/engine-pair.ts";
import { must } from "../../../test/vectors.ts";
import {
  accessPointRun,
  attributes,
  edited,
  encrypted,
  type Run,
  replacing,
  runPlayed,
  stationRun,
  without,
} from "../../../test/wsc/forge.ts";
import { ATTR, type AttributeName } from "../attributes.ts";
import { concat, fromHex } from "../bytes.ts";
import { encodeCredential } from "../credential.ts";
import type { OpCode } from "../eap/packet.ts";
import { decode, type MessageType, SCHEMAS, WSC_NACK } from "../messages.ts";
import { pushButtonPassword } from "../pin.ts";
import { Secret } from "../secret.ts";
import { nack } from "./exchange.ts";
import type { WscMessage } from "./session.ts";

const stationAndRegistrar = stationRun(pushButtonPassword);
const accessPointAndRegistrar = accessPointRun();
const TO_ENROLLEE = ["M2", "M4", "M6", "M8"] as const;
const TO_REGISTRAR = ["M3", "M5", "M7"] as const;

/** One of the four machines. */
interface Receiver {
  readonly machine: string;
  readonly run: Run;
  /** The signed messages that it awaits, each in a state of its own. */
  readonly awaits: readonly ("M2" | "M3" | "M4" | "M5" | "M6" | "M7" | "M8")[];
  /** The nonce by which it knows its run. */
  readonly own: AttributeName;
  /** Message Type of a message that only it sends. */
  readonly sends: number;
  /** Op-codes besides WSC_MSG and WSC_NACK that may come to it. */
  readonly hears: readonly OpCode[];
  /** A NACK ends the run: a station says NACK itself, an access point nothing. */
  readonly refused: string;
}

const ENROLLEE = { awaits: TO_ENROLLEE, own: "enrolleeNonce", sends: SCHEMAS.M3.messageType } as const;
const REGISTRAR = { awaits: TO_REGISTRAR, own: "registrarNonce", sends: SCHEMAS.M4.messageType } as const;
const receivers: readonly Receiver[] = [
  { machine: "a station", run: stationAndRegistrar, ...ENROLLEE, hears: [], refused: "NACK 0: refused" },
  {
    machine: "a Registrar",
    run: stationAndRegistrar,
    ...REGISTRAR,
    hears: ["WSC_ACK", "WSC_Done"],
    refused: "abort: refused",
  },
  {
    machine: "an access point",
    run: accessPointAndRegistrar,
    ...ENROLLEE,
    hears: ["WSC_ACK"],
    refused: "abort: refused",
  },
  {
    machine: "an external Registrar",
    run: accessPointAndRegistrar,
    ...REGISTRAR,
    hears: ["WSC_ACK", "WSC_Done"],
    refused: "NACK 0: refused",
  },
];
const enrollees = receivers.filter(({ awaits }) => awaits === TO_ENROLLEE);
const registrars = receivers.filter(({ awaits }) => awaits === TO_REGISTRAR);

/** Each receiver in each state in which it awaits a signed message. */
const signed = receivers.flatMap((receiver) => receiver.awaits.map((type) => ({ ...receiver, type })));
const sealed = signed.flatMap(({ type, ...rest }) => (type === "M2" || type === "M3" ? [] : [{ ...rest, type }]));

const msg = (bytes: Uint8Array, opCode: OpCode = "WSC_MSG"): WscMessage => ({ opCode, bytes });
const nonceOfOthers = new Uint8Array(16).fill(0xee);
/** What a message cannot do without, its type aside. */
const requiredIn = (type: MessageType): readonly AttributeName[] => {
  const slots: readonly string[] = SCHEMAS[type].slots;
  return slots.filter((slot): slot is AttributeName => slot in ATTR && slot !== "messageType");
};

describe.each(signed)("$machine that awaits $type", ({ run, type, awaits, own, sends, hears, refused }) => {
  const { bytes } = run.message(type);

  test.each([
    ["no bytes at all", new Uint8Array(), "abort: wrongNonce"],
    ["a message cut short", bytes.subarray(0, -1), "abort: malformed"],
    [
      "a message with a stump of an attribute behind it",
      concat(bytes, Uint8Array.of(0x10, 0x11, 0)),
      "abort: malformed",
    ],
    ["a nonce of 15 bytes", edited(bytes, replacing(own, new Uint8Array(15))), "abort: malformed"],
    ["a nonce of another run", edited(bytes, replacing(own, nonceOfOthers)), "abort: wrongNonce"],
    ["no nonce", edited(bytes, without(own)), "abort: wrongNonce"],
    ["no Message Type", edited(bytes, without("messageType")), "NACK 0: malformed"],
    [
      "a Message Type that nobody knows",
      edited(bytes, replacing("messageType", Uint8Array.of(0x42))),
      "abort: unknownMessage",
    ],
    [
      "the type of a message of its own role",
      edited(bytes, replacing("messageType", Uint8Array.of(sends))),
      "abort: unknownMessage",
    ],
    [
      "a WSC_Done where a message is due",
      edited(bytes, replacing("messageType", Uint8Array.of(0x0f))),
      "abort: unknownMessage",
    ],
    [
      "an Authenticator that is wrong",
      edited(bytes, replacing("authenticator", new Uint8Array(8))),
      "NACK 0: badAuthenticator",
    ],
    ["no Authenticator", edited(bytes, without("authenticator")), "NACK 0: malformed"],
    [
      "an attribute changed under the Authenticator",
      edited(bytes, replacing("wfaExtension", fromHex("00372a000121"))),
      "NACK 0: badAuthenticator",
    ],
    ["an attribute behind the Authenticator", concat(bytes, tlv(0x10fa, "00")), "NACK 0: badAuthenticator"],
  ])("given %s: $2", (_, hostile, expected) => {
    expect(run.given(type, msg(hostile))).toBe(expected);
  });

  test.each<[OpCode, string]>([
    ["WSC_Start", "abort: unexpectedOpCode"],
    ["FRAG_ACK", "abort: unexpectedOpCode"],
    ["WSC_ACK", hears.includes("WSC_ACK") ? "abort: malformed" : "abort: unexpectedOpCode"],
    ["WSC_Done", hears.includes("WSC_Done") ? "abort: malformed" : "abort: unexpectedOpCode"],
    ["WSC_NACK", "abort: malformed"],
  ])("given the message under op-code %s: %s", (opCode, expected) => {
    expect(run.given(type, msg(bytes, opCode))).toBe(expected);
  });

  const required = requiredIn(type).filter((slot) => slot !== own && slot !== "authenticator");
  test.each(required)("given a signed message without %s: NACK 0", (attribute) => {
    expect(run.given(type, run.forged(type, without(attribute)))).toBe("NACK 0: malformed");
  });

  test.each(awaits.filter((other) => other !== type))("given %s, out of order: NACK 0", (other) => {
    expect(run.given(type, run.message(other))).toBe("NACK 0: outOfOrder");
  });

  test("given the message twice: the second is out of order, NACK 0, unless the run is over", () => {
    const { state } = run.reached(type, run.message(type));
    expect(run.given(type, run.message(type), run.message(type))).toBe(
      state.name === "paired" ? "goes on to paired" : "NACK 0: outOfOrder",
    );
  });

  describe("given a NACK", () => {
    const { exchange } = run;
    const good = nack(type === "M2" ? { ...exchange, registrarNonce: new Uint8Array(16) } : exchange, 15).bytes;

    test.each([
      ["as it should be", good, refused],
      ["with another Enrollee Nonce", edited(good, replacing("enrolleeNonce", nonceOfOthers)), "abort: wrongNonce"],
      ["with another Registrar Nonce", edited(good, replacing("registrarNonce", nonceOfOthers)), "abort: wrongNonce"],
      ["without Configuration Error", edited(good, without("configError")), "abort: malformed"],
      ["without Message Type", edited(good, without("messageType")), "abort: malformed"],
      ["cut short", good.subarray(0, -1), "abort: malformed"],
    ])("%s: $2", (_, hostile, expected) => {
      expect(run.given(type, msg(hostile, "WSC_NACK"))).toBe(expected);
    });
  });
});

describe.each(sealed)("Encrypted Settings of $type, at $machine,", ({ machine, run, type }) => {
  const good = must(decode(SCHEMAS[type], run.message(type).bytes)).encryptedSettings;
  const under = (text: Uint8Array) => encrypted(run.exchange, text);
  const given = (value: Uint8Array) => run.given(type, run.forged(type, replacing("encryptedSettings", value)));

  test.each([
    ["of 16 bytes", good.subarray(0, 16)],
    ["of 17 bytes", good.subarray(0, 17)],
    ["that are empty", new Uint8Array()],
    ["whose padding is 0", under(new Uint8Array(16))],
    ["whose padding is 17", under(new Uint8Array(32).fill(17))],
    ["of nothing but padding", under(new Uint8Array(16).fill(16))],
    ["without Key Wrap Authenticator", under(concat(tlv(0x1016, new Uint8Array(16)), new Uint8Array(12).fill(12)))],
    ["with a wrong Key Wrap Authenticator", under(concat(tlv(0x101e, new Uint8Array(8)), new Uint8Array(4).fill(4)))],
    ["with attributes that run out", under(concat(fromHex("10160010"), new Uint8Array(12).fill(12)))],
  ])("%s: NACK 0", (_, value) => expect(given(value)).toBe("NACK 0: badSettings"));

  const nothing = type === "M8" && machine === "a station" ? "NACK 0: noUsableCredential" : "NACK 0: badSettings";
  test(`that hold something else: ${nothing}`, () =>
    expect(given(run.sealed(tlv(ATTR.networkIndex.id, "01")))).toBe(nothing));
});

/** What M7 of an access point shows besides its nonce. */
const shown = {
  ssid: apSettings.ssid,
  macAddress: fromHex("020000000000"),
  authenticationType: fromHex("0020"),
  encryptionType: fromHex("0008"),
  networkKey: apSettings.networkKey.reveal(),
};

const NONCES = { M4: "rSnonce1", M5: "eSnonce1", M6: "rSnonce2", M7: "eSnonce2" } as const;
test.each(
  sealed.flatMap(({ type, ...rest }) => (type === "M8" ? [] : [{ ...rest, type, slot: NONCES[type] }])),
)("at $machine, $type with a nonce that does not open the commitment: NACK 18", ({ run, type, slot }) => {
  const settings = run.sealed(attributes({ [slot]: new Uint8Array(16).fill(1), ...shown }));
  expect(run.given(type, run.forged(type, replacing("encryptedSettings", settings)))).toBe("NACK 18: wrongPassword");
});

describe("M8 to a station", () => {
  const [credential] = credentials;
  if (credential === undefined) throw new Error("no credential");
  const run = stationAndRegistrar;
  const given = (...values: readonly Secret[]) => {
    const settings = run.sealed(concat(...values.map((value) => tlv(ATTR.credential.id, value.reveal()))));
    return run.given("M8", run.forged("M8", replacing("encryptedSettings", settings)));
  };
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

describe("M7 of an access point", () => {
  const run = accessPointAndRegistrar;
  const eSnonce2 = new Uint8Array(16);
  const given = (change: { readonly [N in AttributeName]?: Uint8Array | null }) => {
    const settings = run.sealed(attributes({ eSnonce2, ...shown, ...change }));
    return run.given("M7", run.forged("M7", replacing("encryptedSettings", settings)));
  };

  test.each([
    "eSnonce2",
    "ssid",
    "macAddress",
    "authenticationType",
    "encryptionType",
  ] as const)("without %s: NACK 0", (attribute) => expect(given({ [attribute]: null })).toBe("NACK 0: badSettings"));
});

describe.each(enrollees)("$machine that is given M2", ({ run }) => {
  test.each(
    [0, 1].map((n) => [n, Uint8Array.from({ length: 192 }, (_, i) => (i === 191 ? n : 0))] as const),
  )("with the public key %i: NACK 0", (_, key) =>
    expect(run.given("M2", run.forged("M2", replacing("publicKey", key)))).toBe("NACK 0: badPublicKey"));

  test("with a password id that was not announced: NACK 0", () => {
    const other = run.forged("M2", replacing("devicePasswordId", Uint8Array.of(0, 3)));
    expect(run.given("M2", other)).toBe("NACK 0: otherPassword");
  });

  test("and rejects it, says so to the Registrar's own nonce", () => {
    const { send } = run.reached("M2", run.forged("M2", without("uuidR")));
    expect(must(decode(WSC_NACK, send?.bytes ?? new Uint8Array())).registrarNonce).toEqual(run.exchange.registrarNonce);
  });

  test.each(["M4", "M6", "M8"] as const)("M2D where %s is awaited: NACK 0", (type) => {
    const m2d = edited(run.message("M2").bytes, replacing("messageType", Uint8Array.of(SCHEMAS.M2D.messageType)));
    expect(run.given(type, msg(m2d))).toBe("NACK 0: outOfOrder");
  });
});

describe.each(registrars)("$machine that awaits M1", ({ machine, run }) => {
  const { bytes } = run.message("M1");
  const next = machine === "a Registrar" ? "goes on to deciding" : "goes on to awaitM3";

  test.each(requiredIn("M1"))("aborts without %s", (attribute) => {
    expect(run.given("M1", msg(edited(bytes, without(attribute))))).toBe("abort: malformed");
  });

  test.each([
    ["cut short", bytes.subarray(0, -1), "abort: malformed"],
    [
      "with a device name of 33 bytes, which counts as none",
      edited(bytes, replacing("deviceName", new Uint8Array(33).fill(65))),
      "abort: malformed",
    ],
    [
      "with a manufacturer of 65 bytes, which is cut",
      edited(bytes, replacing("manufacturer", new Uint8Array(65).fill(65))),
      next,
    ],
    ["with zero bytes behind it", concat(bytes, new Uint8Array(5)), next],
    ["with a public key of 190 bytes", edited(bytes, replacing("publicKey", new Uint8Array(190).fill(3))), next],
    [
      "with a public key of 189 bytes",
      edited(bytes, replacing("publicKey", new Uint8Array(189).fill(3))),
      "abort: malformed",
    ],
    ["with a public key of 0", edited(bytes, replacing("publicKey", new Uint8Array(192))), "abort: badPublicKey"],
    ["without Message Type", edited(bytes, without("messageType")), "NACK 0: malformed"],
  ])("given one %s: $2", (_, hostile, expected) => {
    expect(run.given("M1", msg(hostile))).toBe(expected);
  });

  test.each(TO_REGISTRAR)("and gets %s aborts: no nonce of ours is in it", (type) => {
    expect(run.given("M1", run.message(type))).toBe("abort: wrongNonce");
  });

  test.each(["WSC_ACK", "WSC_NACK", "WSC_Done"] as const)("and gets a %s aborts", (opCode) => {
    expect(run.given("M1", msg(run.message("WSC_Done").bytes, opCode))).toMatch(/^abort/);
  });

  test.each([...TO_REGISTRAR, "WSC_Done"] as const)("M1 where %s is awaited: abort", (type) => {
    expect(run.given(type, run.message("M1"))).toBe("abort: outOfOrder");
  });
});

/** The messages that end a run well, whom they reach, and what else this one might get in their place. */
const endings = [
  ...registrars.map((receiver) => ({ ...receiver, type: "WSC_Done" as const, other: "WSC_ACK" as const })),
  ...receivers
    .filter(({ machine }) => machine === "an access point")
    .map((receiver) => ({ ...receiver, type: "WSC_ACK" as const, other: "WSC_Done" as const })),
];

describe.each(endings)("$machine that awaits $type", ({ run, type, other, awaits, hears, refused }) => {
  const { bytes } = run.message(type);
  const otherType = Uint8Array.of(SCHEMAS[other].messageType);

  test.each([
    ["cut short", bytes.subarray(0, -1), "abort: malformed"],
    ["with another Enrollee Nonce", edited(bytes, replacing("enrolleeNonce", nonceOfOthers)), "abort: wrongNonce"],
    ["with another Registrar Nonce", edited(bytes, replacing("registrarNonce", nonceOfOthers)), "abort: wrongNonce"],
    ["without Enrollee Nonce", edited(bytes, without("enrolleeNonce")), "abort: malformed"],
    ["without Registrar Nonce", edited(bytes, without("registrarNonce")), "abort: malformed"],
    ["of another type", edited(bytes, replacing("messageType", otherType)), "abort: malformed"],
    ["without Message Type", edited(bytes, without("messageType")), "abort: malformed"],
  ])("given one %s: $2", (_, hostile, expected) => {
    expect(run.given(type, msg(hostile, type))).toBe(expected);
  });

  test(`given a ${other} aborts`, () => {
    expect(run.given(type, msg(edited(bytes, replacing("messageType", otherType)), other))).toBe(
      hears.includes(other) ? "abort: outOfOrder" : "abort: unexpectedOpCode",
    );
  });

  test("given a NACK knows that it was refused after all", () => {
    expect(run.given(type, msg(nack(run.exchange, 0).bytes, "WSC_NACK"))).toBe(refused);
  });

  test.each(awaits)("given %s: NACK 0", (message) => {
    expect(run.given(type, run.message(message))).toBe("NACK 0: outOfOrder");
  });
});

describe("an access point that is thinking about new settings", () => {
  const run = accessPointAndRegistrar;
  const given = (message: WscMessage) => run.given("M8", run.message("M8"), message);

  test.each(TO_ENROLLEE)("given %s: NACK 0", (type) => expect(given(run.message(type))).toBe("NACK 0: outOfOrder"));
  test("given an ACK, for which it is too early, aborts", () =>
    expect(given(run.message("WSC_ACK"))).toBe("abort: outOfOrder"));
  test("given a NACK, ends the run", () =>
    expect(given(msg(nack(run.exchange, 0).bytes, "WSC_NACK"))).toBe("abort: refused"));
});

test("an access point that has shown its settings takes a NACK 0 for a farewell, and no other", () => {
  const run = accessPointAndRegistrar;
  const leaving = (configError: number) => run.given("M8", msg(nack(run.exchange, configError).bytes, "WSC_NACK"));
  expect(leaving(0)).toBe("goes on to read");
  expect(leaving(18)).toBe("abort: refused");
});

describe("after M2D", () => {
  const registrar = runPlayed(play({ enrolleePassword: pushButtonPassword, registrarPassword: null }));
  const rekey = { id: 3, secret: new Secret("nobody can know it") };
  const external = accessPointRun({ access: { type: "readAndWrite", passwords: [rekey] } });

  test("an ACK ends the run of a Registrar as turned away", () => {
    expect(registrar.given("WSC_ACK", registrar.message("WSC_ACK"))).toBe("abort: turnedAway");
  });

  test("a NACK, which an access point says, ends that of an external Registrar", () => {
    expect(external.given("WSC_NACK", external.message("WSC_NACK"))).toBe("NACK 0: turnedAway");
  });

  test.each([
    { machine: "a Registrar", run: registrar, type: "WSC_ACK", whole: stationAndRegistrar },
    { machine: "an external Registrar", run: external, type: "WSC_NACK", whole: accessPointAndRegistrar },
  ] as const)("$machine takes neither foreign nonces nor an M3", ({ run, type, whole }) => {
    const foreign = edited(run.message(type).bytes, replacing("enrolleeNonce", nonceOfOthers));
    expect(run.given(type, msg(foreign, type))).toBe("abort: wrongNonce");
    const m3 = edited(whole.message("M3").bytes, replacing("registrarNonce", new Uint8Array(16)));
    expect(run.given(type, msg(m3))).toBe("NACK 0: outOfOrder");
  });
});

describe("no bytes make a machine throw", () => {
  const runs = [
    stationAndRegistrar,
    runPlayed(play({ enrolleePassword: pushButtonPassword, registrarPassword: null })),
    accessPointAndRegistrar,
    accessPointRun({ task: { type: "learn" } }),
    accessPointRun({ access: { type: "none" } }),
  ];
  /** Every machine in every state. In a run that fails some types come twice: the first is meant. */
  const anyone = fc.constantFrom(...runs.flatMap((run) => run.messages.map(({ type }) => ({ run, type }))));
  const opCode = fc.constantFrom<OpCode>("WSC_Start", "WSC_ACK", "WSC_NACK", "WSC_MSG", "WSC_Done", "FRAG_ACK");

  test("in any state, for any bytes", () => {
    fc.assert(
      fc.property(anyone, fc.uint8Array({ maxLength: 600 }), opCode, ({ run, type }, bytes, code) => {
        expect(run.reached(type, msg(bytes, code)).state.name).toBe("failed");
      }),
      { numRuns: 200 },
    );
  });

  test("in any state, for a real message of either side with some bytes changed, cut or added", () => {
    fc.assert(
      fc.property(
        anyone,
        fc.constantFrom(...runs.flatMap(({ messages }) => messages)),
        fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 6 }),
        fc.integer({ min: -40, max: 40 }),
        opCode,
        ({ run, type }, { bytes }, changes, length, code) => {
          const whole = new Uint8Array(Math.max(0, bytes.length + length));
          whole.set(bytes.subarray(0, whole.length));
          for (const [at, value] of changes) if (at < whole.length) whole[at] = value;
          run.reached(type, msg(whole, code));
        },
      ),
      { numRuns: 800 },
    );
  });

  test("not even when it holds the keys: signed messages with any Encrypted Settings", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sealed), fc.uint8Array({ maxLength: 200 }), ({ run, type }, settings) => {
        const hostile = run.forged(type, replacing("encryptedSettings", settings));
        expect(run.reached(type, hostile).state.name).toBe("failed");
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...sealed), fc.uint8Array({ maxLength: 200 }), ({ run, type }, text) => {
        run.reached(type, run.forged(type, replacing("encryptedSettings", run.sealed(text))));
      }),
    );
    const run = stationAndRegistrar;
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 }), (values) => {
        const settings = run.sealed(concat(...values.map((value) => tlv(ATTR.credential.id, value))));
        run.reached("M8", run.forged("M8", replacing("encryptedSettings", settings)));
      }),
    );
  });
});
