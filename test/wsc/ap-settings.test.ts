/** New settings that a Registrar gives to an access point in M8, bit by bit. */
import { expect, test } from "vitest";
import { macAddressBytes } from "../../src/wsc/address.ts";
import { apPin, devices, playAccessPoint } from "../access-point-pair.ts";
import { accessPointRun, ascii, attributes, replacing, without } from "./forge.ts";

const run = accessPointRun();
const good = {
  networkIndex: Uint8Array.of(1),
  ssid: ascii("Home"),
  authenticationType: Uint8Array.of(0, 1),
  encryptionType: Uint8Array.of(0, 1),
  networkKey: new Uint8Array(),
  macAddress: macAddressBytes(devices.accessPoint.macAddress),
};
type Changes = { readonly [N in keyof typeof good]?: Uint8Array | null };
const given = (changes: Changes) => {
  const settings = run.sealed(attributes({ ...good, ...changes }));
  return run.given("M8", run.forged("M8", replacing("encryptedSettings", settings)));
};

test("settings that are complete are offered to whoever decides", () => expect(given({})).toBe("goes on to deciding"));
test("settings for another MAC Address are taken all the same", () =>
  expect(given({ macAddress: new Uint8Array(6) })).toBe("goes on to deciding"));
test.each([
  ["MAC Address", { macAddress: null }],
  ["SSID", { ssid: null }],
  ["Authentication Type", { authenticationType: null }],
  ["Encryption Type", { encryptionType: null }],
])("settings without %s are refused: NACK 0", (_, changes) => expect(given(changes)).toBe("NACK 0: badSettings"));
test("settings with an Encryption Type of 0 are refused: NACK 0", () =>
  expect(given({ encryptionType: Uint8Array.of(0, 0) })).toBe("NACK 0: badApSettings"));
test.each([
  ["none at all", { authenticationType: Uint8Array.of(0, 0) }],
  ["Shared", { authenticationType: Uint8Array.of(0, 4) }],
  ["WPA2 with 802.1X", { authenticationType: Uint8Array.of(0, 0x10), encryptionType: Uint8Array.of(0, 8) }],
  [
    "WPA2 with a PSK or with 802.1X",
    { authenticationType: Uint8Array.of(0, 0x30), encryptionType: Uint8Array.of(0, 8), networkKey: ascii("12345678") },
  ],
  ["open, and yet AES", { encryptionType: Uint8Array.of(0, 8), networkKey: ascii("12345678") }],
])("settings with an Authentication Type that we cannot be (%s) are refused, not opened to everybody: NACK 0", (_, changes) =>
  expect(given(changes)).toBe("NACK 0: badApSettings"));
test.each([
  ["WPA2-PSK", 0x20, 8],
  ["WPA-PSK", 0x02, 4],
  ["both", 0x22, 12],
])("settings with %s are offered", (_, authentication, encryption) =>
  expect(
    given({
      authenticationType: Uint8Array.of(0, authentication),
      encryptionType: Uint8Array.of(0, encryption),
      networkKey: ascii("12345678"),
    }),
  ).toBe("goes on to deciding"));
test("settings with WEP are refused: NACK 0", () =>
  expect(given({ encryptionType: Uint8Array.of(0, 2), networkKey: ascii("hello") })).toBe("NACK 0: badApSettings"));
test("M8 without settings is refused: NACK 0", () =>
  expect(run.given("M8", run.forged("M8", without("encryptedSettings")))).toBe("NACK 0: malformed"));

test("M2D is answered by NACK: only this Registrar came", () => {
  const withTokenOnly = { type: "readAndWrite", passwords: [{ ...apPin, id: 3 }] } as const;
  const played = playAccessPoint({ task: { type: "learn" }, access: withTokenOnly });
  expect(played.deliveries.map(({ message }) => message.type)).toEqual(["M1", "M2D", "WSC_NACK", "WSC_NACK"]);
});
