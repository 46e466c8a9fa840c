/**
 * Whether a PIN could be the one of a run, told without any key. Hashes and Encrypted Settings are bound to a secret that
 * only the two ends have, so no PIN can be tried against a capture: what can be told follows from what the ends said openly.
 */
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import type { Pin } from "../wsc/pin.ts";
import { passwordIdWords } from "./attribute-words.ts";
import { passwordIdOf, type Run, wrongHalfOf } from "./run.ts";

/** What can be said of a PIN. */
export interface PinVerdict {
  readonly verdict: /** The run had no PIN, or not this one. */
    | "impossible"
    /** Nothing speaks against it, and nothing in the capture can prove it. */
    | "possible"
    /** The two ends had different passwords: it can be the one's or the other's, not both's. */
    | "atMostOneEnds"
    /** A run for a PIN, but it ended before either end used one. */
    | "notUsed"
    /** The capture missed the messages that say what kind of password it was. */
    | "unknown";
  /** A sentence. It never repeats the PIN. */
  readonly why: string;
}

/** @param pin only its being one matters: that it has 4 or 8 digits does not show in a capture */
export function judgePin(run: Run, pin: Pin): PinVerdict {
  const id = passwordIdOf(run);
  if (id === null)
    return { verdict: "unknown", why: "The capture misses M1 and M2, which say what kind of password the run used." };
  if (id === DEVICE_PASSWORD_ID.pushButton)
    return pin === PUSH_BUTTON_PIN
      ? { verdict: "possible", why: "A push-button run always uses these eight digits, so they are no secret." }
      : { verdict: "impossible", why: "This was a push-button run: it used no PIN." };
  if (id === DEVICE_PASSWORD_ID.nfcConnectionHandover)
    return { verdict: "impossible", why: "This was an NFC connection handover: it used no password at all." };
  if (id >= DEVICE_PASSWORD_ID.firstToken)
    return { verdict: "impossible", why: `The password came from an ${passwordIdWords(id)}, which is no PIN.` };

  const half = wrongHalfOf(run);
  if (half !== null)
    return {
      verdict: "atMostOneEnds",
      why: `The two ends had different PINs: they differ in the ${half === 1 ? "first" : "second"} half${half === 1 ? "" : ", and agree in the first"}. This one can be that of one end, and not of both; which, a capture cannot tell.`,
    };
  if (!run.seen.has("M3") && !run.seen.has("M4"))
    return { verdict: "notUsed", why: "The run was to use a PIN, but it ended before either end had used one." };
  const agreed =
    run.outcome === "success" || run.outcome === "learned"
      ? "Both ends had the same PIN. It could be this one"
      : "It could be this one";
  return { verdict: "possible", why: `${agreed}; a capture cannot prove it, for that takes a private key of one end.` };
}

/** What push button uses for a password; as a PIN its check digit is right. */
const PUSH_BUTTON_PIN = "00000000";
