import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ControlEvent, parseEvent } from "./events.ts";

/** Lines as wpa_supplicant 2.10 sent them, trailing blanks included. */
const recorded: readonly (readonly [string, ControlEvent])[] = [
  ["<3>CTRL-EVENT-SCAN-RESULTS ", { type: "scanResults" }],
  ["<3>CTRL-EVENT-SCAN-FAILED ret=-16 retry=1", { type: "scanFailed" }],
  ["<3>WPS-PBC-ACTIVE ", { type: "wpsActive" }],
  ["<3>WPS-PIN-ACTIVE ", { type: "wpsActive" }],
  ["<3>WPS-SUCCESS ", { type: "wpsSuccess" }],
  ["<3>WPS-TIMEOUT Requested operation timed out", { type: "wpsTimeout" }],
  ["<3>WPS-OVERLAP-DETECTED PBC session overlap", { type: "wpsOverlap" }],
  ["<3>WPS-CANCEL ", { type: "wpsCancel" }],
  ["<3>WPS-FAIL ", { type: "wpsFail", message: null, configError: null }],
  ["<3>WPS-FAIL msg=8 config_error=18", { type: "wpsFail", message: 8, configError: 18 }],
  [
    "<3>WPS-FAIL msg=12 config_error=15 reason=1 (Security: TKIP only prohibited)",
    { type: "wpsFail", message: 12, configError: 15 },
  ],
  ["<3>WPS-M2D dev_password_id=4 config_error=12", { type: "wpsM2d", configError: 12 }],
  ["<3>CTRL-EVENT-EAP-STARTED EAP authentication started", { type: "eapStarted" }],
  [
    "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=openwps]",
    { type: "connected", bssid: "02:00:00:00:01:00" as never },
  ],
  ["<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=3 locally_generated=1", { type: "disconnected" }],
  [
    '<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="home" auth_failures=1 duration=10 reason=WRONG_KEY',
    { type: "networkDisabled", reason: "WRONG_KEY" },
  ],
  ["<3>CTRL-EVENT-NETWORK-NOT-FOUND ", { type: "networkNotFound" }],
  ["<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:01:00 status_code=17", { type: "rejected" }],
  ["<3>CTRL-EVENT-TERMINATING ", { type: "terminating" }],
  ["<3>CTRL-EVENT-BSS-ADDED 3 02:00:00:00:01:00", { type: "other", name: "CTRL-EVENT-BSS-ADDED" }],
  ["IFNAME=wlan0 <3>WPS-SUCCESS ", { type: "wpsSuccess" }],
  ["<3>IFNAME=wlan0 WPS-SUCCESS ", { type: "wpsSuccess" }],
];

describe("an event", () => {
  for (const [line, event] of recorded)
    test(`is read from ${line}`, () => {
      expect(parseEvent(line)).toEqual(event);
    });

  test("tells which access point is tried, with every byte of its name", () => {
    const line = "<3>SME: Trying to authenticate with 02:00:00:00:01:00 (SSID='it\\'s \\xc3\\xa9' freq=2412 MHz)";
    const event = parseEvent(line);
    expect(event).toMatchObject({ type: "trying", bssid: "02:00:00:00:01:00" });
    // The apostrophe is not escaped by wpa_supplicant; a backslash before it would be one of the name.
    expect(event?.type === "trying" && new TextDecoder().decode(event.ssid ?? undefined)).toBe("it\\'s é");
  });

  test("is not forged by an access point's name", () => {
    const ssid = "x' freq=1 MHz) reason=WRONG_KEY <3>WPS-SUCCESS ";
    const trying = parseEvent(`<3>Trying to associate with 02:00:00:00:01:00 (SSID='${ssid}' freq=2412 MHz)`);
    expect(trying?.type === "trying" && new TextDecoder().decode(trying.ssid ?? undefined)).toBe(ssid);
    const disabled = `<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="${ssid}" auth_failures=1 duration=10 reason=CONN_FAILED`;
    expect(parseEvent(disabled)).toEqual({ type: "networkDisabled", reason: "CONN_FAILED" });
  });

  test("keeps a credential where it does not print", () => {
    const event = parseEvent("<3>WPS-CRED-RECEIVED 100e0004102700aa");
    if (event?.type !== "credential") throw new Error("no credential");
    expect(event.attribute?.reveal()).toEqual(Uint8Array.of(0x10, 0x0e, 0, 4, 0x10, 0x27, 0, 0xaa));
    expect(JSON.stringify(event)).not.toContain("1027");
    expect(parseEvent("<3>WPS-CRED-RECEIVED ")).toEqual({ type: "credential", attribute: null });
    expect(parseEvent("<3>WPS-CRED-RECEIVED 10x")).toEqual({ type: "credential", attribute: null });
  });

  test("is not seen in a reply", () => {
    for (const reply of ["OK\n", "FAIL\n", "PONG\n", "", "wpa_state=COMPLETED\n<3>", "<x>WPS-SUCCESS"])
      expect(parseEvent(reply)).toBeNull();
  });

  test("is read from any text without a throw", () => {
    const names = recorded.map(([line]) => line.replace(/^\S*<3>/, "").split(" ")[0] ?? "");
    fc.assert(
      fc.property(fc.constantFrom("", ...names), fc.string({ unit: "binary" }), (name, text) => {
        parseEvent(`<3>${name} ${text}`);
        parseEvent(text);
      }),
    );
  });
});
