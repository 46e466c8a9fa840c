/**
 * Whether WPS can work with what is in sight, and if not, why: for each access point, by button and by PIN. Scans
 * nothing itself. What a pairing under way makes of the same sight is in `sight.ts`.
 */
import type { Bss } from "../radio/station-radio.ts";

/** Whether pairing can work now, in words. */
export interface Verdict {
  readonly possible: boolean;
  /** A stable key of the table of sentences. */
  readonly key: string;
  readonly sentence: string;
  /** What to do next; null when it is possible. */
  readonly hint: string | null;
}

/** One access point. */
export interface Finding {
  readonly bss: Bss;
  readonly button: Verdict;
  readonly pin: Verdict;
  /** It may work, and yet: a weak signal. Null when nothing speaks against it. */
  readonly caution: Omit<Verdict, "possible"> | null;
}

export interface Preflight {
  /** In the order they were given in. */
  readonly accessPoints: readonly Finding[];
  /** Can pairing work now, with any of them? */
  readonly button: Verdict;
  readonly pin: Verdict;
}

/** @param _seen strongest first */
export function preflight(_seen: readonly Bss[]): Preflight {
  const none: Verdict = { possible: false, key: "no-access-point", sentence: "", hint: null };
  return { accessPoints: [], button: none, pin: none };
}
