import { describe, expect, test } from "vitest";
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../../wsc/attributes.ts";
import { toHex } from "../../wsc/bytes.ts";
import { type Credential, encodeCredential } from "../../wsc/credential.ts";
import { Secret } from "../../wsc/secret.ts";
import { type EnrolEvent, RadioError } from "../station-radio.ts";
import { enrolmentStart, stepEnrolment } from "./enrolment.ts";
import { parseEvent } from "./events.ts";

const bssid = parseMacAddress("02:00:00:00:01:00") as MacAddress;
const peer = { bssid, ssid: new TextEncoder().encode("home"), name: "Lab AP" };
const credential = {
  ssid: peer.ssid,
  authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
  encryptionType: ENCRYPTION_TYPE.aes,
  networkKey: new Secret("home is my castle"),
  macAddress: bssid,
} as Credential;

const attempt = [
  "<3>SME: Trying to authenticate with 02:00:00:00:01:00 (SSID='home' freq=2412 MHz)",
  "<3>Trying to associate with 02:00:00:00:01:00 (SSID='home' freq=2412 MHz)",
  "<3>Associated with 02:00:00:00:01:00",
  "<3>CTRL-EVENT-EAP-STARTED EAP authentication started",
];
const soFar: readonly EnrolEvent[] = [
  { type: "searching" },
  { type: "associating", peer },
  { type: "exchanging", peer, message: null },
];

/** What a run tells when wpa_supplicant says these lines after it was told to start. */
function tell(...lines: readonly string[]): readonly EnrolEvent[] {
  let run = enrolmentStart;
  const told: EnrolEvent[] = [];
  for (const line of ["<3>WPS-PBC-ACTIVE ", ...lines]) {
    const news = parseEvent(line);
    if (news === null) throw new Error(`not an event: ${line}`);
    const step = stepEnrolment(run, news, () => "Lab AP");
    run = step.run;
    if (step.event !== null) told.push(step.event);
  }
  return told;
}

function credentialLine(value: Secret): string {
  const length = value.length.toString(16).padStart(4, "0");
  return `<3>WPS-CRED-RECEIVED 100e${length}${toHex(value.reveal())}`;
}

const failed = (failure: object) => [{ type: "failed", failure }];

describe("a run as wpa_supplicant tells it", () => {
  test("goes from searching to enrolled", () => {
    const told = tell(...attempt, credentialLine(encodeCredential(credential)), "<3>WPS-SUCCESS ");
    expect(told.slice(0, -1)).toEqual(soFar);
    expect(told.at(-1)).toMatchObject({ type: "enrolled", peer, credentials: [{ ssid: peer.ssid }] });
    const last = told.at(-1);
    expect(last?.type === "enrolled" && last.credentials[0]?.networkKey.revealText()).toBe("home is my castle");
  });

  test("searches on when an access point lets it go", () => {
    expect(tell(...attempt, "<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=3", ...attempt)).toEqual([
      ...soFar,
      ...soFar,
    ]);
  });

  test("knows which half of the PIN was wrong", () => {
    for (const [message, half] of [
      [8, 1],
      [9, 1],
      [10, 2],
      [11, 2],
      [5, null],
    ])
      expect(tell(...attempt, `<3>WPS-FAIL msg=${message} config_error=18`).slice(3)).toEqual(
        failed({ kind: "wrongPin", half }),
      );
  });

  test("tells overlap from whoever notices it", () => {
    const overlap = failed({ kind: "overlap" });
    expect(tell("<3>WPS-OVERLAP-DETECTED PBC session overlap", "<3>WPS-CANCEL ").slice(1)).toEqual(overlap);
    expect(tell(...attempt, "<3>WPS-M2D dev_password_id=4 config_error=12").slice(3)).toEqual(overlap);
    expect(tell(...attempt, "<3>WPS-FAIL msg=7 config_error=12").slice(3)).toEqual(overlap);
  });

  test("tells a refusal with its Configuration Error", () => {
    expect(tell(...attempt, "<3>WPS-FAIL msg=7 config_error=15").slice(3)).toEqual(
      failed({ kind: "refused", configError: 15 }),
    );
    expect(tell(...attempt, "<3>WPS-M2D dev_password_id=0 config_error=14", "<3>WPS-FAIL ").slice(3)).toEqual(
      failed({ kind: "refused", configError: 14 }),
    );
  });

  test("ends as broken when nobody says why", () => {
    expect(tell(...attempt, "<3>WPS-FAIL ").at(-1)).toMatchObject({ type: "failed", failure: { kind: "broken" } });
    expect(tell(...attempt, "<3>WPS-FAIL msg=4 config_error=0").at(-1)).toMatchObject({ failure: { kind: "broken" } });
    expect(tell("<3>WPS-CANCEL ").at(-1)).toMatchObject({ failure: { kind: "broken" } });
  });

  test("ends after the radio's own two minutes, and says nothing afterwards", () => {
    const told = tell("<3>WPS-TIMEOUT Requested operation timed out", ...attempt, "<3>WPS-SUCCESS ");
    expect(told).toEqual([{ type: "searching" }, ...failed({ kind: "timeout" })]);
  });

  test("is not enrolled without settings that can be used", () => {
    const withheld = tell(...attempt, "<3>WPS-CRED-RECEIVED ", "<3>WPS-SUCCESS ").at(-1);
    expect(withheld).toMatchObject({ failure: { kind: "broken", message: expect.stringContaining("to itself") } });
    for (const line of [
      "<3>WPS-CRED-RECEIVED 100e",
      "<3>WPS-CRED-RECEIVED 100e0001ff",
      credentialLine(encodeCredential({ ...credential, networkKey: new Secret("short") })),
    ])
      expect(tell(...attempt, line, "<3>WPS-SUCCESS ").at(-1)).toMatchObject({ failure: { kind: "noUsableNetwork" } });
  });

  test("takes nothing for its own that was said before it began", () => {
    const step = stepEnrolment(enrolmentStart, { type: "wpsTimeout" }, () => null);
    expect(step).toEqual({ run: enrolmentStart, event: null });
  });

  test("ends with sentences when wpa_supplicant goes away, also before it began", () => {
    const trouble = new RadioError("gone", "It went away.", "Start it again.");
    const { event } = stepEnrolment(enrolmentStart, { type: "gone", trouble }, () => null);
    expect(event).toMatchObject({ type: "failed", failure: { kind: "radioGone", hint: expect.stringMatching(/\.$/) } });
  });
});
