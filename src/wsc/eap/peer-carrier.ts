/**
 * The station's end of an EAP-WSC run, whichever role the station plays: EAP requests in, EAP responses out. A pure step
 * around a machine. The roles are given in peer.ts (Enrollee) and registrar-peer.ts (external Registrar).
 * It keeps no timer: its carrier leaves when the network is silent for 30 s, or for 2 s after the outcome is known.
 */
import { equal } from "../crypto.ts";
import { type MessageType, messageTypeOf } from "../messages.ts";
import type { Outgoing, Step, WscMessage } from "../session/session.ts";
import { DEFAULT_FRAGMENT_SIZE, IDLE, receiveFragment, sendMessage, type Transfer } from "./fragments.ts";
import { buildPacket, EAP_TYPE, type Fragment, type MethodPacket, parsePacket } from "./packet.ts";

/** The machine that speaks through a carrier, and the name by which the network knows its role. */
export interface PeerRole<Session, Event, Outcome> {
  readonly identity: string;
  step(session: Session, message: WscMessage): Step<Session, Event>;
  /** The carrier is gone. */
  end(session: Session): Session;
  /** null while the run goes on. */
  outcome(session: Session): Outcome | null;
}

/** A message that passes, as an onlooker sees it. */
export interface MessageEvent {
  readonly type: "message";
  readonly direction: "in" | "out";
  readonly message: MessageType;
  /** The whole message, fragments joined. */
  readonly bytes: Uint8Array;
}

/** The machine, what is on its way, and how far the conversation is. */
export interface Carrier<Session, Outcome> {
  readonly fragmentSize: number;
  readonly session: Session;
  /** What the network's WSC_Start asks for; null when it has, or when the network speaks first. */
  readonly opening: Outgoing | null;
  readonly transfer: Transfer;
  /** The last request that was answered, and how: the same request gets the same reply. */
  readonly last: { readonly request: Uint8Array; readonly reply: Uint8Array } | null;
  /** Known as soon as our last packet is in `reply`; an EAP-Failure ends the conversation then, after a success too. */
  readonly outcome: Outcome | null;
  /** EAP-Success or EAP-Failure has come: nothing is answered any more. */
  readonly closed: boolean;
}

/** The next state, and what came of the packet. */
export interface CarrierStep<Session, Event, Outcome> {
  readonly state: Carrier<Session, Outcome>;
  /** null: nothing to send, be it that the packet is ignored or that the run is over. */
  readonly reply: Uint8Array | null;
  readonly events: readonly (Event | MessageEvent)[];
}

/** What may be chosen for a station's end. */
export interface PeerOptions {
  /** Most bytes of a packet from the op-code on; default 1400, at least 5. */
  readonly fragmentSize?: number | undefined;
}

/** A peer that waits for the network's first request. */
export function openCarrier<Session>(
  session: Session,
  opening: Outgoing | null,
  { fragmentSize = DEFAULT_FRAGMENT_SIZE }: PeerOptions,
): Carrier<Session, never> {
  return { fragmentSize, session, opening, transfer: IDLE, last: null, outcome: null, closed: false };
}

/** Takes one EAP packet from the network. Never throws, whatever the bytes; what fits nothing is ignored. */
export function stepCarrier<Session, Event, Outcome>(
  role: PeerRole<Session, Event, Outcome>,
  state: Carrier<Session, Outcome>,
  bytes: Uint8Array,
): CarrierStep<Session, Event, Outcome> {
  const packet = parsePacket(bytes);
  if (packet === null || state.closed) return ignore(state);
  if (packet.type === "success" || packet.type === "failure") return onEnd(role, state);
  if (packet.code !== "request") return ignore(state);
  if (state.last !== null && equal(state.last.request, bytes)) return { state, reply: state.last.reply, events: [] };

  const { state: next, reply, events } = answer(role, state, packet);
  if (reply === null) return { state: next, reply, events };
  const packed = buildPacket({ ...reply, code: "response", identifier: packet.identifier });
  return { state: { ...next, last: { request: new Uint8Array(bytes), reply: packed } }, reply: packed, events };
}

