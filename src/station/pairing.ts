/**
 * One pairing over any radio, as an async generator: search, exchange, connect, wait for an address, and on failure put
 * back what was there. Keeps nothing: storing the network and surviving a crash are the station's business.
 */
import type { Clock } from "../clock/clock.ts";
import type { EnrolMethod, Link, Network, Peer, RadioSetup, StationRadio } from "../radio/station-radio.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Credential } from "../wsc/credential.ts";
import type { MessageType } from "../wsc/messages.ts";
import type { PairingError, ReasonKey } from "./reasons.ts";
import type { AddressPolicy } from "./settings.ts";

/** How long a pairing may take in all (protocol: walk time). */
export const walkTimeMs = 120_000;

export interface PairOptions {
  readonly radio: StationRadio;
  readonly method: EnrolMethod;
  /** Pair with this access point only. */
  readonly bssid?: MacAddress | undefined;
  /** The system's own without it. */
  readonly clock?: Clock | undefined;
  /** Cancels. The last event is then `failed` with the result `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** How the device comes by an IP address; `wait` without it. */
  readonly address?: AddressPolicy | undefined;
  /**
   * What the radio is given after anything but a success. Without it: off when it was off, else the networks it was configured with by
   * itself. `null`: nothing, because the caller sees to it.
   */
  readonly restore?: RadioSetup | null | undefined;
}

export type PairEvent =
  /** Told again when `outlook` changes: why this would fail as things look now; null when it looks good. */
  | { readonly type: "searching"; readonly outlook: ReasonKey | null }
  | { readonly type: "associating"; readonly peer: Peer }
  /** `message` is null where the radio does not say which message is under way. */
  | { readonly type: "exchanging"; readonly peer: Peer; readonly message: MessageType | null }
  | { readonly type: "connecting"; readonly peer: Peer; readonly network: Network }
  | { readonly type: "addressing"; readonly peer: Peer; readonly network: Network }
  /** Connected, and addressed as asked for. The radio has `network`, but only for now: see {@link StationRadio.keep}. */
  | {
      readonly type: "paired";
      readonly peer: Peer;
      readonly network: Network;
      readonly credentials: readonly Credential[];
      readonly link: Link;
    }
  | { readonly type: "failed"; readonly error: PairingError };

/**
 * Pairs. The last event is `paired` or `failed`, also after a cancel; leaving the loop early cancels as well. What goes
 * wrong on the air or with the radio is an event, never thrown.
 */
export async function* pair(_options: PairOptions): AsyncGenerator<PairEvent, void> {
  yield { type: "searching", outlook: null };
}
