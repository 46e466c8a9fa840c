/**
 * One enrolment of a simulated station, from the first scan to the credentials: it searches, picks an access point,
 * associates without a key and runs EAP with it, and goes on searching for two minutes. It touches no saved network.
 */
import type { MacAddress } from "../../wsc/address.ts";
import { openPeer, type PeerOutcome, type PeerState, stepPeer } from "../../wsc/eap/peer.ts";
import type { WscError } from "../../wsc/errors.ts";
import { WALK_TIME_MS } from "../../wsc/policy/window.ts";
import type { Random } from "../../wsc/random.ts";
import { drawEnrollee, type EnrolleeConfig } from "../../wsc/session/enrollee.ts";
import type { EnrolEvent, EnrolFailure, Peer } from "../station-radio.ts";
import { candidates, invites, isOverlap, type Wish } from "./candidates.ts";
import type { EnrolleeProbe } from "./frame.ts";
import type { Sighting, StationAntenna } from "./station-antenna.ts";

/** Limits as hostap keeps them. */
const rescanMs = 500;
const attemptMs = 70_000;
const serverSilenceMs = 30_000;
/**
 * How long it stays for the EAP-Failure after its last message. More than the 2 s of the reference, so that a server
 * that missed our Done has repeated its M8 after 5 s and both ends know of their success.
 */
const farewellMs = 6_000;
/** When it takes any access point with WPS for a PIN: after so many scans, and so much time. */
const desperateAfter = { scans: 3, ms: 5_000 };
/** How long an access point is left alone after a failure there: one that invites us, one that does not. */
const pauseMs = { inviting: 1_000, other: 10_000 };

export interface EnrolmentTerms {
  readonly antenna: StationAntenna;
  readonly config: EnrolleeConfig;
  readonly method: Wish["method"];
  readonly bssid: MacAddress | null;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly tell: (event: EnrolEvent) => void;
}

type Attempt =
  | { readonly type: "paired"; readonly credentials: Extract<PeerOutcome, { type: "paired" }>["credentials"] }
  /** `final`: another try would end in the same way. */
  | { readonly type: "failed"; readonly failure: EnrolFailure; readonly final: boolean };

/** Runs until it has told `enrolled` or `failed`. @throws the signal's reason, when it aborts */
export async function runEnrolment(terms: EnrolmentTerms): Promise<void> {
  const { antenna, config, method, signal, tell } = terms;
  const { clock } = antenna.air;
  const start = clock.now();
  const end = start + WALK_TIME_MS;
  const pausedUntil = new Map<MacAddress, number>();
  let lastFailure: EnrolFailure = { kind: "timeout" };
  tell({ type: "searching" });
  for (let scans = 1; clock.now() < end; scans++) {
    const sightings = await antenna.scan(probeOf(config), signal);
    const desperate = scans >= desperateAfter.scans && clock.now() - start >= desperateAfter.ms;
    const wish: Wish = { method, own: antenna.address, bssid: terms.bssid, desperate };
    if (isOverlap(sightings, wish)) return tell({ type: "failed", failure: { kind: "overlap" } });

    const choice = candidates(sightings, wish).find(({ bss }) => (pausedUntil.get(bss.bssid) ?? 0) <= clock.now());
    if (choice !== undefined) {
      const peer: Peer = { bssid: choice.bss.bssid, ssid: choice.bss.ssid, name: choice.bss.wps?.deviceName ?? null };
      tell({ type: "associating", peer });
      const outcome = await attempt(terms, choice, peer, Math.min(end, clock.now() + attemptMs));
      if (outcome.type === "paired") return tell({ type: "enrolled", peer, credentials: outcome.credentials });
      const inviting = invites(choice, wish);
      // Whoever did not invite us may refuse now and have our PIN a minute later.
      if (outcome.final && (inviting || outcome.failure.kind !== "refused"))
        return tell({ type: "failed", failure: outcome.failure });
      if (inviting) lastFailure = outcome.failure;
      pausedUntil.set(peer.bssid, clock.now() + (inviting ? pauseMs.inviting : pauseMs.other));
      tell({ type: "searching" });
    }
    await clock.sleep(rescanMs, { signal });
  }
  tell({ type: "failed", failure: lastFailure });
}

function probeOf({ device, password }: EnrolleeConfig): EnrolleeProbe {
  const uuid = Array.from(device.uuid, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { uuid, devicePasswordId: password.id, deviceName: device.deviceName };
}

/** One association and one EAP run. @param until when it must be over */
async function attempt(terms: EnrolmentTerms, choice: Sighting, peer: Peer, until: number): Promise<Attempt> {
  const { antenna, signal, tell } = terms;
  const talk = await antenna.associate(choice.bss, true, signal);
  if (talk === null) return broken("The access point did not let the station in to enrol.");
  try {
    let state = openPeer(terms.config, drawEnrollee(terms.random));
    let turnedAway: number | null = null;
    while (true) {
      const patience = state.outcome === null ? serverSilenceMs : farewellMs;
      const heard = await talk.next(Math.max(0, Math.min(patience, until - antenna.air.clock.now())));
      if (heard === null || heard.kind === "deauthentication") return judge(terms.method, state, turnedAway);
      if (heard.kind !== "eap") continue;
      const step = stepPeer(state, heard.packet);
      state = step.state;
      for (const event of step.events)
        if (event.type === "message") tell({ type: "exchanging", peer, message: event.message });
        else if (event.type === "turnedAway") turnedAway = event.configError;
      if (step.reply !== null) talk.send({ kind: "eap", packet: step.reply });
      if (state.closed) return judge(terms.method, state, turnedAway);
    }
  } finally {
    talk.leave();
  }
}

function judge(method: Wish["method"], { outcome }: PeerState, turnedAway: number | null): Attempt {
  if (outcome?.type === "paired") return { type: "paired", credentials: outcome.credentials };
  if (turnedAway !== null) return final({ kind: "refused", configError: turnedAway });
  if (outcome === null) return broken("The access point fell silent in the middle of the exchange.");
  return judgeError(method, outcome.error);
}

/** Configuration Error: the peer found the device password wrong. */
const passwordWrong = 18;

function judgeError(method: Wish["method"], error: WscError): Attempt {
  if (error.kind === "wrongPassword" && method === "pin") return final({ kind: "wrongPin", half: error.half });
  if (error.kind === "turnedAway") return final({ kind: "refused", configError: error.configError });
  if (error.kind === "refused") {
    // A Registrar that finds the PIN wrong finds it in M5 or M7.
    if (error.configError === passwordWrong && method === "pin")
      return final({ kind: "wrongPin", half: error.lastSent === "M5" ? 1 : error.lastSent === "M7" ? 2 : null });
    if (error.configError !== 0) return final({ kind: "refused", configError: error.configError });
    return broken(`The access point broke the exchange off after ${error.lastSent}, without giving a reason.`);
  }
  if (error.kind === "noUsableCredential" || error.kind === "badCredential") return final({ kind: "noUsableNetwork" });
  if (error.kind === "cutOff") return broken("The access point ended the exchange too early.");
  return broken(`The access point sent something that does not belong into the exchange (${error.kind}).`);
}

function broken(message: string): Attempt {
  return { type: "failed", failure: { kind: "broken", message }, final: false };
}

function final(failure: EnrolFailure): Attempt {
  return { type: "failed", failure, final: true };
}
