import { expect, test } from "vitest";
import type { Owner } from "../radio/owner.ts";
import type { Bss, WpsAdvert } from "../radio/station-radio.ts";
import { preflight } from "../station/preflight.ts";
import { parseMacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { checkLines } from "./check-report.ts";
import type { Paint } from "./terminal.ts";

const plain: Paint = (_style, text) => text;
const idle: WpsAdvert = {
  selectedRegistrar: false,
  devicePasswordId: null,
  setupLocked: false,
  configured: true,
  uuid: "11".repeat(16),
  deviceName: null,
};
const pressed: WpsAdvert = { ...idle, selectedRegistrar: true, devicePasswordId: DEVICE_PASSWORD_ID.pushButton };

let count = 0;
function bss(name: string, change: Partial<Bss> = {}): Bss {
  const bssid = parseMacAddress(`02000000${(++count).toString(16).padStart(4, "0")}`);
  if (bssid === null) throw new Error("no address");
  return {
    bssid,
    ssid: new TextEncoder().encode(name),
    frequency: 2412,
    ht: "20",
    rssi: -60,
    authMode: "WPA2",
    pairwiseCipher: "CCMP",
    groupCipher: "CCMP",
    phy: "bgn",
    country: null,
    wps: idle,
    ...change,
  };
}

const report = (seen: readonly Bss[], owner: Owner | null = null, width = 80) =>
  checkLines(preflight(seen), owner, plain, width);

test("answers first, and tells each reason once, under the names of those that it is about", () => {
  count = 0;
  const seen = [
    bss("Home", { wps: pressed }),
    bss("", { wps: null }),
    bss("Cellar", { authMode: "WPA3", wps: null }),
    bss("Attic", { authMode: "WPA3", wps: null, rssi: -85 }),
    bss("Museum", { authMode: "WEP", pairwiseCipher: "WEP", wps: null }),
    bss("Locked", { wps: { ...idle, setupLocked: true } }),
  ];
  expect(report(seen)).toEqual([
    "By button  yes      Home: Its WPS button is pressed: pairing by button works",
    "                    now.",
    "By PIN     not yet  Home, Locked: WPS is switched on, but it does not wait for a",
    "                    device's PIN. Enter the device's PIN at the router, on its",
    "                    WPS page, within two minutes of starting the pairing.",
    "",
    "ACCESS POINT  BSSID              SECURITY  SIGNAL  BUTTON   PIN",
    "Home          02:00:00:00:00:01  WPA2      80 %    yes      not yet",
    "(hidden)      02:00:00:00:00:02  WPA2      80 %    no       no",
    "Cellar        02:00:00:00:00:03  WPA3      80 %    no       no",
    "Attic         02:00:00:00:00:04  WPA3      30 %    no       no",
    "Museum        02:00:00:00:00:05  WEP       80 %    no       no",
    "Locked        02:00:00:00:00:06  WPA2      80 %    not yet  not yet",
    "",
    "(hidden)",
    "  Its network name is hidden, and WPS works only with one that is shown. Let the",
    "  router show its network name (SSID broadcast), then pair.",
    "",
    "Cellar, Attic",
    "  It is WPA3 only, and WPS cannot hand out a WPA3 password. Set the router to",
    "  WPA2/WPA3 mixed mode, or enter name and password of the network by hand.",
    "",
    "Attic",
    "  Its signal is weak, and an exchange may break off. Bring the device nearer to",
    "  the router.",
    "",
    "Museum",
    "  It is protected by WEP, which is broken, and which WPS does not hand out any",
    "  more. Set the router to WPA2, or to WPA2/WPA3 mixed mode, then pair.",
    "",
    "Locked",
    "  It has locked WPS after several wrong PINs; by the standard it still lets",
    "  devices in by button or by their own PIN, but not every router does. Wait a",
    "  few minutes or restart the router, then pair again.",
  ]);
});

test("two pressed buttons are no, at both of them", () => {
  const other = { ...pressed, uuid: "22".repeat(16) };
  const [answer, ...rest] = report([bss("Home", { wps: pressed }), bss("Next door", { wps: other })]);
  expect(answer).toMatch(/^By button {2}no {7}Home, Next door: Two access points have their WPS button/);
  expect(rest.filter((line) => / no +not yet$/.test(line))).toHaveLength(2);
});

test("an empty sky is said in words", () => {
  expect(report([]).at(-1)).toBe("No access point is in sight.");
});

test("who drives the interface is told, and how to make it let go", () => {
  const owner: Owner = {
    name: "iwd",
    conflicts: true,
    sentence: "iwd drives it.",
    release: "systemctl stop iwd",
    lasting: "To make it last: systemctl disable iwd.",
  };
  const lines = report([bss("Home")], owner);
  const at = lines.indexOf("iwd drives it.");
  expect(lines.slice(at - 1, at + 4)).toEqual([
    "",
    "iwd drives it.",
    "To release it, as root:",
    "  systemctl stop iwd",
    "To make it last: systemctl disable iwd.",
  ]);
  expect(report([bss("Home")], { ...owner, conflicts: false })).not.toContain("To release it, as root:");
});

test("a network's name cannot command the terminal", () => {
  const lines = report([bss("\u001b[2J\nHome", { authMode: "WEP", wps: null })]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f]/);
});
