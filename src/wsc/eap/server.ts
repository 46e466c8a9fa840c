/** The network's end of an EAP-WSC run in which it is the Registrar: it hands a station the credentials of a network. */
import {
  endRegistrar,
  openRegistrar,
  type RegistrarConfig,
  type RegistrarDraws,
  type RegistrarEvent,
  type RegistrarInput,
  type RegistrarState,
  stepRegistrar,
} from "../session/registrar.ts";
import { ENROLLEE_IDENTITY } from "./packet.ts";
import type { MessageEvent } from "./peer-carrier.ts";
import {
  type CarrierInput,
  type CarrierStep,
  decide,
  keepForNextMessage,
  openCarrier,
  type Server,
  type ServerOptions,
  type ServerRole,
  stepCarrier,
  wait,
} from "./server-carrier.ts";

export { RETRANSMIT_AFTER_MS } from "./server-carrier.ts";

type Decision = Exclude<RegistrarInput, { readonly type: "message" }>;

/** A packet, silence, the end of the carrier, or a decision about the run. */
export type ServerInput =
  | CarrierInput
  /** The answer to `asked`. */
  | Extract<Decision, { readonly type: "admit" }>
  /** The answer to `asked`, or, later, the end of a run: it then takes effect when the peer's next message is here. */
  | Extract<Decision, { readonly type: "refuse" }>;

/** The machine's own events, and the messages as they pass. */
export type ServerEvent = RegistrarEvent | MessageEvent;
/** The machine and what is on its way through EAP. */
export type ServerState = Server<RegistrarState, Decision>;
/** The next state, at most one EAP packet, events, and whether the conversation is over. */
export type ServerStep = CarrierStep<RegistrarState, Decision, RegistrarEvent>;

const REGISTRAR: ServerRole<RegistrarState, Decision, RegistrarEvent> = {
  peerIdentity: ENROLLEE_IDENTITY,
  step: stepRegistrar,
  end: endRegistrar,
  phase: ({ name }) => {
    switch (name) {
      case "deciding":
      case "failed":
        return name;
      case "enrolled":
        return "done";
      case "awaitM1":
      case "awaitM2dAck":
      case "awaitM3":
      case "awaitM5":
      case "awaitM7":
      case "awaitDone":
        return "running";
    }
  },
};

/**
 * A server that waits for the peer's EAP-Response/Identity.
 * @param options.fragmentSize most bytes of a packet from the op-code on; default 1400
 */
export function openServer(config: RegistrarConfig, draws: RegistrarDraws, options: ServerOptions = {}): ServerState {
  return openCarrier(openRegistrar(config, draws), null, options);
}

/** Never throws, whatever the bytes. After its end a server stays silent. */
export function stepServer(state: ServerState, input: ServerInput): ServerStep {
  switch (input.type) {
    case "response":
    case "silence":
    case "cutOff":
      return stepCarrier(REGISTRAR, state, input);
    case "admit":
      return decide(REGISTRAR, state, input);
    case "refuse":
      return onRefuse(state, input);
  }
}

function onRefuse(state: ServerState, refusal: Extract<Decision, { readonly type: "refuse" }>): ServerStep {
  switch (state.session.name) {
    case "deciding":
      return decide(REGISTRAR, state, refusal);
    case "awaitM3":
    case "awaitM5":
    case "awaitM7":
      return keepForNextMessage(state, refusal);
    case "awaitM1":
    case "awaitM2dAck":
    case "awaitDone":
    case "enrolled":
    case "failed":
      return wait(state);
  }
}
