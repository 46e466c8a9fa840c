/** Tokens and handovers: as hostap wrote them, and as our machines use them. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credentials, devices, play, seededRandom } from "../../test/engine-pair.ts";
import { loadVector, messageOf, must, replayOf, type VectorMessage } from "../../test/vectors.ts";
import { macAddressFrom } from "./address.ts";
import { concat, fromHex, toHex } from "./bytes.ts";
import { publicKeyOf } from "./crypto.ts";
import { publicKeyHash } from "./keys.ts";
import { decode, M1 } from "./messages.ts";
import {
  composeConfigurationToken,
  composeHandoverRequest,
  composeHandoverSelect,
  composePasswordToken,
  drawPasswordToken,
  frequencyOf,
  handoverPassword,
  ownTokenPassword,
  readConfigurationToken,
  readHandoverRequest,
  readHandoverSelect,
  readPasswordToken,
  readTokenPassword,
  toNdef,
} from "./nfc.ts";
import { parsePin, pinPassword } from "./pin.ts";
import { Secret } from "./secret.ts";
import { drawEnrollee, openEnrollee } from "./session/enrollee.ts";
import { composeM3 } from "./session/enrollee-messages.ts";
import { drawRegistrar, openRegistrar, type RegistrarState, stepRegistrar } from "./session/registrar.ts";
import type { WscMessage } from "./session/session.ts";

const recorded = (name: string) =>
  fromHex(readFileSync(new URL(`../../test/vectors/nfc.${name}.hex`, import.meta.url), "utf8").trim());

describe("a password token of wpa_supplicant", () => {
  test.each([
    ["bare", "sta_token_wps", (bytes: Uint8Array) => bytes],
    ["with its NDEF record", "sta_token_ndef", toNdef],
  ])("%s survives reading and writing", (_, name, wrapped) => {
    const token = must(readPasswordToken(recorded(name)));
    expect(token.password.length).toBe(32);
    expect(toHex(wrapped(composePasswordToken(token)))).toBe(toHex(recorded(name)));
  });

  test("is a device password in upper-case hex, under its id", () => {
    const token = must(readPasswordToken(recorded("sta_token_wps")));
    expect(ownTokenPassword(token).id).toBe(0x35b4);
    expect(ownTokenPassword(token).secret.revealText()).toMatch(/^5A6A7A7E7307B0A4[0-9A-F]{48}$/);
    expect(readTokenPassword(token).peerKeyHash).toEqual(fromHex("7b176cb9f896e8addd517e7180f380eeaf13db39"));
  });
});

describe("a configuration token of hostapd", () => {
  test.each(["config_wps", "config_ndef"])("%s is the network and where it is", (name) => {
    const { usable, where } = must(readConfigurationToken(recorded(name)));
    expect(usable.map(({ ssid }) => new TextDecoder().decode(ssid))).toEqual(["VectorNet"]);
    expect(usable[0]?.networkKey.revealText()).toBe("vector passphrase one");
    expect(where).toEqual({ rfBands: 1, apChannel: 1, macAddress: "02:00:00:00:00:00" });
    expect(frequencyOf(where)).toBe(2412);
  });

  test("survives reading and writing", () => {
    const { usable, where } = must(readConfigurationToken(recorded("config_ndef")));
    const written = composeConfigurationToken(usable, where);
    expect(toHex(written)).toBe(toHex(recorded("config_wps")));
    expect(toHex(toNdef(written))).toBe(toHex(recorded("config_ndef")));
  });
});

describe("a drawn token", () => {
  const { token, privateKey } = drawPasswordToken(seededRandom(9));

  test("tells the hash of the key that belongs to it", () => {
    expect(token.publicKeyHash).toEqual(publicKeyHash(publicKeyOf(privateKey)));
    expect(token.devicePasswordId).toBeGreaterThanOrEqual(0x10);
    expect(must(readPasswordToken(toNdef(composePasswordToken(token))))).toEqual(token);
  });

  test("lets its device in at a Registrar that has read it", () => {
    const { enrollee, registrar } = play({
      enrolleePassword: ownTokenPassword(token),
      registrarPassword: readTokenPassword(token),
      enrolleeDraws: { ...drawEnrollee(seededRandom(1)), privateKey },
    });
    expect(enrollee.name).toBe("paired");
    expect(registrar.name).toBe("enrolled");
  });

  test("does not let in another device that shows its id: M2D 20", () => {
    const { registrar, deliveries } = play({
      enrolleePassword: ownTokenPassword(token),
      registrarPassword: readTokenPassword(token),
    });
    expect(deliveries.map(({ message }) => message.type)).toEqual(["M1", "M2D", "WSC_ACK"]);
    expect(registrar).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 20 } });
  });

  test("gives way to the PIN of its device where the Registrar knows only that", () => {
    const pin = pinPassword(must(parsePin("12345670")));
    const opened = openEnrollee(
      { device: devices.enrollee, password: ownTokenPassword(token), otherPasswords: [pin] },
      drawEnrollee(seededRandom(1)),
    );
    expect(must(decode(M1, opened.send?.bytes ?? new Uint8Array())).devicePasswordId).toBe(token.devicePasswordId);
    const { enrollee } = play({
      enrolleePassword: ownTokenPassword(token),
      otherPasswords: [pin],
      registrarPassword: pin,
    });
    expect(enrollee.name).toBe("paired");
  });
});

describe("the recorded run with a token", () => {
  // Its token was not kept, only what its password came to under the keys of the run.
  const vector = loadVector("nfc");
  const { enrollee, registrar } = replayOf(vector);
  const psk1 = new Secret(fromHex(vector.apKeys["PSK1"] ?? ""));
  const psk2 = new Secret(fromHex(vector.apKeys["PSK2"] ?? ""));
  const fromStation = vector.messages.filter(({ from }) => from === vector.stationMac);
  const shown = (messages: readonly WscMessage[]) => messages.map(({ bytes }) => toHex(bytes));
  const bytesOf = (type: VectorMessage["type"]) => messageOf(vector, type)?.bytes ?? new Uint8Array();
  const m1 = must(decode(M1, bytesOf("M1")));

  test("our Registrar says what hostapd said", () => {
    const password = {
      id: m1.devicePasswordId,
      secret: new Secret(""),
      peerKeyHash: publicKeyHash(m1.publicKey),
    };
    let state: RegistrarState = openRegistrar(registrar, registrar.draws);
    const said: WscMessage[] = [];
    for (const message of fromStation) {
      let step = stepRegistrar(state, { type: "message", message });
      if (step.state.name === "deciding")
        step = stepRegistrar(step.state, { type: "admit", password, credentials: registrar.credentials });
      state = step.state;
      if (state.name === "awaitM3") state = { ...state, exchange: { ...state.exchange, psk1, psk2 } };
      if (step.send !== null) said.push(step.send);
    }
    expect(state.name).toBe("enrolled");
    expect(shown(said)).toEqual(shown(vector.messages.filter(({ from }) => from === vector.apMac)));
  });

  test("our Enrollee says what wpa_supplicant said, as far as M3", () => {
    const password = { id: m1.devicePasswordId, secret: new Secret("") };
    const opened = openEnrollee({ device: enrollee.device, password }, enrollee.draws);
    expect(toHex(opened.send?.bytes ?? new Uint8Array())).toBe(toHex(bytesOf("M1")));
    let state: RegistrarState = openRegistrar(registrar, registrar.draws);
    state = stepRegistrar(state, { type: "message", message: { opCode: "WSC_MSG", bytes: bytesOf("M1") } }).state;
    const admitted = stepRegistrar(state, { type: "admit", password, credentials: registrar.credentials }).state;
    if (admitted.name !== "awaitM3") throw new Error(admitted.name);
    const exchange = { ...admitted.exchange, psk1, psk2 };
    expect(toHex(composeM3(enrollee.draws, exchange, bytesOf("M2")))).toBe(toHex(bytesOf("M3")));
  });
});

describe("a handover", () => {
  const stationDraws = drawEnrollee(seededRandom(31));
  const networkDraws = drawRegistrar(seededRandom(32));
  const stationHash = publicKeyHash(publicKeyOf(stationDraws.privateKey));
  const networkHash = publicKeyHash(publicKeyOf(networkDraws.privateKey));
  const where = { rfBands: 1, apChannel: 6, macAddress: macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 0)) };
  const ssid = new TextEncoder().encode("VectorNet");

  test("request and select survive writing and reading, with NDEF and without", () => {
    const request = { publicKeyHash: stationHash, uuid: devices.enrollee.uuid };
    const select = { publicKeyHash: networkHash, ssid, where };
    for (const wrapped of [toNdef, (bytes: Uint8Array) => bytes]) {
      expect(must(readHandoverRequest(wrapped(composeHandoverRequest(request))))).toEqual(request);
      expect(must(readHandoverSelect(wrapped(composeHandoverSelect(select))))).toEqual(select);
    }
    expect(frequencyOf(where)).toBe(2437);
  });

  test("leaves out what comes after its attributes", () => {
    const bytes = concat(composeHandoverRequest({ publicKeyHash: stationHash, uuid: null }), Uint8Array.of(1, 2, 3));
    expect(must(readHandoverRequest(toNdef(bytes)))).toEqual({ publicKeyHash: stationHash, uuid: null });
  });

  const hand = (options: Partial<Parameters<typeof play>[0]> = {}) =>
    play({
      enrolleePassword: handoverPassword(networkHash),
      registrarPassword: handoverPassword(stationHash),
      enrolleeDraws: stationDraws,
      registrarDraws: networkDraws,
      ...options,
    });

  test("takes three messages, because both sides know each other's key", () => {
    const { deliveries, enrollee, registrar, registrarEvents } = hand();
    expect(deliveries.map(({ message }) => message.type)).toEqual(["M1", "M2", "WSC_Done"]);
    expect(enrollee).toMatchObject({ name: "paired", credentials });
    expect(registrar.name).toBe("enrolled");
    expect(registrarEvents.map(({ type }) => type)).toEqual(["asked", "passwordProven"]);
  });

  test("hands nothing to a station whose key is another: M2D 20", () => {
    const { registrar } = hand({ enrolleeDraws: drawEnrollee(seededRandom(33)) });
    expect(registrar).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 20 } });
  });

  test("takes nothing from a network whose key is another: NACK 20", () => {
    const { enrollee, registrar } = hand({ registrarDraws: drawRegistrar(seededRandom(34)) });
    expect(enrollee).toEqual({ name: "failed", error: { kind: "publicKeyMismatch", message: "M2" } });
    expect(registrar).toEqual({ name: "failed", error: { kind: "refused", configError: 20, lastSent: "M2" } });
  });

  test("without the hash of the other's key is the caller's bug", () => {
    const none = { id: 7, secret: new Secret("") };
    expect(() => hand({ enrolleePassword: none })).toThrow("peerKeyHash: expected 20 bytes");
    expect(() => hand({ registrarPassword: none })).toThrow("peerKeyHash: expected 20 bytes");
  });

  test("does not end with M2 at a station that announced something else", () => {
    const { enrollee } = hand({ enrolleePassword: { id: 0, secret: new Secret("12345670") } });
    expect(enrollee).toEqual({ name: "failed", error: { kind: "otherPassword", devicePasswordId: 7 } });
  });
});

describe("bytes that are no token", () => {
  const token = recorded("sta_token_ndef");
  const fault = (bytes: Uint8Array) => {
    const read = readPasswordToken(bytes);
    return read.ok ? "read" : read.error.kind;
  };

  test.each([
    ["nothing", new Uint8Array(), "malformed"],
    ["half a record", token.subarray(0, 40), "noRecord"],
    ["a record of another type", Uint8Array.from(token, (byte, i) => (i === 10 ? byte ^ 1 : byte)), "noRecord"],
    ["a chunk", Uint8Array.from(token, (byte, i) => (i === 0 ? byte | 0x20 : byte)), "noRecord"],
    ["a handover", toNdef(composeHandoverRequest({ publicKeyHash: new Uint8Array(20), uuid: null })), "malformed"],
    ["the hash of a handover alone", concat(fromHex("102c0016"), new Uint8Array(20), fromHex("0007")), "badPassword"],
    [
      "a password of 15 bytes",
      concat(fromHex("102c0025"), new Uint8Array(20), fromHex("1234"), new Uint8Array(15)),
      "badPassword",
    ],
    ["a PIN's id", concat(fromHex("102c0036"), new Uint8Array(20), fromHex("0000"), new Uint8Array(32)), "badPassword"],
  ])("%s", (_, bytes, expected) => expect(fault(bytes)).toBe(expected));

  test("a record of ours is found behind another one, with an id and a long length", () => {
    const bare = recorded("sta_token_wps");
    const other = concat(Uint8Array.of(0x91, 1, 2, 0x55), Uint8Array.of(1, 2));
    const type = new TextEncoder().encode("application/vnd.wfa.wsc");
    const ours = concat(Uint8Array.of(0x4a, type.length, 0, 0, 0, bare.length, 1), type, Uint8Array.of(0x30), bare);
    expect(fault(concat(other, ours))).toBe("read");
  });

  test("never make a reader throw or hang", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, wrap) => {
        const whole = wrap ? toNdef(bytes) : bytes;
        for (const read of [readPasswordToken, readConfigurationToken, readHandoverRequest, readHandoverSelect])
          read(whole);
      }),
    );
  });
});

test.each([
  [{ apChannel: 13, rfBands: 1 }, 2472],
  [{ apChannel: 14 }, 2484],
  [{ apChannel: 36, rfBands: 2 }, 5180],
  [{ apChannel: 2, rfBands: 4 }, 60480],
  [{ apChannel: 36, rfBands: 1 }, null],
  [{ apChannel: 20 }, null],
  [{}, null],
])("channel %o is at %s MHz", (hint, frequency) => expect(frequencyOf(hint)).toBe(frequency));
