/** Strict mode in the machines: what is forgiven else is refused, and 1.0 peers are let be. Real runs: test/*replay.test.ts. */
import { describe, expect, test } from "vitest";
import { apSettings } from "../../../test/access-point-pair.ts";
import { credentials, devices, play, tlv } from "../../../test/engine-pair.ts";
import { must } from "../../../test/vectors.ts";
import {
  accessPointRun,
  ascii,
  attributes,
  type Change,
  edited,
  type Run,
  replacing,
  runPlayed,
  without,
} from "../../../test/wsc/forge.ts";
import { ATTR, type AttributeName } from "../attributes.ts";
import { concat, fromHex } from "../bytes.ts";
import { readTlvs } from "../codec.ts";
import { encodeCredential } from "../credential.ts";
import type { MessageType } from "../messages.ts";
import { pushButtonPassword } from "../pin.ts";
import { QUIRKS, type QuirkId } from "../quirks.ts";
import { Secret } from "../secret.ts";
import type { WscMessage } from "./session.ts";

const [credential] = credentials;
if (credential === undefined) throw new Error("no credential");
const passwords = { enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword };
const tolerant = runPlayed(play(passwords));
const strict = runPlayed(play({ ...passwords, strict: true }));

/** M1 is not signed: it is changed as it is. */
const m1 = (change: Change): WscMessage => ({ opCode: "WSC_MSG", bytes: edited(tolerant.message("M1").bytes, change) });
const padded = (zeros: number): WscMessage => ({
  opCode: "WSC_MSG",
  bytes: concat(tolerant.message("M1").bytes, new Uint8Array(zeros)),
});
/** M8 with this value of a Credential. */
const granting = (value: Uint8Array) => (run: Run) =>
  run.forged("M8", replacing("encryptedSettings", run.sealed(tlv(ATTR.credential.id, value))));
const credentialWith = (change: Partial<typeof credential>) =>
  granting(encodeCredential({ ...credential, ...change }).reveal());
const open = { authenticationType: 1, encryptionType: 1, networkKey: new Secret("") };

type Refused = { [Q in QuirkId]: (typeof QUIRKS)[Q]["strict"] extends "refused" ? Q : never }[QuirkId];

/** Each quirk that strict mode refuses: the message it comes in, and what becomes of it. */
const refusals: Record<Refused, readonly [MessageType, (run: Run) => WscMessage, string]> = {
  "zero-padding": ["M1", () => padded(7), "abort: violation"],
  "stray-byte-after-key": ["M8", granting(withStrayByte()), "NACK 0: violation"],
  "terminated-text": ["M1", () => m1(replacing("deviceName", ascii("Lamp\0"))), "abort: violation"],
  "short-public-key": ["M1", () => m1(replacing("publicKey", new Uint8Array(191).fill(3))), "abort: violation"],
  "padded-ssid": ["M8", credentialWith({ ssid: ascii("VectorNet\0\0") }), "NACK 0: violation"],
  "terminated-key": ["M8", credentialWith({ networkKey: new Secret("with a NUL behind\0") }), "NACK 0: violation"],
  "missing-key": [
    "M8",
    granting(edited(encodeCredential({ ...credential, ...open }).reveal(), without("networkKey"))),
    "NACK 0: violation",
  ],
  "foreign-credential-address": [
    "M8",
    credentialWith({ macAddress: devices.registrar.macAddress }),
    "NACK 0: violation",
  ],
  "button-answered-by-pin-id": [
    "M2",
    (run) => run.forged("M2", replacing("devicePasswordId", Uint8Array.of(0, 0))),
    "NACK 0: otherPassword",
  ],
  "swapped-type-flags": ["M1", () => m1(replacing("authenticationTypeFlags", fromHex("2200"))), "abort: violation"],
  "forgotten-wpa2-psk": ["M1", () => m1(replacing("authenticationTypeFlags", fromHex("001b"))), "abort: violation"],
};

