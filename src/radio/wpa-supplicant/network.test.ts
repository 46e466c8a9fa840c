import { pbkdf2Sync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../../wsc/secret.ts";
import { hotspotSettings, stationSettings } from "./network.ts";

const ssid = new TextEncoder().encode('a"b');
const network = { ssid, key: new Secret("passphrase"), wpa1: false, sae: false };
const settings = (changes: Partial<typeof network> | { key: null }) =>
  Object.fromEntries(stationSettings({ ...network, ...changes }));

describe("a network in wpa_supplicant's words", () => {
  test("has its name in hex and its passphrase in quotes", () => {
    expect(settings({})).toMatchObject({ ssid: "612262", key_mgmt: "WPA-PSK", proto: "RSN", psk: '"passphrase"' });
    expect(settings({})).not.toHaveProperty("ieee80211w");
  });

  test("leaves quotes and backslashes of a passphrase as they are", () => {
    expect(settings({ key: new Secret('a"b\\c "d"') })["psk"]).toBe('"a"b\\c "d""');
  });

  test("has 64 hex digits as the PSK itself, with which WPA3 is impossible", () => {
    const psk = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
    expect(settings({ key: new Secret(psk), sae: true })).toMatchObject({ psk, key_mgmt: "WPA-PSK" });
  });

  test("speaks WPA3 beside WPA2, with protected management frames where the other end has them", () => {
    expect(settings({ sae: true })).toMatchObject({ key_mgmt: "WPA-PSK WPA-PSK-SHA256 SAE", ieee80211w: "1" });
  });

  test("speaks the first WPA where it has to", () => {
    expect(settings({ wpa1: true })).toMatchObject({ proto: "RSN WPA", pairwise: "CCMP TKIP" });
  });

  test("has no key when it is open", () => {
    expect(settings({ key: null })).toEqual({ ssid: "612262", scan_ssid: "1", key_mgmt: "NONE" });
  });

  test("has a passphrase that is no text as the PSK made of it, with which WPA3 is impossible", () => {
    // Latin-1 for a passphrase that ends in a u-umlaut.
    const key = new Secret(Uint8Array.of(...new TextEncoder().encode("passwor"), 0xfc));
    const { psk, key_mgmt } = settings({ key, sae: true });
    expect(psk).toBe(pbkdf2Sync(key.reveal(), ssid, 4096, 32, "sha1").toString("hex"));
    expect(key_mgmt).toBe("WPA-PSK");
  });

  test("has any bytes as its name, also NULs and none of UTF-8", () => {
    expect(Object.fromEntries(stationSettings({ ...network, ssid: Uint8Array.of(0, 0xff, 0x0a) }))["ssid"]).toBe(
      "00ff0a",
    );
  });

  test("never carries a line break into a command", () => {
    expect(() => settings({ key: new Secret("passphrase\nSAVE_CONFIG") })).toThrow(RangeError);
    expect(() => settings({ key: new Secret("short") })).toThrow("key: expected 8..63 bytes, got 5");
    expect(() => settings({ ssid: new Uint8Array() })).toThrow("ssid: expected 1..32 bytes, got 0");
  });
});

test("a hotspot is an access point with WPA2 and CCMP, and its own WPS off", () => {
  expect(Object.fromEntries(hotspotSettings({ ssid, key: new Secret("passphrase") }))).toMatchObject({
    mode: "2",
    proto: "RSN",
    pairwise: "CCMP",
    wps_disabled: "1",
  });
  expect(Object.fromEntries(hotspotSettings({ ssid, key: null }))).toMatchObject({ mode: "2", key_mgmt: "NONE" });
});