/** A response that is yet to be given the identifier of its request. */
type Reply =
  | Pick<Extract<MethodPacket, { readonly type: "identity" }>, "type" | "identity">
  | Pick<Extract<MethodPacket, { readonly type: "wsc" }>, "type" | "fragment">
  | Pick<Extract<MethodPacket, { readonly type: "other" }>, "type" | "method" | "data">;

interface Answer<Session, Event, Outcome> {
  readonly state: Carrier<Session, Outcome>;
  readonly reply: Reply | null;
  readonly events: readonly (Event | MessageEvent)[];
}

function answer<S, E, O>(role: PeerRole<S, E, O>, state: Carrier<S, O>, packet: MethodPacket): Answer<S, E, O> {
  switch (packet.type) {
    case "identity":
      return { state, reply: { type: "identity", identity: new TextEncoder().encode(role.identity) }, events: [] };
    case "wsc":
      return onFragment(role, state, packet.fragment);
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

function onFragment<S, E, O>(role: PeerRole<S, E, O>, state: Carrier<S, O>, fragment: Fragment): Answer<S, E, O> {
  if (state.opening !== null)
    return fragment.opCode === "WSC_Start" ? send(role, { ...state, opening: null }, state.opening, []) : ignore(state);
  const received = receiveFragment(state.transfer, fragment);
  if (!received.ok) return ignore(state);
  if (received.value.type === "message") return onMessage(role, state, received.value.message);
  return reply(role, { ...state, transfer: received.value.transfer }, received.value.fragment, []);
}

function onMessage<S, E, O>(role: PeerRole<S, E, O>, state: Carrier<S, O>, message: WscMessage): Answer<S, E, O> {
  const step = role.step(state.session, message);
  const type = messageTypeOf(message.bytes);
  const events: readonly (E | MessageEvent)[] = [
    ...(type === null ? [] : [{ type: "message", direction: "in", message: type, bytes: message.bytes } as const]),
    ...step.events,
  ];
  const next = { ...state, session: step.state, transfer: IDLE };
  return step.send === null ? { state: settled(role, next), reply: null, events } : send(role, next, step.send, events);
}

function send<S, E, O>(
  role: PeerRole<S, E, O>,
  state: Carrier<S, O>,
  message: Outgoing,
  events: readonly (E | MessageEvent)[],
): Answer<S, E, O> {
  const { transfer, fragment } = sendMessage(message, state.fragmentSize);
  const sent = { type: "message", direction: "out", message: message.type, bytes: message.bytes } as const;
  return reply(role, { ...state, transfer }, fragment, [...events, sent]);
}

function reply<S, E, O>(
  role: PeerRole<S, E, O>,
  state: Carrier<S, O>,
  fragment: Fragment,
  events: readonly (E | MessageEvent)[],
): Answer<S, E, O> {
  return { state: settled(role, state), reply: { type: "wsc", fragment }, events };
}

function onEnd<S, E, O>(role: PeerRole<S, E, O>, state: Carrier<S, O>): CarrierStep<S, E, O> {
  return ignore(settled(role, { ...state, session: role.end(state.session), transfer: IDLE, closed: true }));
}

/** Once the machine is through and has nothing more to send, the outcome is known. */
function settled<S, E, O>(role: PeerRole<S, E, O>, state: Carrier<S, O>): Carrier<S, O> {
  if (state.transfer.name === "sending") return state;
  return { ...state, outcome: role.outcome(state.session) ?? state.outcome };
}

function ignore<S, O>(
  state: Carrier<S, O>,
): {
  readonly state: Carrier<S, O>;
  readonly reply: null;
  readonly events: readonly [];
} {
  return { state, reply: null, events: [] };
}
