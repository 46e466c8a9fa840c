/** That nothing we send, and nothing that was recorded, violates the list; and that each of its demands bites. */
import { describe, expect, test } from "vitest";
import { playAccessPoint } from "../../test/access-point-pair.ts";
import { devices, play, tlv } from "../../test/engine-pair.ts";
import { loadVector, must, vectorNames } from "../../test/vectors.ts";
import { macAddressFrom } from "./address.ts";
import { concat } from "./bytes.ts";
import { parse } from "./codec.ts";
import { attributesIn, composeBeacon, composeProbeRequest, composeProbeResponse } from "./elements.ts";
import { pushButtonPassword } from "./pin.ts";
import { Secret } from "./secret.ts";
import { speaks2, violations, violationsInSettings } from "./strict.ts";

const found = (bytes: Uint8Array, frame: Parameters<typeof violations>[1] = null) =>
  must(violations(bytes, frame)).map(({ attribute, rule }) => `${attribute ?? "it"} ${rule}`);

test.each(vectorNames)("the messages of %s violate nothing", (name) => {
  for (const { bytes } of loadVector(name).messages) expect(found(bytes)).toEqual([]);
});

test("our messages violate nothing", () => {
  const passwords = { enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword };
  const settings = { ssid: Uint8Array.of(65), authenticationType: 0x20, encryptionType: 8 };
  const networkKey = new Secret("a passphrase");
  const deliveries = [
    ...play(passwords).deliveries,
    ...play({ ...passwords, registrarPassword: null }).deliveries,
    ...playAccessPoint({ task: { type: "configure", settings: { ...settings, networkKey } } }).deliveries,
  ];
  for (const { message } of deliveries) {
    expect(found(message.bytes)).toEqual([]);
    expect(speaks2(must(parse(message.bytes)))).toBe(true);
  }
});

test("our elements violate nothing", () => {
  const advertisement = {
    device: devices.registrar,
    wscState: 2,
    setupLocked: true,
    selectedRegistrar: null,
    dualBand: false,
  };
  const request = { device: devices.enrollee, requestType: 1, devicePasswordId: 4 };
  const attributes = (element: Uint8Array) => attributesIn(element) ?? new Uint8Array();
  expect(found(attributes(composeBeacon(advertisement)))).toEqual([]);
  expect(found(attributes(composeProbeResponse(advertisement)), "probeResponse")).toEqual([]);
  expect(found(attributes(composeProbeRequest(request)), "probeRequest")).toEqual([]);
});

describe("the list demands that", () => {
  test.each([
    ["version is 0x10", tlv(0x104a, "20")],
    ["wfaExtension has Version2 0x20 or later", tlv(0x1049, "00372a000110")],
    ["authenticationTypeFlags has WPA2-PSK and no unknown bits", tlv(0x1004, "0003")],
    ["authenticationTypeFlags has WPA2-PSK and no unknown bits", tlv(0x1004, "0123")],
    ["encryptionTypeFlags has AES and no unknown bits", tlv(0x1010, "0005")],
    ["connectionTypeFlags has ESS and no unknown bits", tlv(0x100d, "02")],
    ["authenticationType is one type, or WPA-PSK with WPA2-PSK", tlv(0x1003, "0021")],
    ["encryptionType is one type, or TKIP with AES", tlv(0x100f, "0000")],
    ["publicKey has 192 bytes", tlv(0x1032, new Uint8Array(191))],
    ["macAddress is of one device", tlv(0x1020, "ffffffffffff")],
    ["devicePasswordId is assigned", tlv(0x1012, "0009")],
    ["rfBands is 2.4, 5 or 60 GHz, the first two, or all", tlv(0x103c, "05")],
    ["networkKey does not end in NUL", tlv(0x1027, "313233343536373800")],
    ["ssid is not empty and does not end in NUL", tlv(0x1045, "4100")],
    ["ssid is not empty and does not end in NUL", tlv(0x1045, "")],
    ["deviceName does not end in NUL", tlv(0x1011, "4100")],
    ["it is nothing but attributes, end to end", concat(tlv(0x104a, "10"), new Uint8Array(4))],
  ])("%s", (demand, bytes) => expect(found(bytes)).toEqual([demand]));

  test.each([
    ["networkKey is in every Credential", tlv(0x100e, tlv(0x1045, "41"))],
    ["ssid is not empty and does not end in NUL", tlv(0x100e, concat(tlv(0x1045, "4100"), tlv(0x1027, "")))],
  ])("%s", (demand, bytes) => expect(found(bytes)).toEqual([demand]));

  test("every address in Encrypted Settings is the Enrollee's, bare or in a Credential", () => {
    const macAddress = tlv(0x1020, "020000000001");
    const settings = [macAddress, tlv(0x100e, concat(macAddress, tlv(0x1027, "")))];
    for (const text of settings) {
      expect(must(violationsInSettings(text, devices.enrollee.macAddress))).toHaveLength(1);
      expect(must(violationsInSettings(text, macAddressFrom(macAddress.subarray(4))))).toEqual([]);
    }
  });

  test("who probes says who it is, and no access point offers its button to Registrars", () => {
    expect(found(tlv(0x104a, "10"), "probeRequest")).toEqual(["uuidE says who is asking"]);
    expect(found(tlv(0x1008, "0080"), "probeResponse")).toEqual(["configMethods offers no push button to Registrars"]);
  });
});

test("bytes that are no attributes are a fault, not a violation", () => {
  expect(violations(Uint8Array.of(0x10))).toEqual({ ok: false, error: { kind: "truncated", offset: 0 } });
});

test("a 1.0 peer does not know the list", () => {
  expect(speaks2(must(parse(tlv(0x104a, "10"))))).toBe(false);
});
