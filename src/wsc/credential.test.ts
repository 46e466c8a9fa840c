import { describe, expect, test } from "vitest";
import { tlv } from "../../test/engine-pair.ts";
import { must } from "../../test/vectors.ts";
import { type MacAddress, parseMacAddress } from "./address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "./attributes.ts";
import { concat, fromHex, toHex } from "./bytes.ts";
import { type Credential, decodeCredential, encodeCredential, usableCredentials } from "./credential.ts";
import { Secret } from "./secret.ts";

const { open, wpaPsk, shared, wpa2Eap, wpa2Psk } = AUTHENTICATION_TYPE;
const { none, wep, tkip, aes } = ENCRYPTION_TYPE;
const ascii = (text: string) => new TextEncoder().encode(text);

const sample: Credential = {
  ssid: ascii("test"),
  authenticationType: wpa2Psk,
  encryptionType: aes,
  networkKey: new Secret("12345678"),
  macAddress: parseMacAddress("02:00:00:00:00:00") as MacAddress,
};
const sampleBytes =
  "1026000101" +
  "1045000474657374" +
  "100300020020" +
  "100f00020008" +
  "102700083132333435363738" +
  "10200006020000000000";

test("a Credential goes out as the fact sheet has it", () => {
  expect(toHex(encodeCredential(sample).reveal())).toBe(sampleBytes);
});

test("and comes back", () => {
  const { networkKey, ...rest } = must(decodeCredential(new Secret(fromHex(sampleBytes))));
  expect(rest).toEqual({ ...sample, networkKey: undefined });
  expect(networkKey.revealText()).toBe("12345678");
});

/** A Credential value of attributes that can be changed one by one; null leaves one out. */
function value(change: { [id: number]: string | null }): Secret {
  const attributes: { [id: number]: string } = {
    4134: "01",
    4165: "74657374",
    4099: "0020",
    4111: "0008",
    4135: "3132333435363738",
    4128: "020000000000",
  };
  const order = [0x1026, 0x1045, 0x1003, 0x100f, 0x1028, 0x1027, 0x1020, 0x1049];
  return new Secret(
    concat(
      ...order.flatMap((id) => {
        const hex = id in change ? change[id] : attributes[id];
        return hex === null || hex === undefined ? [] : [tlv(id, hex)];
      }),
    ),
  );
}

describe("a Credential", () => {
  test.each([
    ["Network Index", 0x1026, "networkIndex"],
    ["SSID", 0x1045, "ssid"],
    ["Authentication Type", 0x1003, "authenticationType"],
    ["Encryption Type", 0x100f, "encryptionType"],
    ["Network Key", 0x1027, "networkKey"],
    ["MAC Address", 0x1020, "macAddress"],
  ])("without %s is malformed", (_, id, attribute) => {
    expect(decodeCredential(value({ [id]: null }))).toEqual({
      ok: false,
      error: { kind: "malformed", fault: { kind: "missing", attribute } },
    });
  });

  test("of an open network may do without a key", () => {
    const { networkKey } = must(decodeCredential(value({ 4099: "0001", 4111: "0001", 4135: null })));
    expect(networkKey.length).toBe(0);
  });

  test("loses the NULs behind its SSID, but none within", () => {
    const { ssid } = must(decodeCredential(value({ 4165: `61006200${"00".repeat(28)}` })));
    expect(toHex(ssid)).toBe("610062");
  });

  test("loses the NUL behind its passphrase", () => {
    const { networkKey } = must(decodeCredential(value({ 4135: "313233343536373800" })));
    expect(networkKey.revealText()).toBe("12345678");
  });

  test("keeps a NUL that is one of 8 bytes, and is refused for it", () => {
    expect(usableCredentials([value({ 4135: "3132333435363700" })])).toEqual({ ok: false, error: { kind: "badKey" } });
  });

  test("may carry what WEP or 2.0 adds", () => {
    expect(decodeCredential(value({ 4136: "01", 4169: "00372a020101" })).ok).toBe(true);
  });
});

describe("a station", () => {
  const verdict = (change: Partial<Credential>) => {
    const choice = usableCredentials([encodeCredential({ ...sample, ...change })]);
    if (!choice.ok) return choice.error.kind;
    return choice.value.skipped[0]?.reason ?? "usable";
  };

  test.each<[string, Partial<Credential>, string]>([
    ["WPA2-PSK", {}, "usable"],
    ["WPA-PSK with TKIP", { authenticationType: wpaPsk, encryptionType: tkip }, "usable"],
    ["both of both", { authenticationType: wpaPsk | wpa2Psk, encryptionType: tkip | aes }, "usable"],
    ["an open network", { authenticationType: open, encryptionType: none, networkKey: new Secret("") }, "usable"],
    ["a key of 63 characters", { networkKey: new Secret("x".repeat(63)) }, "usable"],
    ["a key of 64 hex digits", { networkKey: new Secret("0123456789abcdefABCDEF".padEnd(64, "0")) }, "usable"],
    ["a key with an umlaut", { networkKey: new Secret("schlüssel") }, "usable"],
    ["a key of 64 other characters", { networkKey: new Secret("x".repeat(64)) }, "badKey"],
    ["a key of 7 characters", { networkKey: new Secret("1234567") }, "badKey"],
    ["an empty key", { networkKey: new Secret("") }, "badKey"],
    ["a key with a line break", { networkKey: new Secret("12345\n678") }, "badKey"],
    ["WEP, open", { authenticationType: open, encryptionType: wep, networkKey: new Secret("12345") }, "wep"],
    ["WEP, shared", { authenticationType: shared, encryptionType: wep, networkKey: new Secret("12345") }, "wep"],
    ["shared keys", { authenticationType: shared, encryptionType: aes }, "authenticationType"],
    ["enterprise", { authenticationType: wpa2Eap }, "authenticationType"],
    ["enterprise beside PSK", { authenticationType: wpa2Eap | wpa2Psk }, "authenticationType"],
    ["an encryption nobody knows", { encryptionType: 0x40 }, "badEncryptionType"],
    ["no SSID", { ssid: new Uint8Array() }, "noSsid"],
  ])("given %s: $2", (_, change, expected) => expect(verdict(change)).toBe(expected));

  test("takes what it can use, in order, and says why not the rest", () => {
    const named = (ssid: string, change: Partial<Credential> = {}) =>
      encodeCredential({ ...sample, ...change, ssid: ascii(ssid) });
    const choice = must(
      usableCredentials([
        named("a"),
        named("b", { encryptionType: wep }),
        named("c"),
        named("d", { authenticationType: wpa2Eap }),
      ]),
    );
    const names = (list: readonly Credential[]) => list.map(({ ssid }) => new TextDecoder().decode(ssid)).join();
    expect(names(choice.usable)).toBe("a,c");
    expect(choice.skipped.map(({ credential, reason }) => [names([credential]), reason])).toEqual([
      ["b", "wep"],
      ["d", "authenticationType"],
    ]);
  });

  test("refuses all when one of them is unreadable", () => {
    expect(usableCredentials([encodeCredential(sample), new Secret(Uint8Array.of(1))])).toMatchObject({ ok: false });
  });
});
