/**
 * Why a pairing ended, in words: the one table of stable keys, the result each belongs to, and two sentences for the
 * person. Programs read the keys, so a key never changes its meaning; sentences may. Decides nothing.
 */
import type { PairingResult, PairingSession } from "./session.ts";

export interface Reason {
  readonly result: PairingResult;
  /** What happened, and why. */
  readonly sentence: string;
  /** What to do next. Also reads well while a pairing still searches. */
  readonly hint: string;
}

export const REASONS = {
  // Two minutes over without an access point that would take the device.
  "no-access-point": {
    result: "timeout",
    sentence: "No access point with WPS switched on was in sight.",
    hint: "Switch WPS on at the router, or bring the device nearer to it, then pair again.",
  },
  "only-wpa3": {
    result: "timeout",
    sentence:
      "No access point with WPS was in sight; the nearest one is WPA3 only, and WPS cannot hand out a WPA3 password.",
    hint: "Set the router to WPA2/WPA3 mixed mode, or enter name and password of the network by hand.",
  },
  "chosen-access-point-not-in-sight": {
    result: "timeout",
    sentence: "The access point that was asked for was not in sight.",
    hint: "Check its address (BSSID), or pair without naming an access point.",
  },
  "no-button-pressed": {
    result: "timeout",
    sentence: "An access point with WPS was in sight, but nobody pressed its WPS button within the two minutes.",
    hint: "Press the WPS button of the router within two minutes of starting the pairing.",
  },
  "no-pin-entered": {
    result: "timeout",
    sentence: "An access point with WPS was in sight, but did not expect this device's PIN within the two minutes.",
    hint: "Enter the device's PIN at the router, on its WPS page, within two minutes of starting the pairing.",
  },
  "not-finished": {
    result: "timeout",
    sentence: "An access point was ready, but the exchange with it was not finished within the two minutes.",
    hint: "Bring the device nearer to the router and pair again.",
  },
  timeout: {
    result: "timeout",
    sentence: "Nothing came of it within the two minutes.",
    hint: "Check that WPS is switched on at the router, press its WPS button, and pair again.",
  },

  // The access point, or two of them, said no.
  overlap: {
    result: "overlap",
    sentence: "Two access points had their WPS button pressed at the same time, so none could be trusted.",
    hint: "Wait two minutes, press the button of one router only, and pair again.",
  },
  "wrong-pin": {
    result: "failed",
    sentence: "The access point was given another PIN than this device has.",
    hint: "Compare the PINs, enter this device's PIN at the router again, and pair again.",
  },
  "setup-locked": {
    result: "failed",
    sentence: "The access point has locked WPS, as routers do after several wrong PINs.",
    hint: "Wait a few minutes or restart the router, then pair again.",
  },
  "access-point-busy": {
    result: "failed",
    sentence: "The access point was busy with another device.",
    hint: "Wait two minutes and pair again.",
  },
  refused: {
    result: "failed",
    sentence: "The access point refused to let this device in.",
    hint: "Press the WPS button of the router again and pair again; if that fails too, restart the router.",
  },
  broken: {
    result: "failed",
    sentence: "The exchange with the access point broke off.",
    hint: "Bring the device nearer to the router and pair again.",
  },

  // The exchange went well, and then it did not work.
  "no-usable-network": {
    result: "failed",
    sentence: "The access point handed out no network that this device can join, such as an old WEP network.",
    hint: "Set the router to WPA2, or to WPA2/WPA3 mixed mode, and pair again.",
  },
  "wrong-key": {
    result: "failed",
    sentence: "The access point handed out a password and then did not accept it.",
    hint: "Restart the router and pair again; if that fails too, enter its password by hand.",
  },
  "network-not-found": {
    result: "failed",
    sentence: "The network that the access point named is not in sight.",
    hint: "Check that this network is switched on at the router, bring the device nearer, and pair again.",
  },
  rejected: {
    result: "failed",
    sentence: "The access point handed out its password, but did not let the device in with it.",
    hint: "Check the router's list of blocked or allowed devices, and pair again.",
  },
  "not-connected": {
    result: "failed",
    sentence: "The access point handed out its password, but no connection came about.",
    hint: "Bring the device nearer to the router and pair again.",
  },
  "no-address": {
    result: "failed",
    sentence: "The device was connected, but was given no IP address.",
    hint: "Check that the router's DHCP server is on and that this device runs a DHCP client, then pair again.",
  },
  "address-command-failed": {
    result: "failed",
    sentence: "The device was connected, but the command that should bring an IP address failed.",
    hint: "Run the command of the setting `address` by hand to see what it says, then pair again.",
  },

  // It had nothing to do with the access point.
  "radio-gone": {
    result: "failed",
    sentence: "The device's Wi-Fi radio went away while the pairing was under way.",
    hint: "Check that the radio is plugged in and its service is running, then pair again.",
  },
  "radio-refused": {
    result: "failed",
    sentence: "The device's Wi-Fi radio did not do as it was told.",
    hint: "Look into the log of what drives the radio, such as wpa_supplicant's, and pair again.",
  },
  "not-stored": {
    result: "failed",
    sentence: "The device was connected, but could not store the network, so it went back to what it was before.",
    hint: "Make room in the device's state folder, then pair again.",
  },
  interrupted: {
    result: "failed",
    sentence: "The device lost power, or its service was killed, while the pairing was under way.",
    hint: "Pair again.",
  },
  stopped: {
    result: "cancelled",
    sentence: "The device's service was stopped while the pairing was under way.",
    hint: "Pair again.",
  },
  cancelled: {
    result: "cancelled",
    sentence: "The pairing was cancelled.",
    hint: "Pair again when you are ready.",
  },
  internal: {
    result: "failed",
    sentence: "Something went wrong within the device's service.",
    hint: "Pair again; if that fails too, look at the service's log and report what it says.",
  },
} as const satisfies Record<string, Reason>;

/** A stable key, as `reason` of a session shows it. */
export type ReasonKey = keyof typeof REASONS;

/** While a pairing searches they say no more than what the person is about to do anyway. */
export const stillToDo: ReadonlySet<ReasonKey> = new Set(["no-button-pressed", "no-pin-entered"]);

/** Hints that go with no reason, by stable keys of their own. */
export const HINTS = {
  /** After a success: WPS left on is a door left ajar. */
  "switch-wps-off": "WPS is no longer needed: switch it off on the router.",
  /** What speaks against a pairing that was asked for over the network cable. */
  "over-ethernet":
    "Pairing over Ethernet is not recommended for optimal performance: unplug the network cable, or use the device's button.",
} as const satisfies Record<string, string>;

/** A stable key, as `hintKey` of a session shows it: of the reason whose hint it is, or of a hint without one. */
export type HintKey = ReasonKey | keyof typeof HINTS;

/** Why a pairing failed, in words: a row of the table, or the radio's own words where it has better ones. */
export interface PairingError {
  readonly result: Exclude<PairingResult, "success">;
  readonly reason: ReasonKey;
  readonly sentence: string;
  readonly hint: string;
}

/** @param words what the radio says of it, instead of the table's */
export function pairingError(
  reason: ReasonKey,
  words?: { readonly message?: string; readonly hint?: string },
): PairingError {
  const { result, sentence, hint } = REASONS[reason];
  return { result, reason, sentence: words?.message ?? sentence, hint: words?.hint ?? hint };
}

/** How a session tells it. */
export function endingWords({ result, reason, hint }: PairingError): EndingWords {
  return { result, reason, hint, hintKey: reason };
}

/** What a session says at its end. */
export type EndingWords = Pick<PairingSession, "result" | "reason" | "hint" | "hintKey">;
