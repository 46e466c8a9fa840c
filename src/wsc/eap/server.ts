/**
 * The network's end of an EAP-WSC run in which it is the Registrar: it hands a station the credentials of a network. One
 * that it does not serve it may pass on: the rest of the run is then between the station and a Registrar elsewhere.
 */
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
import { endRelay, openRelay, type RelayInput, type RelayState, stepRelay } from "../session/relay.ts";
import { type Failed, type Step, stay, type WscMessage } from "../session/session.ts";
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

type RegistrarDecision = Exclude<RegistrarInput, { readonly type: "message" }>;
type RelayDecision = Exclude<RelayInput, { readonly type: "message" }>;
type Decision = RegistrarDecision | RelayDecision;

/** A packet, silence, the end of the carrier, or a decision about the run. */
export type ServerInput =
  | CarrierInput
  /** The answer to `asked`. */
  | Extract<RegistrarDecision, { readonly type: "admit" }>
  /** The answer to `asked`, or, later, the end of a run: it then takes effect when the peer's next message is here. */
  | Extract<RegistrarDecision, { readonly type: "refuse" }>
  /** What a Registrar elsewhere says to a station that was passed on, and that waits for it; or that nobody says anything. */
  | RelayDecision;

/** The machine's own events, and the messages as they pass. */
export type ServerEvent = RegistrarEvent | MessageEvent;
/** Our Registrar, until it has passed the station on. */
type Session = RegistrarState | RelayState;
/** The machine and what is on its way through EAP. */
export type ServerState = Server<Session, Decision>;
/** The next state, at most one EAP packet, events, and whether the conversation is over. */
export type ServerStep = CarrierStep<Session, Decision, RegistrarEvent>;

const REGISTRAR: ServerRole<Session, Decision, RegistrarEvent> = {
  peerIdentity: ENROLLEE_IDENTITY,
  step: stepSession,
  end: (session) => (isRelay(session) ? endRelay(session) : endRegistrar(session)),
  phase: ({ name }) => {
    switch (name) {
      case "deciding":
      case "failed":
        return name;
      case "awaitOffer":
      case "awaitAnswer":
        return "deciding";
      case "enrolled":
      case "relayed":
      case "passedOn": // Only ever within a step.
        return "done";
      case "awaitM1":
      case "awaitM2dAck":
      case "awaitM3":
      case "awaitM5":
      case "awaitM7":
      case "awaitDone":
      case "awaitStation":
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
    case "answer":
    case "giveUp":
      return decide(REGISTRAR, state, input);
    case "refuse":
      return onRefuse(state, input);
  }
}

/** Whether the run is between the station and a Registrar elsewhere now, and whose turn it is. */
export function relayed({ session }: ServerState): "station" | "registrar" | null {
  switch (session.name) {
    case "awaitStation":
      return "station";
    case "awaitOffer":
    case "awaitAnswer":
      return "registrar";
    default:
      return null;
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
    case "passedOn":
    case "failed":
    // A Registrar elsewhere has the say now.
    case "awaitOffer":
    case "awaitAnswer":
    case "awaitStation":
    case "relayed":
      return wait(state);
  }
}

function stepSession(
  session: Session,
  input: { readonly type: "message"; readonly message: WscMessage } | Decision,
): Step<Session, RegistrarEvent> {
  if (isRelay(session))
    return input.type === "admit" || input.type === "refuse" ? stay(session) : stepRelay(session, input);
  if (input.type === "answer" || input.type === "giveUp") return stay(session);
  const step = stepRegistrar(session, input);
  return step.state.name === "passedOn" ? { ...step, state: openRelay(step.state.enrolleeNonce) } : step;
}

/** Of one that has failed it does not matter whose it was. */
function isRelay(session: Session): session is Exclude<RelayState, Failed> {
  const { name } = session;
  return name === "awaitOffer" || name === "awaitAnswer" || name === "awaitStation" || name === "relayed";
}
