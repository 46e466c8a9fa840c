/** What a pairing looks like from outside: the session that the API, the pages and the command line show. */
import type { MessageType } from "../wsc/messages.ts";

export type Phase = "searching" | "associating" | "exchanging" | "connecting" | "addressing" | "ended";

export type PairingResult = "success" | "timeout" | "overlap" | "failed" | "cancelled";

/** The session of `GET /api/v1/wifi/wps`, field for field. All but `active` are null before the first pairing. */
export interface PairingSession {
  readonly active: boolean;
  readonly method: "pbc" | "pin" | null;
  readonly phase: Phase | null;
  /** The WSC message under way; null where the radio cannot tell. */
  readonly message: MessageType | null;
  readonly peer: { readonly bssid: string; readonly ssid: string | null; readonly name: string | null } | null;
  /** Whole seconds until the two minutes are over; 0 once ended. */
  readonly secondsLeft: number;
  readonly result: PairingResult | null;
  /** A stable key of `reasons.ts`; null after a success or a cancel without more to say. */
  readonly reason: string | null;
  /** What the person should do next, in a sentence or two. */
  readonly hint: string | null;
  /** A stable key of `reasons.ts` for the hint, whose words may be more particular than those of the table there. */
  readonly hintKey: string | null;
}
