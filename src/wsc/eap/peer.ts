/** The station's end of an EAP-WSC run in which it is the Enrollee: it is handed the credentials of a network. */
import type { Credential } from "../credential.ts";
import type { WscError } from "../errors.ts";
import {
  type EnrolleeConfig,
  type EnrolleeDraws,
  type EnrolleeEvent,
  type EnrolleeState,
  endEnrollee,
  openEnrollee,
  stepEnrollee,
} from "../session/enrollee.ts";
import { ENROLLEE_IDENTITY } from "./packet.ts";
import {
  type Carrier,
  type CarrierStep,
  type MessageEvent,
  openCarrier,
  type PeerOptions,
  type PeerRole,
  stepCarrier,
} from "./peer-carrier.ts";

/** How the run ended. */
export type PeerOutcome =
  | { readonly type: "paired"; readonly credentials: readonly Credential[] }
  | { readonly type: "failed"; readonly error: WscError };

/** The machine's own events, and the messages as they pass. */
export type PeerEvent = EnrolleeEvent | MessageEvent;
/** The machine and what is on its way through EAP. */
export type PeerState = Carrier<EnrolleeState, PeerOutcome>;
/** The next state, the EAP reply if there is one, and events. */
export type PeerStep = CarrierStep<EnrolleeState, EnrolleeEvent, PeerOutcome>;

const ENROLLEE: PeerRole<EnrolleeState, EnrolleeEvent, PeerOutcome> = {
  identity: ENROLLEE_IDENTITY,
  step: stepEnrollee,
  end: endEnrollee,
  outcome: (session) => {
    if (session.name === "paired") return { type: "paired", credentials: session.credentials };
    return session.name === "failed" ? { type: "failed", error: session.error } : null;
  },
};

/**
 * A peer that waits for the network's first request. Costs an exponentiation.
 * @param options.fragmentSize most bytes of a packet from the op-code on; default 1400
 * @throws RangeError for a device that does not fit its attributes, or, when it sends, a fragment size under 5
 */
export function openPeer(config: EnrolleeConfig, draws: EnrolleeDraws, options: PeerOptions = {}): PeerState {
  const { state, send } = openEnrollee(config, draws);
  return openCarrier(state, send, options);
}

/** Takes one EAP packet from the network. Never throws, whatever the bytes; what fits nothing is ignored. */
export function stepPeer(state: PeerState, packet: Uint8Array): PeerStep {
  return stepCarrier(ENROLLEE, state, packet);
}
