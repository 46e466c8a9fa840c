/**
 * Whether WPS can work with what is in sight, and if not, why: for each access point, by button and by PIN. Scans
 * nothing itself. What a pairing makes of the same sight is `outlook` in `sight.ts`, which decides for all of them here
 * too; the advice is that of `reasons.ts` where the reason is the same.
 */
import type { Bss } from "../radio/station-radio.ts";
import { REASONS } from "./reasons.ts";
import { isReady, outlook, type Wanted } from "./sight.ts";

interface Words {
  /** How things are. */
  readonly sentence: string;
  /** What to do next; null: nothing. */
  readonly hint: string | null;
}

const { hint: tellMixedMode } = REASONS["only-wpa3"];

/** Stable keys, as programs read them: a key never changes its meaning; sentences may. */
export const FINDINGS = {
  "button-pressed": { sentence: "Its WPS button is pressed: pairing by button works now.", hint: null },
  "pin-entered": { sentence: "It waits for a device's PIN: pairing by PIN works now.", hint: null },

  // It would work, if somebody did something.
  "no-button-pressed": {
    sentence: "WPS is switched on, but nobody has pressed its button.",
    hint: REASONS["no-button-pressed"].hint,
  },
  "no-pin-entered": {
    sentence: "WPS is switched on, but it does not wait for a device's PIN.",
    hint: REASONS["no-pin-entered"].hint,
  },
  overlap: {
    sentence: "Two access points have their WPS button pressed at the same time, so none can be trusted.",
    hint: REASONS.overlap.hint,
  },

  // Its settings rule WPS out.
  hidden: {
    sentence: "Its network name is hidden, and WPS works only with one that is shown.",
    hint: "Let the router show its network name (SSID broadcast), then pair.",
  },
  wep: {
    sentence: "It is protected by WEP, which is broken, and which WPS does not hand out any more.",
    hint: "Set the router to WPA2, or to WPA2/WPA3 mixed mode, then pair.",
  },
  "tkip-only": {
    sentence: "It offers nothing better than TKIP, with which access points must switch WPS off.",
    hint: "Set the router to WPA2 with AES (CCMP), or to WPA2/WPA3 mixed mode, then pair.",
  },
  "only-wpa3": { sentence: "It is WPA3 only, and WPS cannot hand out a WPA3 password.", hint: tellMixedMode },
  owe: {
    sentence: "It is an open network with encryption (OWE), which has no password that WPS could hand out.",
    hint: "Join it by its name, without a password.",
  },
  enterprise: {
    sentence: "It is an enterprise network, where each user has an account of its own; WPS cannot hand one out.",
    hint: "Ask those who run the network, or use another one.",
  },
  "no-wps": { sentence: "It has no WPS, or WPS is switched off.", hint: REASONS["no-access-point"].hint },
  "no-access-point": {
    sentence: "No access point with WPS switched on is in sight.",
    hint: REASONS["no-access-point"].hint,
  },

  // It may work, and yet.
  "setup-locked": {
    sentence:
      "It has locked WPS after several wrong PINs; by the standard it still lets devices in by button or by their own PIN, but not every router does.",
    hint: REASONS["setup-locked"].hint,
  },
  "weak-signal": {
    sentence: "Its signal is weak, and an exchange may break off.",
    hint: "Bring the device nearer to the router.",
  },
} as const satisfies Record<string, Words>;

export type FindingKey = keyof typeof FINDINGS;

export interface Caution extends Words {
  readonly key: FindingKey;
}

/** Whether pairing can work now, in words. */
export interface Verdict extends Caution {
  readonly possible: boolean;
}

/** One access point. */
export interface Finding {
  readonly bss: Bss;
  readonly button: Verdict;
  readonly pin: Verdict;
  /** What may go wrong all the same. */
  readonly cautions: readonly Caution[];
}

export interface Preflight {
  /** In the order they were given in. */
  readonly accessPoints: readonly Finding[];
  /** Can pairing work now, with any of them? */
  readonly button: Verdict;
  readonly pin: Verdict;
}

/** Below that an exchange of a dozen frames in a few seconds tends to break off. In dBm. */
const weakSignal = -80;

/** @param seen strongest first */
export function preflight(seen: readonly Bss[]): Preflight {
  // A station stays away from two pressed buttons also when one of them could not have let it in.
  const pressed = seen.filter((bss) => isReady("pushButton", bss));
  const overlap = isOverlap(pressed);
  return {
    accessPoints: seen.map((bss) => ({
      bss,
      button: verdict(obstacle(bss) ?? (overlap && pressed.includes(bss) ? "overlap" : state("pushButton", bss))),
      pin: verdict(obstacle(bss) ?? state("pin", bss)),
      cautions: cautions(bss).map((key) => ({ key, ...FINDINGS[key] })),
    })),
    button: verdict(overlap ? "overlap" : overall("pushButton", seen)),
    pin: verdict(overall("pin", seen)),
  };
}

/** What rules WPS out at this access point, whoever does whatever; null: nothing. */
function obstacle({ ssid, authMode, pairwiseCipher, wps }: Bss): FindingKey | null {
  if (ssid.length === 0) return "hidden";
  switch (authMode) {
    case "WEP":
      return "wep";
    case "EAP":
    case "WPA3-ENT":
      return "enterprise";
    case "OWE":
      return "owe";
    case "WPA3":
      // One that advertises WPS may be an old firmware that does hand out its password, and that works for WPA3 too.
      return wps === null ? "only-wpa3" : null;
    default:
      if (wps !== null) return null;
      return pairwiseCipher === "TKIP" ? "tkip-only" : "no-wps";
  }
}

function state(method: Wanted["method"], bss: Bss): FindingKey {
  if (method === "pushButton") return isReady(method, bss) ? "button-pressed" : "no-button-pressed";
  return isReady(method, bss) ? "pin-entered" : "no-pin-entered";
}

/** As a pairing sees it that begins now with whichever access point lets it in. */
function overall(method: Wanted["method"], seen: readonly Bss[]): FindingKey {
  const usable = seen.filter((bss) => bss.wps === null || obstacle(bss) === null);
  const trouble = outlook({ method, bssid: null }, usable);
  switch (trouble) {
    case null:
      return method === "pushButton" ? "button-pressed" : "pin-entered";
    case "no-button-pressed":
    case "no-pin-entered":
    case "only-wpa3":
      return trouble;
    default:
      return "no-access-point";
  }
}

/** Two of them, and not two radios of one: those share a UUID. One that does not say its UUID may be any. */
function isOverlap(pressed: readonly Bss[]): boolean {
  const [first, ...others] = pressed.map(({ wps }) => wps?.uuid ?? null);
  return others.some((uuid) => uuid === null || uuid !== first);
}

function cautions({ wps, rssi }: Bss): FindingKey[] {
  return [
    ...(wps?.setupLocked ? ["setup-locked" as const] : []),
    ...(rssi < weakSignal ? ["weak-signal" as const] : []),
  ];
}

function verdict(key: FindingKey): Verdict {
  return { possible: key === "button-pressed" || key === "pin-entered", key, ...FINDINGS[key] };
}
