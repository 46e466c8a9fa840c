/** At which access point a station tries to enrol: the choice as hostap makes it, in pure functions of a scan. */
import type { MacAddress } from "../../wsc/address.ts";
import { broadcast } from "./frame.ts";
import type { Sighting } from "./station-antenna.ts";

export interface Wish {
  readonly method: "pushButton" | "pin";
  readonly own: MacAddress;
  /** Only this access point will do. */
  readonly bssid: MacAddress | null;
  /** It has looked long enough for an access point that invites it to a PIN, and takes any with WPS. */
  readonly desperate: boolean;
}

/** Is a button pressed at this access point? */
function isPushButtonActive({ bss: { wps } }: Sighting): boolean {
  return wps?.selectedRegistrar === true && wps.devicePasswordId === 4;
}

/** Does this access point say that this station may come now? */
export function invites(sighting: Sighting, wish: Pick<Wish, "method" | "own">): boolean {
  if (wish.method === "pushButton") return isPushButtonActive(sighting);
  const { wps } = sighting.bss;
  if (wps?.selectedRegistrar !== true || isPushButtonActive(sighting)) return false;
  return sighting.authorized.some((address) => address === wish.own || address === broadcast);
}

/**
 * Two boxes have their button pressed, so that nobody can tell which one is meant. One box with two radios is no
 * overlap: its UUID is the same on both. Nor is there one for who asked for a certain access point.
 */
export function isOverlap(sightings: readonly Sighting[], wish: Wish): boolean {
  if (wish.method !== "pushButton" || wish.bssid !== null) return false;
  const active = sightings.filter(isPushButtonActive).map(({ bss }) => bss.wps?.uuid ?? bss.bssid);
  return new Set(active).size > 1;
}

/** Whom to try, the best first: who invites us before who does not, then the stronger. */
export function candidates(sightings: readonly Sighting[], wish: Wish): readonly Sighting[] {
  const eligible = sightings.filter(
    (sighting) =>
      sighting.bss.wps !== null &&
      (wish.bssid === null || wish.bssid === sighting.bss.bssid) &&
      (invites(sighting, wish) || (wish.method === "pin" && wish.desperate)),
  );
  const rank = (sighting: Sighting) => (invites(sighting, wish) ? 1 : 0);
  return eligible.sort((a, b) => rank(b) - rank(a) || b.bss.rssi - a.bss.rssi);
}