function withStrayByte(): Uint8Array {
  if (credential === undefined) throw new Error("no credential");
  return concat(
    ...must(readTlvs(encodeCredential(credential).reveal())).map(({ id, value }) =>
      concat(tlv(id, value), id === ATTR.networkKey.id ? Uint8Array.of(0) : new Uint8Array()),
    ),
  );
}

describe.each(Object.entries(refusals))("quirk %s, in %s", (_, [type, make, reaction]) => {
  test("is forgiven", () => expect(tolerant.given(type, make(tolerant))).toMatch(/^goes on/));
  test(`is refused in strict mode: ${reaction}`, () => expect(strict.given(type, make(strict))).toBe(reaction));
});

test("every other quirk stays as it is", () => {
  const stays = Object.entries(QUIRKS).filter(([, { strict: mode }]) => mode === "stays");
  expect(stays.map(([id]) => id)).toEqual([
    "empty-text",
    "mixed-mode-twice",
    "apple-passphrase",
    "single-mode-in-m7",
    "button-in-m1",
    "capabilities-from-m1",
    "probes-after-success",
    "wrong-eapol-length",
  ]);
});

test("two ends of ours that are both strict are content with each other", () => {
  expect(play({ ...passwords, strict: true })).toMatchObject({
    enrollee: { name: "paired" },
    registrar: { name: "enrolled" },
  });
  expect(accessPointRun({ strict: true }).message("WSC_ACK").type).toBe("WSC_ACK");
});

describe("who says nothing of Version2 is a 1.0 peer, and is not held to the rules of 2.0", () => {
  test.each<[string, Change]>([
    ["a short key", replacing("publicKey", new Uint8Array(191).fill(3))],
    ["no WPA2-PSK", replacing("authenticationTypeFlags", fromHex("001b"))],
    ["a MAC Address of a group", replacing("macAddress", fromHex("ffffffffffff"))],
  ])("in an M1 with %s", (_, change) => {
    const both: Change = (id) => (id === ATTR.wfaExtension.id ? null : change(id));
    expect(strict.given("M1", m1(change))).toBe("abort: violation");
    expect(strict.given("M1", m1(both))).toBe("goes on to deciding");
  });

  test("in an M2 that names the PIN where the button was announced", () => {
    const pinNamed: Change = (id) => {
      if (id === ATTR.wfaExtension.id) return null;
      return replacing("devicePasswordId", Uint8Array.of(0, 0))(id);
    };
    expect(strict.given("M2", strict.forged("M2", pinNamed))).toBe("goes on to awaitM4");
  });
});

describe("an access point and its Registrar", () => {
  const run = accessPointRun({ strict: true });
  const lax = accessPointRun();
  const settings = (change: { readonly [N in AttributeName]?: Uint8Array }) => {
    const { ssid, networkKey } = apSettings;
    const macAddress = fromHex("020000000000");
    const types = { authenticationType: fromHex("0020"), encryptionType: fromHex("0008") };
    return attributes({ ssid, ...types, networkKey: networkKey.reveal(), macAddress, ...change });
  };
  const told = (to: Run, change: Parameters<typeof settings>[0]) =>
    to.given("M8", to.forged("M8", replacing("encryptedSettings", to.sealed(settings(change)))));

  test("may give settings for that very access point only", () => {
    expect(told(run, {})).toBe("goes on to deciding");
    expect(told(lax, { macAddress: fromHex("020000000100") })).toBe("goes on to deciding");
    expect(told(run, { macAddress: fromHex("020000000100") })).toBe("NACK 0: violation");
  });

  test("may not pad a name", () => {
    expect(told(lax, { ssid: ascii("Home\0") })).toBe("goes on to deciding");
    expect(told(run, { ssid: ascii("Home\0") })).toBe("NACK 0: violation");
  });

  test("may not pad M1", () => {
    const padding = { opCode: "WSC_MSG", bytes: concat(run.message("M1").bytes, new Uint8Array(4)) } as const;
    expect(lax.given("M1", padding)).toBe("goes on to awaitM3");
    expect(run.given("M1", padding)).toBe("abort: violation");
  });
});
