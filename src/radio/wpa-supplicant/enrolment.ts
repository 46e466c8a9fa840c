/**
 * One enrolment as wpa_supplicant tells of it, event by event, as a pure step: news in, what to say of it out.
 * It starts and stops nothing.
 */
import type { MacAddress } from "../../wsc/address.ts";
import { ATTR, CONFIG_ERROR } from "../../wsc/attributes.ts";
import { readTlvs } from "../../wsc/codec.ts";
import type { Credential } from "../../wsc/credential.ts";
import { usableCredentials } from "../../wsc/credential.ts";
import { Secret } from "../../wsc/secret.ts";
import type { EnrolEvent, EnrolFailure, Peer } from "../station-radio.ts";
import type { ControlNews } from "./events.ts";

export interface Enrolment {
  /** What was last told of the run. */
  readonly phase: "starting" | "searching" | "associating" | "exchanging" | "ended";
  readonly peer: Peer | null;
  /** Credential attributes received so far. */
  readonly received: readonly Secret[];
  /** A Credential came that wpa_supplicant did not show. */
  readonly withheld: boolean;
  /** Configuration Error of the last M2D from this access point: it does not want us (yet). */
  readonly m2d: number | null;
}

export interface EnrolmentStep {
  readonly run: Enrolment;
  readonly event: EnrolEvent | null;
}

export const enrolmentStart: Enrolment = {
  phase: "starting",
  peer: null,
  received: [],
  withheld: false,
  m2d: null,
};

/** @param nameOf the WPS device name of an access point, where a scan told it */
export function stepEnrolment(
  run: Enrolment,
  news: ControlNews,
  nameOf: (bssid: MacAddress) => string | null,
): EnrolmentStep {
  if (run.phase === "ended") return stay(run);
  // Until our own run is announced, everything told belongs to what was before.
  if (run.phase === "starting" && !["wpsActive", "gone", "terminating"].includes(news.type)) return stay(run);
  switch (news.type) {
    case "wpsActive":
      return run.phase === "starting" ? say({ ...run, phase: "searching" }, { type: "searching" }) : stay(run);
    case "trying": {
      const peer = { bssid: news.bssid, ssid: news.ssid, name: nameOf(news.bssid) };
      if (run.phase === "associating" && run.peer?.bssid === peer.bssid) return stay({ ...run, peer });
      return say({ ...run, phase: "associating", peer, m2d: null }, { type: "associating", peer });
    }
    case "eapStarted":
      if (run.peer === null || run.phase === "exchanging") return stay(run);
      return say({ ...run, phase: "exchanging" }, { type: "exchanging", peer: run.peer, message: null });
    case "disconnected":
      // An access point that let us go; wpa_supplicant looks for the next by itself. The old link's end comes before.
      if (run.phase !== "associating" && run.phase !== "exchanging") return stay(run);
      return say({ ...run, phase: "searching" }, { type: "searching" });
    case "credential":
      return stay(
        news.attribute === null ? { ...run, withheld: true } : { ...run, received: [...run.received, news.attribute] },
      );
    case "wpsM2d":
      return news.configError === CONFIG_ERROR.multiplePbcDetected
        ? fail(run, { kind: "overlap" })
        : stay({ ...run, m2d: news.configError });
    case "wpsSuccess":
      return finish(run);
    case "wpsFail":
      return fail(run, failureOf(run, news.message, news.configError));
    case "wpsOverlap":
      return fail(run, { kind: "overlap" });
    case "wpsTimeout":
      return fail(run, { kind: "timeout" });
    case "wpsCancel":
      // Ours are told by the signal, so this one is somebody else's, or follows an overlap that has been told.
      return fail(run, { kind: "broken", message: "Another program cancelled the run." });
    case "gone":
    case "terminating":
      return fail(run, {
        kind: "radioGone",
        message: "wpa_supplicant went away while the pairing was under way.",
        hint: "Start wpa_supplicant again, for instance with systemctl restart wpa_supplicant, and then the pairing.",
      });
    default:
      return stay(run);
  }
}

function stay(run: Enrolment): EnrolmentStep {
  return { run, event: null };
}

function say(run: Enrolment, event: EnrolEvent): EnrolmentStep {
  return { run, event };
}

function fail(run: Enrolment, failure: EnrolFailure): EnrolmentStep {
  return say({ ...run, phase: "ended" }, { type: "failed", failure });
}

function finish(run: Enrolment): EnrolmentStep {
  const credentials = credentialsOf(run.received);
  if (run.withheld)
    return fail(run, { kind: "broken", message: "wpa_supplicant kept the network's settings to itself." });
  if (run.peer === null || credentials.length === 0) return fail(run, { kind: "noUsableNetwork" });
  return say({ ...run, phase: "ended" }, { type: "enrolled", peer: run.peer, credentials });
}

/** Each event carries one whole attribute (0x100e, length, value). */
function credentialsOf(received: readonly Secret[]): readonly Credential[] {
  const values: Secret[] = [];
  for (const attribute of received) {
    const tlvs = readTlvs(attribute.reveal());
    if (!tlvs.ok) return [];
    for (const { id, value } of tlvs.value) if (id === ATTR.credential.id) values.push(new Secret(value));
  }
  const choice = usableCredentials(values);
  return choice.ok ? choice.value.usable : [];
}

/** A Message Type at which a PIN's halves are proved; the half that was wrong. */
const wrongHalf: Readonly<Record<number, 1 | 2>> = { 7: 1, 8: 1, 9: 1, 10: 2, 11: 2 };

function failureOf(run: Enrolment, message: number | null, configError: number | null): EnrolFailure {
  const error = configError ?? run.m2d;
  if (error === CONFIG_ERROR.multiplePbcDetected) return { kind: "overlap" };
  if (error === CONFIG_ERROR.passwordAuthenticationFailure)
    return { kind: "wrongPin", half: wrongHalf[message ?? 0] ?? null };
  if (error !== null && error !== 0) return { kind: "refused", configError: error };
  if (configError === null && run.m2d !== null)
    return { kind: "broken", message: "The access point does not expect this device." };
  return { kind: "broken", message: "The exchange with the access point broke off." };
}
