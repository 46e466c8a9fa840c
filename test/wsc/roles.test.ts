/** Who configures whom: an access point's first station, a Registrar that sets it up and back, and who may know what. */
import { describe, expect, test } from "vitest";
import { inventedSettings } from "../../src/wsc/ap-settings.ts";
import { WSC_STATE } from "../../src/wsc/attributes.ts";
import { agreedMode } from "../../src/wsc/choice.ts";
import type { NetworkSettings } from "../../src/wsc/credential.ts";
import { attributesIn, composeBeacon, readElement } from "../../src/wsc/elements.ts";
import { decode, M1 } from "../../src/wsc/messages.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { NO_PINS, stepPinList } from "../../src/wsc/policy/pin-list.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { drawEnrollee, openEnrollee } from "../../src/wsc/session/enrollee.ts";
import { drawRegistrar, openRegistrar, stepRegistrar } from "../../src/wsc/session/registrar.ts";
import { apSettings, playAccessPoint } from "../access-point-pair.ts";
import { pin } from "../air/world.ts";
import { deliveryOf, devices, play, seededRandom } from "../engine-pair.ts";
import { must } from "../vectors.ts";
import { ascii } from "./forge.ts";

/** What a station gets when the access point hands out its network. */
function enrolledIn(settings: NetworkSettings, password = pushButtonPassword): NetworkSettings {
  const { enrollee, registrar } = play({
    enrolleePassword: password,
    registrarPassword: password,
    granted: [{ ...settings, macAddress: devices.enrollee.macAddress }],
  });
  if (enrollee.name !== "paired" || registrar.name !== "enrolled") throw new Error(enrollee.name);
  const [credential] = enrollee.credentials;
  if (credential === undefined) throw new Error("no credential");
  const { ssid, authenticationType, encryptionType, networkKey } = credential;
  return { ssid, authenticationType, encryptionType, networkKey };
}

describe("an access point that nobody has configured", () => {
  test("makes up its key for the first station, and then has it for the next one and for Registrars", () => {
    const settings = inventedSettings(ascii("Unconfigured"), seededRandom(8));
    expect(enrolledIn(settings)).toEqual(settings);
    expect(enrolledIn(settings, pinPassword(pin("12345670")))).toEqual(settings);
    expect(playAccessPoint({ task: { type: "learn" }, settings, wscState: WSC_STATE.configured }).registrar).toEqual({
      name: "learned",
      settings,
    });
  });

  test("says so in its beacon until it is", () => {
    const stateIn = (wscState: number) => {
      const beacon = composeBeacon({
        device: devices.registrar,
        wscState,
        setupLocked: false,
        selectedRegistrar: null,
        dualBand: false,
      });
      return must(readElement("beacon", attributesIn(beacon) ?? new Uint8Array())).wscState;
    };
    expect(stateIn(WSC_STATE.notConfigured)).toBe(1);
    expect(stateIn(WSC_STATE.configured)).toBe(2);
  });
});

test("an access point can be set up by a Registrar, and opened again", () => {
  const fresh = { ...apSettings, ssid: ascii("New"), networkKey: new Secret("1234567890") };
  const first = playAccessPoint({ task: { type: "configure", settings: fresh }, wscState: WSC_STATE.notConfigured });
  expect(first.accessPoint).toEqual({ name: "configured", settings: fresh });
  const open = { ssid: ascii("Open"), authenticationType: 1, encryptionType: 1, networkKey: new Secret("") };
  const second = playAccessPoint({ task: { type: "configure", settings: open }, settings: fresh });
  expect(second.registrarEvents).toContainEqual({ type: "settingsShown", settings: fresh });
  expect(second.accessPoint).toEqual({ name: "configured", settings: open });
});

test("an access point shows whatever network it is told to show, its own or another's", () => {
  const another = { ssid: ascii("Another"), authenticationType: 1, encryptionType: 1, networkKey: new Secret("") };
  const played = playAccessPoint({ task: { type: "learn" }, settings: another });
  expect(played.registrar).toEqual({ name: "learned", settings: another });
});

test("two stations with PINs of their own are enrolled at the same time", () => {
  const uuids = ["aa".repeat(16), "bb".repeat(16)];
  const password = pinPassword(pin("12345670"));
  let list = NO_PINS;
  for (const uuid of uuids)
    list = stepPinList(list, { type: "added", password, uuid, address: null, lifetimeMs: null }, 0).state;
  for (const uuid of uuids) {
    const asked = stepPinList(list, { type: "asked", uuid }, 1);
    const [admitted] = asked.actions;
    if (admitted?.type !== "admit") throw new Error("not admitted");
    expect(play({ enrolleePassword: password, registrarPassword: admitted.password }).enrollee.name).toBe("paired");
    list = asked.state;
  }
  expect(list.pins.map(({ locked }) => locked)).toEqual([true, true]);
});

test("M1 tells the address that the device has now, which the keys are made from", () => {
  const played = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
  expect(must(decode(M1, deliveryOf(played, "M1").message.bytes)).macAddress).toBe(devices.enrollee.macAddress);
});

describe("a network in mixed mode gives the strongest of its modes", () => {
  const own = { authenticationTypes: 0x22, encryptionTypes: 0x0c };

  test.each([
    ["to a station that knows all of them", 0x23, 0x0d],
    ["to one that forgets WPA2-PSK beside WPA2 with 802.1X", 0x1b, 0x0d],
    ["to one that says it knows none", 0, 0],
  ])("%s", (_, authenticationTypes, encryptionTypes) => {
    const device = { ...devices.enrollee, authenticationTypes, encryptionTypes };
    const m1 = openEnrollee({ device, password: pushButtonPassword }, drawEnrollee(seededRandom(1))).send;
    if (m1 === null) throw new Error("no M1");
    const registrar = openRegistrar({ device: devices.registrar }, drawRegistrar(seededRandom(2)));
    const [asked] = stepRegistrar(registrar, { type: "message", message: m1 }).events;
    if (asked === undefined) throw new Error("nobody asked");
    const mode = agreedMode(own, asked.enrollee);
    expect(mode).toEqual({ authenticationType: 0x20, encryptionType: 0x08 });
    expect(enrolledIn({ ...apSettings, ...mode })).toEqual({ ...apSettings, ...mode });
  });
});
