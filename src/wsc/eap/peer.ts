/**
 * The station's end of an EAP-WSC run, as a pure step around the Enrollee: EAP requests in, EAP responses out.
 * It keeps no timer: its carrier leaves when the network is silent for 30 s, or for 2 s after the outcome is known.
 */
import type { Credential } from "../credential.ts";
import { equal } from "../crypto.ts";
import type { WscError } from "../errors.ts";
import { type MessageType, messageTypeOf } from "../messages.ts";
import {
  type EnrolleeConfig,
  type EnrolleeDraws,
  type EnrolleeEvent,
  type EnrolleeState,
  endEnrollee,
  openEnrollee,
  stepEnrollee,
} from "../session/enrollee.ts";
import type { Outgoing, WscMessage } from "../session/session.ts";
import { DEFAULT_FRAGMENT_SIZE, IDLE, receiveFragment, sendMessage, type Transfer } from "./fragments.ts";
import { buildPacket, EAP_TYPE, ENROLLEE_IDENTITY, type Fragment, type MethodPacket, parsePacket } from "./packet.ts";

export type PeerOutcome =
  | { readonly type: "paired"; readonly credentials: readonly Credential[] }
  | { readonly type: "failed"; readonly error: WscError };

export type PeerEvent =
  | EnrolleeEvent
  | { readonly type: "message"; readonly direction: "in" | "out"; readonly message: MessageType };

export interface PeerState {
  readonly fragmentSize: number;
  readonly session: EnrolleeState;
  /** M1, until the network's WSC_Start asks for it. */
  readonly m1: Outgoing | null;
  readonly transfer: Transfer;
  /** The last request that was answered, and how: the same request gets the same reply. */
  readonly last: { readonly request: Uint8Array; readonly reply: Uint8Array } | null;
  /** Known as soon as our last packet is in `reply`; an EAP-Failure ends the conversation then, after a success too. */
  readonly outcome: PeerOutcome | null;
  /** EAP-Success or EAP-Failure has come: nothing is answered any more. */
  readonly closed: boolean;
}

export interface PeerStep {
  readonly state: PeerState;
  /** null: nothing to send, be it that the packet is ignored or that the run is over. */
  readonly reply: Uint8Array | null;
  readonly events: readonly PeerEvent[];
}

/**
 * A peer that waits for the network's first request. Costs an exponentiation.
 * @param options.fragmentSize most bytes of a packet from the op-code on; default 1400
 * @throws RangeError for a device that does not fit its attributes, or a fragment size under 5
 */
export function openPeer(
  config: EnrolleeConfig,
  draws: EnrolleeDraws,
  options: { readonly fragmentSize?: number | undefined } = {},
): PeerState {
  const { state: session, send: m1 } = openEnrollee(config, draws);
  return {
    fragmentSize: options.fragmentSize ?? DEFAULT_FRAGMENT_SIZE,
    session,
    m1,
    transfer: IDLE,
    last: null,
    outcome: null,
    closed: false,
  };
}

/** Takes one EAP packet from the network. Never throws, whatever the bytes; what fits nothing is ignored. */
export function stepPeer(state: PeerState, bytes: Uint8Array): PeerStep {
  const packet = parsePacket(bytes);
  if (packet === null || state.closed) return ignore(state);
  if (packet.type === "success" || packet.type === "failure") return onEnd(state);
  if (packet.code !== "request") return ignore(state);
  if (state.last !== null && equal(state.last.request, bytes)) return { state, reply: state.last.reply, events: [] };

  const { state: next, reply, events } = answer(state, packet);
  if (reply === null) return { state: next, reply, events };
  const packed = buildPacket({ ...reply, code: "response", identifier: packet.identifier });
  return { state: { ...next, last: { request: new Uint8Array(bytes), reply: packed } }, reply: packed, events };
}

/** A response that is yet to be given the identifier of its request. */
type Reply =
  | Pick<Extract<MethodPacket, { readonly type: "identity" }>, "type" | "identity">
  | Pick<Extract<MethodPacket, { readonly type: "wsc" }>, "type" | "fragment">
  | Pick<Extract<MethodPacket, { readonly type: "other" }>, "type" | "method" | "data">;

interface Answer {
  readonly state: PeerState;
  readonly reply: Reply | null;
  readonly events: readonly PeerEvent[];
}

function answer(state: PeerState, packet: MethodPacket): Answer {
  switch (packet.type) {
    case "identity":
      return { state, reply: { type: "identity", identity: new TextEncoder().encode(ENROLLEE_IDENTITY) }, events: [] };
    case "wsc":
      return onFragment(state, packet.fragment);
    case "other":
      return { state, reply: replyToOther(packet.method), events: [] };
  }
}

/** RFC 3748: a notification is acknowledged; of another method we say which one we want instead. */
function replyToOther(method: number): Reply | null {
  if (method === EAP_TYPE.notification) return { type: "other", method, data: new Uint8Array() };
  if (method === EAP_TYPE.expanded) return null;
  return { type: "other", method: EAP_TYPE.nak, data: Uint8Array.of(EAP_TYPE.expanded) };
}

function onFragment(state: PeerState, fragment: Fragment): Answer {
  if (state.m1 !== null)
    return fragment.opCode === "WSC_Start" ? send({ ...state, m1: null }, state.m1, []) : ignore(state);
  const received = receiveFragment(state.transfer, fragment);
  if (!received.ok) return ignore(state);
  if (received.value.type === "message") return onMessage(state, received.value.message);
  return reply({ ...state, transfer: received.value.transfer }, received.value.fragment, []);
}

function onMessage(state: PeerState, message: WscMessage): Answer {
  const step = stepEnrollee(state.session, message);
  const type = messageTypeOf(message.bytes);
  const events: readonly PeerEvent[] = [
    ...(type === null ? [] : [{ type: "message", direction: "in", message: type } as const]),
    ...step.events,
  ];
  const next: PeerState = { ...state, session: step.state, transfer: IDLE };
  return step.send === null ? { state: settled(next), reply: null, events } : send(next, step.send, events);
}

function send(state: PeerState, message: Outgoing, events: readonly PeerEvent[]): Answer {
  const { transfer, fragment } = sendMessage(message, state.fragmentSize);
  return reply({ ...state, transfer }, fragment, [
    ...events,
    { type: "message", direction: "out", message: message.type },
  ]);
}

function reply(state: PeerState, fragment: Fragment, events: readonly PeerEvent[]): Answer {
  return { state: settled(state), reply: { type: "wsc", fragment }, events };
}

function onEnd(state: PeerState): PeerStep {
  return ignore(settled({ ...state, session: endEnrollee(state.session), transfer: IDLE, closed: true }));
}

/** Once the Enrollee is through and has nothing more to send, the outcome is known. */
function settled(state: PeerState): PeerState {
  const { session, transfer } = state;
  if (transfer.name === "sending") return state;
  if (session.name === "paired") return { ...state, outcome: { type: "paired", credentials: session.credentials } };
  if (session.name === "failed") return { ...state, outcome: { type: "failed", error: session.error } };
  return state;
}

function ignore(state: PeerState): { readonly state: PeerState; readonly reply: null; readonly events: readonly [] } {
  return { state, reply: null, events: [] };
}
