/** The station's end of an EAP-WSC run in which it is the Registrar: it learns or sets what the access point is. */
import type { NetworkSettings } from "../credential.ts";
import type { WscError } from "../errors.ts";
import {
  type ExternalRegistrarConfig,
  type ExternalRegistrarEvent,
  type ExternalRegistrarState,
  endExternalRegistrar,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "../session/external-registrar.ts";
import type { RegistrarDraws } from "../session/registrar-messages.ts";
import { REGISTRAR_IDENTITY } from "./packet.ts";
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
export type RegistrarPeerOutcome =
  | { readonly type: "learned" | "configured"; readonly settings: NetworkSettings }
  | { readonly type: "failed"; readonly error: WscError };

/** The machine's own events, and the messages as they pass. */
export type RegistrarPeerEvent = ExternalRegistrarEvent | MessageEvent;
/** The machine and what is on its way through EAP. */
export type RegistrarPeerState = Carrier<ExternalRegistrarState, RegistrarPeerOutcome>;
/** The next state, the EAP reply if there is one, and events. */
export type RegistrarPeerStep = CarrierStep<ExternalRegistrarState, ExternalRegistrarEvent, RegistrarPeerOutcome>;

const EXTERNAL_REGISTRAR: PeerRole<ExternalRegistrarState, ExternalRegistrarEvent, RegistrarPeerOutcome> = {
  identity: REGISTRAR_IDENTITY,
  step: stepExternalRegistrar,
  end: endExternalRegistrar,
  outcome: (session) => {
    if (session.name === "learned" || session.name === "configured")
      return { type: session.name, settings: session.settings };
    return session.name === "failed" ? { type: "failed", error: session.error } : null;
  },
};

/** A peer that waits for the network's first request. The network begins with M1; there is no WSC_Start. */
export function openRegistrarPeer(
  config: ExternalRegistrarConfig,
  draws: RegistrarDraws,
  options: PeerOptions = {},
): RegistrarPeerState {
  return openCarrier(openExternalRegistrar(config, draws), null, options);
}

/**
 * Takes one EAP packet from the network. Never throws, whatever the bytes; what fits nothing is ignored.
 * @throws RangeError for a device or settings that do not fit their attributes: the caller's bug
 */
export function stepRegistrarPeer(state: RegistrarPeerState, packet: Uint8Array): RegistrarPeerStep {
  return stepCarrier(EXTERNAL_REGISTRAR, state, packet);
}
