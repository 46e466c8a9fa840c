import { describe, expect, test } from "vitest";
import type { AuthMode, Bss } from "../radio/station-radio.ts";
import { parseMacAddress } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import type { Credential } from "../wsc/credential.ts";
import { Secret } from "../wsc/secret.ts";
import { chooseNetwork, networkNamed } from "./network.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const macAddress =
  parseMacAddress("02:00:00:00:00:01") ??
  (() => {
    throw new Error("address");
  })();

const credential = (changes: Partial<Credential> = {}): Credential => ({
  ssid: bytes("home"),
  authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
  encryptionType: ENCRYPTION_TYPE.aes,
  networkKey: new Secret("correct horse"),
  macAddress,
  ...changes,
});
const bss = (ssid: string, authMode: AuthMode): Bss => ({
  bssid: macAddress,
  ssid: bytes(ssid),
  frequency: 2412,
  ht: "20",
  rssi: -50,
  authMode,
  pairwiseCipher: "CCMP",
  groupCipher: "CCMP",
  phy: "bgn",
  country: null,
  wps: null,
});

describe("the network of a credential", () => {
  test("is WPA2 as the credential says", () => {
    expect(chooseNetwork([credential()], [])).toMatchObject({ ssid: bytes("home"), wpa1: false, sae: false });
  });

  test("may use WPA3 where the scan shows it, but not with a PSK of 64 digits", () => {
    const seen = [bss("other", "WPA2"), bss("home", "WPA2-WPA3")];
    expect(chooseNetwork([credential()], seen)).toMatchObject({ sae: true });
    expect(chooseNetwork([credential({ networkKey: new Secret("0".repeat(64)) })], seen)).toMatchObject({ sae: false });
    expect(chooseNetwork([credential()], [bss("other", "WPA2-WPA3")])).toMatchObject({ sae: false });
  });

  test("may use WPA (version 1) when the credential knows nothing better and the scan shows nothing better", () => {
    const old = credential({ authenticationType: AUTHENTICATION_TYPE.wpaPsk, encryptionType: ENCRYPTION_TYPE.tkip });
    expect(chooseNetwork([old], [])).toMatchObject({ wpa1: true });
    expect(chooseNetwork([old], [bss("home", "WPA-WPA2")])).toMatchObject({ wpa1: true });
    expect(chooseNetwork([old], [bss("home", "WPA2")])).toMatchObject({ wpa1: false });
    const mixed = AUTHENTICATION_TYPE.wpaPsk | AUTHENTICATION_TYPE.wpa2Psk;
    expect(chooseNetwork([credential({ authenticationType: mixed })], [])).toMatchObject({ wpa1: false });
  });

  test("has no key when it is open", () => {
    const open = { authenticationType: AUTHENTICATION_TYPE.open, encryptionType: ENCRYPTION_TYPE.none };
    expect(chooseNetwork([credential({ ...open, networkKey: new Secret("") })], [])).toMatchObject({ key: null });
  });

  test("of several is the first in sight, or the first; of none there is none", () => {
    const both = [credential({ ssid: bytes("5 GHz") }), credential()];
    expect(chooseNetwork(both, [bss("home", "WPA2")])?.ssid).toEqual(bytes("home"));
    expect(chooseNetwork(both, [])?.ssid).toEqual(bytes("5 GHz"));
    expect(chooseNetwork([], [])).toBeNull();
  });
});

describe("the network that a person names", () => {
  const key = new Secret("correct horse");
  const named = (seen: readonly Bss[], secret: Secret | null = key) => networkNamed(bytes("home"), secret, seen);

  test("is taken for WPA2 or WPA3 when it is not in sight, and for WPA2 alone with a key of 64 digits", () => {
    expect(named([bss("other", "WPA")])).toMatchObject({ wpa1: false, sae: true });
    expect(named([], new Secret("ab".repeat(32)))).toMatchObject({ wpa1: false, sae: false });
  });

  test.each([
    ["WPA", true, false],
    ["WPA-WPA2", true, false],
    ["WPA2", false, false],
    ["WPA2-WPA3", false, true],
    ["WPA3", false, true],
  ] as const)("that is in sight with %s is joined accordingly", (mode, wpa1, sae) => {
    expect(named([bss("home", mode)])).toMatchObject({ key, wpa1, sae });
  });

  test("without a key is open, whatever is in sight", () => {
    expect(named([bss("home", "WPA2-WPA3")], null)).toMatchObject({ key: null, wpa1: false, sae: false });
  });
});
