/** What scans show while a pairing searches, and what that says about why nothing comes of it. Scans nothing itself. */
import type { Bss } from "../radio/station-radio.ts";
import type { MacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import type { ReasonKey } from "./reasons.ts";

/** What a pairing looks for. */
export interface Wanted {
  readonly method: "pushButton" | "pin";
  /** This access point only; null: any. */
  readonly bssid: MacAddress | null;
}

/** Why a pairing would fail as things look; null when an access point is ready for it. @param seen strongest first */
export function outlook(wanted: Wanted, seen: readonly Bss[]): ReasonKey | null {
  const candidates = wanted.bssid === null ? seen : seen.filter(({ bssid }) => bssid === wanted.bssid);
  if (wanted.bssid !== null && candidates.length === 0) return "chosen-access-point-not-in-sight";
  if (candidates.some((bss) => isReady(wanted.method, bss))) return null;
  if (candidates.some(({ wps }) => wps !== null))
    return wanted.method === "pushButton" ? "no-button-pressed" : "no-pin-entered";
  // The strongest is the one the person stands beside.
  return candidates[0]?.authMode === "WPA3" ? "only-wpa3" : "no-access-point";
}

/** A window is open, and for this method. */
export function isReady(method: Wanted["method"], { wps }: Bss): boolean {
  if (wps === null || !wps.selectedRegistrar) return false;
  return (wps.devicePasswordId === DEVICE_PASSWORD_ID.pushButton) === (method === "pushButton");
}
