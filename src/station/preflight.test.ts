import { describe, expect, test } from "vitest";
import type { Bss, WpsAdvert } from "../radio/station-radio.ts";
import { parseMacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { FINDINGS, preflight } from "./preflight.ts";

const bssid = parseMacAddress("02:00:00:00:00:01");
if (bssid === null) throw new Error("no address");
const idle: WpsAdvert = {
  selectedRegistrar: false,
  devicePasswordId: null,
  setupLocked: false,
  configured: true,
  uuid: "11".repeat(16),
  deviceName: null,
};
const pressed: WpsAdvert = { ...idle, selectedRegistrar: true, devicePasswordId: DEVICE_PASSWORD_ID.pushButton };
const pin: WpsAdvert = { ...idle, selectedRegistrar: true, devicePasswordId: 0 };
const bss = (change: Partial<Bss> = {}): Bss => ({
  bssid,
  ssid: new TextEncoder().encode("Home"),
  frequency: 2412,
  ht: "20",
  rssi: -50,
  authMode: "WPA2",
  pairwiseCipher: "CCMP",
  groupCipher: "CCMP",
  phy: "bgn",
  country: null,
  wps: idle,
  ...change,
});
const keys = (...seen: readonly Bss[]) => {
  const { accessPoints, button, pin } = preflight(seen);
  return {
    each: accessPoints.map((finding) => [finding.button.key, finding.pin.key]),
    all: [button.key, pin.key],
    possible: [button.possible, pin.possible],
  };
};

test.each(Object.entries(FINDINGS))("%s is told in a sentence, and so is what to do next", (_key, {
  sentence,
  hint,
}) => {
  for (const text of [sentence, ...(hint === null ? [] : [hint])]) expect(text).toMatch(/^[A-Z][^\n]*\.$/);
});

describe("an access point with WPS", () => {
  test("waits for somebody to press its button or to enter a PIN", () => {
    expect(keys(bss())).toEqual({
      each: [["no-button-pressed", "no-pin-entered"]],
      all: ["no-button-pressed", "no-pin-entered"],
      possible: [false, false],
    });
  });

  test("whose button is pressed lets devices in by button only, and one that waits for a PIN by PIN only", () => {
    expect(keys(bss({ wps: pressed }))).toMatchObject({
      each: [["button-pressed", "no-pin-entered"]],
      possible: [true, false],
    });
    expect(keys(bss({ wps: pin }))).toMatchObject({
      each: [["no-button-pressed", "pin-entered"]],
      possible: [false, true],
    });
  });

  test("that has locked its setup still lets devices in, with a caution", () => {
    const [finding] = preflight([bss({ wps: { ...pressed, setupLocked: true }, rssi: -85 })]).accessPoints;
    expect(finding?.button.possible).toBe(true);
    expect(finding?.cautions.map(({ key }) => key)).toEqual(["setup-locked", "weak-signal"]);
    expect(preflight([bss()]).accessPoints[0]?.cautions).toEqual([]);
  });
});

describe("settings that rule WPS out", () => {
  test.each([
    ["hidden", { ssid: new Uint8Array(), wps: null }],
    ["hidden", { ssid: new Uint8Array(), wps: pressed }],
    ["wep", { authMode: "WEP", pairwiseCipher: "WEP", wps: pressed }],
    ["tkip-only", { authMode: "WPA", pairwiseCipher: "TKIP", wps: null }],
    ["tkip-only", { authMode: "WPA2", pairwiseCipher: "TKIP", wps: null }],
    ["only-wpa3", { authMode: "WPA3", wps: null }],
    ["enterprise", { authMode: "EAP", wps: null }],
    ["enterprise", { authMode: "WPA3-ENT", wps: null }],
    ["owe", { authMode: "OWE", wps: null }],
    ["no-wps", { authMode: "WPA2-WPA3", wps: null }],
    ["no-wps", { authMode: "open", pairwiseCipher: "none", wps: null }],
  ] as const)("are told: %s, %o", (key, change) => {
    expect(keys(bss(change))).toMatchObject({ each: [[key, key]], possible: [false, false] });
  });

  test("do not keep an old WPA network, or a WPA3 one, that does advertise WPS", () => {
    expect(keys(bss({ authMode: "WPA", pairwiseCipher: "TKIP", wps: pressed }))).toMatchObject({
      possible: [true, false],
    });
    expect(keys(bss({ authMode: "WPA3", wps: pressed }))).toMatchObject({ possible: [true, false] });
  });
});

describe("two pressed buttons", () => {
  test("of two access points are an overlap, for button and not for PIN", () => {
    const other = { ...pressed, uuid: "22".repeat(16) };
    expect(keys(bss({ wps: pressed }), bss({ wps: other }), bss())).toEqual({
      each: [
        ["overlap", "no-pin-entered"],
        ["overlap", "no-pin-entered"],
        ["no-button-pressed", "no-pin-entered"],
      ],
      all: ["overlap", "no-pin-entered"],
      possible: [false, false],
    });
  });

  test("of two radios of one access point are none", () => {
    expect(keys(bss({ wps: pressed }), bss({ wps: pressed, frequency: 5180 }))).toMatchObject({
      all: ["button-pressed", "no-pin-entered"],
    });
  });

  test("of which one does not say whose it is are an overlap", () => {
    const anonymous = { ...pressed, uuid: null };
    expect(keys(bss({ wps: pressed }), bss({ wps: anonymous })).all[0]).toBe("overlap");
    expect(keys(bss({ wps: anonymous }), bss({ wps: anonymous })).all[0]).toBe("overlap");
  });

  test("are an overlap also when one of them can let nobody in", () => {
    const wep = bss({ authMode: "WEP", wps: { ...pressed, uuid: "22".repeat(16) } });
    expect(keys(wep, bss({ wps: pressed })).each).toEqual([
      ["wep", "wep"],
      ["overlap", "no-pin-entered"],
    ]);
  });
});

describe("everything in sight", () => {
  test("is judged as a pairing would that begins now", () => {
    expect(keys().all).toEqual(["no-access-point", "no-access-point"]);
    expect(keys(bss({ authMode: "WPA3", wps: null })).all).toEqual(["only-wpa3", "only-wpa3"]);
    expect(keys(bss({ authMode: "WEP", wps: pressed })).all).toEqual(["no-access-point", "no-access-point"]);
    expect(keys(bss({ wps: null }), bss(), bss({ wps: pin })).all).toEqual(["no-button-pressed", "pin-entered"]);
  });
});
