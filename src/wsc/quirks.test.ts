/** Each quirk by its name: that we put up with it. The type sees to it that none is left out. */
import { describe, expect, test } from "vitest";
import { devices as apDevices, apPin, apSettings, playAccessPoint } from "../../test/access-point-pair.ts";
import { credentials, devices, play, seededRandom, tlv } from "../../test/engine-pair.ts";
import { must } from "../../test/vectors.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD } from "./attributes.ts";
import { concat, fromHex, toHex } from "./bytes.ts";
import { agreedMode, prefersPsk, pskFrom } from "./choice.ts";
import { parse, write } from "./codec.ts";
import { decodeCredential, encodeCredential, mergedCredentials } from "./credential.ts";
import { buildPacket, parsePacket } from "./eap/packet.ts";
import { decode, M1 } from "./messages.ts";
import { pushButtonPassword } from "./pin.ts";
import { NO_BUTTON_PRESSED, stepPushButton } from "./policy/push-button.ts";
import { QUIRKS, type QuirkId } from "./quirks.ts";
import { Secret } from "./secret.ts";
import { openAccessPoint } from "./session/access-point-enrollee.ts";
import { drawEnrollee } from "./session/enrollee.ts";

const [credential] = credentials;
if (credential === undefined) throw new Error("no credential");
const open = { ...credential, authenticationType: 1, encryptionType: 1, networkKey: new Secret("") };
const run = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
const m1 = run.deliveries[0]?.message.bytes ?? new Uint8Array();
const enrollee = run.registrarEvents[0]?.enrollee;
if (enrollee === undefined) throw new Error("nobody asked");
const all = { authenticationTypes: 0x23, encryptionTypes: 0x0d };

