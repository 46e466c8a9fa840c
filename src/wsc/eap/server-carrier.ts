/**
 * The network's end of an EAP-WSC run, whichever role the network plays: EAP responses in, EAP requests out. A pure step
 * around a machine. The roles are given in server.ts (Registrar) and access-point-server.ts (Enrollee).
 * It keeps no timer and takes no decision: silence and decisions come in from outside.
 */
import { messageTypeOf } from "../messages.ts";
import type { Outgoing, Step, WscMessage } from "../session/session.ts";
import { DEFAULT_FRAGMENT_SIZE, IDLE, receiveFragment, sendMessage, type Transfer, WSC_START } from "./fragments.ts";
import { buildPacket, type Fragment, parsePacket } from "./packet.ts";
import type { MessageEvent } from "./peer-carrier.ts";

/** How long a carrier waits for a response before it says `silence`. */
export const RETRANSMIT_AFTER_MS = 5_000;

/** After so many sends of one request, silence ends the run. */
const MOST_SENDS = 3;

/** What may come in for any role. */
export type CarrierInput =
  | { readonly type: "response"; readonly packet: Uint8Array }
  /** Nothing came for {@link RETRANSMIT_AFTER_MS}. */
  | { readonly type: "silence" }
  /** The carrier lost the peer. */
  | { readonly type: "cutOff" };

/** A message, or what somebody outside decides. */
type MachineInput<Decision> = { readonly type: "message"; readonly message: WscMessage } | Decision;

/** The machine that speaks through a carrier. */
export interface ServerRole<Session, Decision, Event> {
  /** Whom it talks to: a peer that names itself otherwise gets EAP-Failure. */
  readonly peerIdentity: string;
  step(session: Session, input: MachineInput<Decision>): Step<Session, Event>;
  /** The carrier is gone. */
  end(session: Session): Session;
  /** `deciding`: it is our turn, and waits for somebody outside. `failed` may still have a NACK on its way. */
  phase(session: Session): "running" | "deciding" | "done" | "failed";
}

/** The machine, what is on its way, and how far the conversation is. */
export interface Server<Session, Decision> {
  readonly fragmentSize: number;
  readonly session: Session;
  /** What is said to a peer that has named itself; null: WSC_Start. */
  readonly opening: Outgoing | null;
  /** A `response` is to a request of ours; `nothing` after EAP-Failure. */
  readonly awaiting: "identity" | "response" | "nothing";
  readonly transfer: Transfer;
  /** Of the last request. */
  readonly identifier: number;
  /** The last packet sent, and how often it was. */
  readonly lastSent: Uint8Array | null;
  readonly sends: number;
  /** A decision that waits for the peer's next message: EAP lets us speak only in answer to a response. */
  readonly refusal: Decision | null;
}

/** The next state, and what came of the input. */
export interface CarrierStep<Session, Decision, Event> {
  readonly state: Server<Session, Decision>;
  /** null: there is nothing to send; either a decision is awaited, or what came was no answer to our request. */
  readonly send: Uint8Array | null;
  readonly events: readonly (Event | MessageEvent)[];
  /** `send` is the last packet: EAP-Failure, with which also a success ends. `state.session` says how it went. */
  readonly ended: boolean;
}

/** What may be chosen for the network's end. */
export interface ServerOptions {
  /** Most bytes of a packet from the op-code on; default 1400, at least 5. */
  readonly fragmentSize?: number | undefined;
}

/** A server that waits for the peer's EAP-Response/Identity. */
export function openCarrier<Session>(
  session: Session,
  opening: Outgoing | null,
  { fragmentSize = DEFAULT_FRAGMENT_SIZE }: ServerOptions,
): Server<Session, never> {
  return {
    fragmentSize,
    session,
    opening,
    awaiting: "identity",
    transfer: IDLE,
    identifier: 0,
    lastSent: null,
    sends: 0,
    refusal: null,
  };
}

/** Never throws, whatever the bytes. After its end a server stays silent. */
export function stepCarrier<S, D, E>(
  role: ServerRole<S, D, E>,
  state: Server<S, D>,
  input: CarrierInput,
): CarrierStep<S, D, E> {
  if (state.awaiting === "nothing") return wait(state);
  switch (input.type) {
    case "response":
      return onResponse(role, state, input.packet);
    case "silence":
      return onSilence(role, state);
    case "cutOff":
      return end(role, state, []);
  }
}

/** A decision for which the machine waits; at any other time it changes nothing. */
export function decide<S, D, E>(role: ServerRole<S, D, E>, state: Server<S, D>, decision: D): CarrierStep<S, D, E> {
  const due = state.awaiting !== "nothing" && role.phase(state.session) === "deciding";
  return due ? drive(role, state, decision, []) : wait(state);
}

