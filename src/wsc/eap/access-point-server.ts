/** The network's end of an EAP-WSC run in which it is the Enrollee: a station as Registrar reads or sets what it is. */
import {
  type AccessPointConfig,
  type AccessPointEvent,
  type AccessPointInput,
  type AccessPointState,
  endAccessPoint,
  openAccessPoint,
  stepAccessPoint,
} from "../session/access-point-enrollee.ts";
import type { EnrolleeDraws } from "../session/enrollee-messages.ts";
import { REGISTRAR_IDENTITY } from "./packet.ts";
import type { MessageEvent } from "./peer-carrier.ts";
import {
  type CarrierInput,
  type CarrierStep,
  decide,
  openCarrier,
  type Server,
  type ServerOptions,
  type ServerRole,
  stepCarrier,
} from "./server-carrier.ts";

type Decision = Exclude<AccessPointInput, { readonly type: "message" }>;

/** A packet, silence, the end of the carrier, or a decision about the run. */
export type AccessPointServerInput =
  | CarrierInput
  /** `apply` and `refuse` answer `settingsGiven`; `lock` may come at any time. */
  | Decision;

/** The machine's own events, and the messages as they pass. */
export type AccessPointServerEvent = AccessPointEvent | MessageEvent;
/** The machine and what is on its way through EAP. */
export type AccessPointServerState = Server<AccessPointState, Decision>;
/** The next state, at most one EAP packet, events, and whether the conversation is over. */
export type AccessPointServerStep = CarrierStep<AccessPointState, Decision, AccessPointEvent>;

const ACCESS_POINT: ServerRole<AccessPointState, Decision, AccessPointEvent> = {
  peerIdentity: REGISTRAR_IDENTITY,
  step: stepAccessPoint,
  end: endAccessPoint,
  phase: ({ name }) => {
    switch (name) {
      case "deciding":
      case "failed":
        return name;
      case "read":
      case "configured":
        return "done";
      case "awaitM2":
      case "awaitM4":
      case "awaitM6":
      case "awaitM8":
      case "awaitAck":
        return "running";
    }
  },
};

/**
 * A server that waits for the peer's EAP-Response/Identity, and then begins with M1. Costs an exponentiation.
 * @throws RangeError for a device that does not fit its attributes
 */
export function openAccessPointServer(
  config: AccessPointConfig,
  draws: EnrolleeDraws,
  options: ServerOptions = {},
): AccessPointServerState {
  const { state, send } = openAccessPoint(config, draws);
  return openCarrier(state, send, options);
}

/** Never throws, whatever the bytes. After its end a server stays silent. */
export function stepAccessPointServer(
  state: AccessPointServerState,
  input: AccessPointServerInput,
): AccessPointServerStep {
  switch (input.type) {
    case "response":
    case "silence":
    case "cutOff":
      return stepCarrier(ACCESS_POINT, state, input);
    case "apply":
    case "refuse":
      return decide(ACCESS_POINT, state, input);
    case "lock":
      return onLock(state, input);
  }
}

function onLock(
  state: AccessPointServerState,
  lock: Extract<Decision, { readonly type: "lock" }>,
): AccessPointServerStep {
  if (state.session.name === "deciding") return decide(ACCESS_POINT, state, lock);
  // The machine keeps it in mind until the Registrar speaks.
  const session = stepAccessPoint(state.session, lock).state;
  return { state: { ...state, session }, send: null, events: [], ended: state.awaiting === "nothing" };
}
