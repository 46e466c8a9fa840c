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
test("settings with WEP are refused: NACK 0", () =>
  expect(given({ encryptionType: Uint8Array.of(0, 2), networkKey: ascii("hello") })).toBe("NACK 0: badApSettings"));
test("M8 without settings is refused: NACK 0", () =>
  expect(run.given("M8", run.forged("M8", without("encryptedSettings")))).toBe("NACK 0: malformed"));

test("M2D is answered by NACK: only this Registrar came", () => {
  const withTokenOnly = { type: "readAndWrite", passwords: [{ ...apPin, id: 3 }] } as const;
  const played = playAccessPoint({ task: { type: "learn" }, access: withTokenOnly });
  expect(played.deliveries.map(({ message }) => message.type)).toEqual(["M1", "M2D", "WSC_NACK", "WSC_NACK"]);
});