/** A decision that is to end the run as soon as the peer has spoken. */
export function keepForNextMessage<S, D, E>(state: Server<S, D>, refusal: D): CarrierStep<S, D, E> {
  return wait(state.awaiting === "nothing" ? state : { ...state, refusal });
}

function onResponse<S, D, E>(role: ServerRole<S, D, E>, state: Server<S, D>, bytes: Uint8Array): CarrierStep<S, D, E> {
  const packet = parsePacket(bytes);
  if (state.awaiting === "identity")
    return packet?.type === "identity"
      ? onIdentity(role, state, packet.identifier, packet.identity)
      : end(role, state, []);
  if (packet === null || packet.type === "success" || packet.type === "failure" || packet.code !== "response")
    return wait(state);

  // An old response once more, or one that nobody asked for.
  if (packet.identifier !== state.identifier || role.phase(state.session) === "deciding") return wait(state);
  if (packet.type !== "wsc") return end(role, state, []);
  // Our NACK is answered, by whatever it may be.
  if (role.phase(state.session) === "failed" && state.transfer.name !== "sending") return end(role, state, []);

  const received = receiveFragment(state.transfer, packet.fragment);
  if (!received.ok) return end(role, state, []);
  if (received.value.type === "reply")
    return request({ ...state, transfer: received.value.transfer }, received.value.fragment, []);
  return onMessage(role, { ...state, transfer: IDLE }, received.value.message);
}

function onIdentity<S, D, E>(
  role: ServerRole<S, D, E>,
  state: Server<S, D>,
  identifier: number,
  identity: Uint8Array,
): CarrierStep<S, D, E> {
  // Our requests count on from the one that asked for the identity.
  const named = { ...state, identifier };
  if (new TextDecoder().decode(identity) !== role.peerIdentity) return end(role, named, []);
  const begun: Server<S, D> = { ...named, opening: null, awaiting: "response" };
  return state.opening === null ? request(begun, WSC_START, []) : send(begun, state.opening, []);
}

function onMessage<S, D, E>(role: ServerRole<S, D, E>, state: Server<S, D>, message: WscMessage): CarrierStep<S, D, E> {
  const type = messageTypeOf(message.bytes);
  const events: readonly MessageEvent[] =
    type === null ? [] : [{ type: "message", direction: "in", message: type, bytes: message.bytes }];
  return state.refusal !== null && message.opCode === "WSC_MSG"
    ? drive(role, state, state.refusal, events)
    : drive(role, state, { type: "message", message }, events);
}

function onSilence<S, D, E>(role: ServerRole<S, D, E>, state: Server<S, D>): CarrierStep<S, D, E> {
  if (role.phase(state.session) === "deciding") return wait(state);
  if (state.lastSent === null || state.sends >= MOST_SENDS) return end(role, state, []);
  return { state: { ...state, sends: state.sends + 1 }, send: state.lastSent, events: [], ended: false };
}

/** Steps the machine, and sends what it has to say. */
function drive<S, D, E>(
  role: ServerRole<S, D, E>,
  state: Server<S, D>,
  input: MachineInput<D>,
  before: readonly MessageEvent[],
): CarrierStep<S, D, E> {
  const step = role.step(state.session, input);
  const next: Server<S, D> = { ...state, session: step.state };
  const events = [...before, ...step.events];
  if (step.send !== null) return send(next, step.send, events);
  const phase = role.phase(step.state);
  return phase === "done" || phase === "failed" ? end(role, next, events) : { ...wait<S, D, E>(next), events };
}

function send<S, D, E>(
  state: Server<S, D>,
  message: Outgoing,
  events: readonly (E | MessageEvent)[],
): CarrierStep<S, D, E> {
  const { transfer, fragment } = sendMessage(message, state.fragmentSize);
  const sent = { type: "message", direction: "out", message: message.type, bytes: message.bytes } as const;
  return request({ ...state, transfer }, fragment, [...events, sent]);
}

function request<S, D, E>(
  state: Server<S, D>,
  fragment: Fragment,
  events: readonly (E | MessageEvent)[],
): CarrierStep<S, D, E> {
  const identifier = (state.identifier + 1) % 256;
  const packet = buildPacket({ code: "request", identifier, type: "wsc", fragment });
  return { state: { ...state, identifier, lastSent: packet, sends: 1 }, send: packet, events, ended: false };
}

function end<S, D, E>(
  role: ServerRole<S, D, E>,
  state: Server<S, D>,
  events: readonly (E | MessageEvent)[],
): CarrierStep<S, D, E> {
  const packet = buildPacket({ type: "failure", identifier: state.identifier });
  const session = role.end(state.session);
  return { state: { ...state, session, awaiting: "nothing", lastSent: packet }, send: packet, events, ended: true };
}

/** A step in which nothing is said. */
export function wait<S, D, E>(state: Server<S, D>): CarrierStep<S, D, E> {
  return { state, send: null, events: [], ended: state.awaiting === "nothing" };
}