const proofs: Record<QuirkId, () => void> = {
  "zero-padding": () => expect(parse(concat(m1, new Uint8Array(7)))).toEqual(parse(m1)),
  "stray-byte-after-key": () => {
    const bytes = concat(tlv(0x1027, "3132"), Uint8Array.of(0), tlv(0x1026, "01"));
    expect(must(parse(bytes)).networkIndex).toEqual([1]);
  },
  "empty-text": () => {
    const written = write(["serialNumber"], { serialNumber: "" });
    expect(toHex(written)).toBe("1042000120");
    expect(must(parse(written)).serialNumber).toEqual([""]);
  },
  "terminated-text": () => {
    expect(must(parse(tlv(0x1042, "313233000000"))).serialNumber).toEqual(["123"]);
  },
  "short-public-key": () => {
    for (const length of [190, 191])
      expect(must(parse(tlv(0x1032, new Uint8Array(length).fill(1)))).publicKey?.[0].length).toBe(length);
    expect(must(parse(tlv(0x1032, new Uint8Array(189)))).publicKey).toBeUndefined();
  },
  "padded-ssid": () => {
    const padded = new Uint8Array(32);
    padded.set(credential.ssid);
    expect(must(decodeCredential(encodeCredential({ ...credential, ssid: padded }))).ssid).toEqual(credential.ssid);
  },
  "terminated-key": () => {
    const networkKey = new Secret("with a NUL behind\0");
    const read = must(decodeCredential(encodeCredential({ ...credential, networkKey })));
    expect(read.networkKey.revealText()).toBe("with a NUL behind");
  },
  "missing-key": () => {
    const written = encodeCredential(open).reveal();
    const without = new Secret(fromHex(toHex(written).replace("10270000", "")));
    expect(without.length).toBe(written.length - 4);
    expect(must(decodeCredential(without))).toEqual(open);
  },
  "foreign-credential-address": () => {
    const foreign = { ...credential, macAddress: devices.registrar.macAddress };
    const { enrollee: state } = play({
      enrolleePassword: pushButtonPassword,
      registrarPassword: pushButtonPassword,
      granted: [foreign],
    });
    expect(state).toMatchObject({ name: "paired", credentials: [foreign] });
  },
  "mixed-mode-twice": () => {
    const wpa = { ...credential, authenticationType: 0x02, encryptionType: 0x04 };
    expect(mergedCredentials([wpa, credential])).toEqual([{ ...wpa, authenticationType: 0x22, encryptionType: 0x0c }]);
  },
  "button-answered-by-pin-id": () => {
    const registrarPassword = { id: 0, secret: new Secret("00000000") };
    expect(play({ enrolleePassword: pushButtonPassword, registrarPassword }).enrollee.name).toBe("paired");
  },
  "swapped-type-flags": () => {
    const swapped = { ...enrollee, authenticationTypes: 0x2200, encryptionTypes: 0x0c00 };
    expect(agreedMode(all, swapped)).toEqual({ authenticationType: 0x20, encryptionType: 0x08 });
  },
  "forgotten-wpa2-psk": () => {
    const forgetful = { ...enrollee, authenticationTypes: 0x1b };
    expect(agreedMode(all, forgetful)?.authenticationType).toBe(AUTHENTICATION_TYPE.wpa2Psk);
  },
  "apple-passphrase": () => {
    const shows = { ...enrollee, configMethods: CONFIG_METHOD.virtualDisplay };
    expect(prefersPsk(shows)).toBe(false);
    expect(prefersPsk({ ...shows, manufacturer: "Apple Inc.", modelName: "AirPort" })).toBe(true);
    expect(prefersPsk({ ...shows, manufacturer: "Apple Inc.", modelName: "Newton" })).toBe(false);
  },
  "single-mode-in-m7": () => {
    const settings = { ...apSettings, authenticationType: 0x22, encryptionType: 0x0c };
    expect(playAccessPoint({ task: { type: "learn" }, settings }).registrar).toMatchObject({
      settings: { authenticationType: 0x20, encryptionType: 0x08 },
    });
  },
  "button-in-m1": () => {
    const device = { ...apDevices.accessPoint, configMethods: 0x238c };
    const access = { type: "readAndWrite", passwords: [apPin] } as const;
    const config = { device, wscState: 2, access, settings: apSettings };
    const methods = (buttonInM1: boolean) =>
      must(
        decode(
          M1,
          openAccessPoint({ ...config, buttonInM1 }, drawEnrollee(seededRandom(1))).send?.bytes ?? new Uint8Array(),
        ),
      ).configMethods;
    expect(methods(true)).toBe(0x238c);
    expect(methods(false)).toBe(0x210c);
  },
  "capabilities-from-m1": () => {
    const played = playAccessPoint({ task: { type: "learn" }, access: { type: "none" } });
    expect(played.registrarEvents).toMatchObject([
      { type: "accessPointMet", accessPoint: { deviceName: "Vector AP" } },
    ]);
  },
  "probes-after-success": () => {
    const seen = { type: "seen", uuid: "a" } as const;
    const { state } = stepPushButton(NO_BUTTON_PRESSED, { type: "ended", uuid: "a", outcome: "enrolled" }, 0);
    expect(stepPushButton(state, seen, 4_999).state.seen.size).toBe(0);
    expect(stepPushButton(state, seen, 5_000).state.seen.size).toBe(1);
  },
  "wrong-eapol-length": () => {
    const packet = buildPacket({ type: "identity", code: "response", identifier: 1, identity: Uint8Array.of(65) });
    expect(parsePacket(concat(packet, new Uint8Array(9)))).toEqual(parsePacket(packet));
  },
};

describe.each(Object.entries(QUIRKS))("%s", (id, { does }) => {
  test(does, () => proofs[id as QuirkId]());
});

describe("the mode that an Enrollee is given", () => {
  test.each([
    ["the strongest of both", 0x23, 0x0d, { authenticationType: 0x20, encryptionType: 0x08 }],
    ["WPA with TKIP where that is all it knows", 0x03, 0x05, { authenticationType: 0x02, encryptionType: 0x04 }],
    ["open where that is all it knows", 0x01, 0x01, { authenticationType: 0x01, encryptionType: 0x01 }],
  ])("is %s", (_, authenticationTypes, encryptionTypes, expected) => {
    const own = { authenticationTypes: 0x23, encryptionTypes: 0x0d };
    expect(agreedMode(own, { ...enrollee, authenticationTypes, encryptionTypes })).toEqual(expected);
  });

  test("is none when our network has none that is spoken here", () => {
    expect(agreedMode({ authenticationTypes: 0x10, encryptionTypes: 0x08 }, enrollee)).toBeNull();
  });
});

test("a PSK comes from its passphrase as in IEEE 802.11, J.4.2", () => {
  expect(pskFrom(new Secret("password"), new TextEncoder().encode("IEEE")).revealText()).toBe(
    "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e",
  );
});
