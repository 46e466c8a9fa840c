/**
 * Shows a person, or a program of the person's, how a pairing goes. What there is to show it with is in
 * `indicator-led.ts` and `indicator-hook.ts`.
 */
import type { Clock } from "../clock/clock.ts";
import type { PairingSession } from "./session.ts";
import type { Station } from "./station.ts";

/** Something to show a pairing with. */
export interface Indicator {
  /** Shows this from now on; what was shown before is over. Never throws: trouble is told where it was opened. */
  show(session: PairingSession): void;

  /** Stops showing, and puts back what was there before. */
  close(): Promise<void>;
}

export interface IndicatorOptions {
  readonly clock: Clock;
  /** Told when it cannot be shown; for the log. Pairing goes on without. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/**
 * Shows each change of each pairing, but not its countdown, and not the one of before the start. Ends when the station
 * is closed, and then closes the indicator: so it shows how a pairing ended that the closing cut off.
 */
export async function followPhases(station: Pick<Station, "sessions">, indicator: Indicator): Promise<void> {
  let last: string | null = null;
  try {
    for await (const session of station.sessions({ signal: new AbortController().signal })) {
      const { active, method, phase, peer, result, reason, hint } = session;
      const now = JSON.stringify([active, method, phase, peer, result, reason, hint]);
      if (now !== last && (active || last !== null)) indicator.show(session);
      if (active || last !== null) last = now;
    }
  } finally {
    await indicator.close();
  }
}
