/**
 * The network's end of an EAP-WSC run, as a pure step around the Registrar: EAP responses in, EAP requests out.
 * It keeps no timer and takes no decision: silence and the answer to `asked` come in from outside.
 */
import { type MessageType, messageTypeOf } from "../messages.ts";
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
import type { WscMessage } from "../session/session.ts";
import { DEFAULT_FRAGMENT_SIZE, IDLE, receiveFragment, sendMessage, type Transfer, WSC_START } from "./fragments.ts";
import { buildPacket, ENROLLEE_IDENTITY, type Fragment, parsePacket } from "./packet.ts";

/** How long a carrier waits for a response before it says `silence`. */
export const RETRANSMIT_AFTER_MS = 5_000;

/** After so many sends of one request, silence ends the run. */
const MOST_SENDS = 3;

export type ServerInput =
  | { readonly type: "response"; readonly packet: Uint8Array }
  /** Nothing came for {@link RETRANSMIT_AFTER_MS}. */
  | { readonly type: "silence" }
  /** The carrier lost the peer. */
  | { readonly type: "cutOff" }
  /** The answer to `asked`. */
  | Extract<RegistrarInput, { readonly type: "admit" }>
  /** The answer to `asked`, or, later, the end of a run: it then takes effect when the peer's next message is here. */
  | Extract<RegistrarInput, { readonly type: "refuse" }>;

export type ServerEvent =
  | RegistrarEvent
  | { readonly type: "message"; readonly direction: "in" | "out"; readonly message: MessageType };

export interface ServerState {
  readonly fragmentSize: number;
  readonly session: RegistrarState;
  /** A `response` is to a request of ours; `nothing` after EAP-Failure. */
  readonly awaiting: "identity" | "response" | "nothing";
  readonly transfer: Transfer;
  /** Of the last request. */
  readonly identifier: number;
  /** The last packet sent, and how often it was. */
  readonly lastSent: Uint8Array | null;
  readonly sends: number;
  /** A Configuration Error that waits for the peer's next message. */
  readonly refusal: number | null;
}

export interface ServerStep {
  readonly state: ServerState;
  /** null: there is nothing to send; either `asked` waits for its answer, or what came was no answer to our request. */
  readonly send: Uint8Array | null;
  readonly events: readonly ServerEvent[];
  /** `send` is the last packet: EAP-Failure, with which also a success ends. `state.session` says how it went. */
  readonly ended: boolean;
}

/**
 * A server that waits for the peer's EAP-Response/Identity.
 * @param options.fragmentSize most bytes of a packet from the op-code on; default 1400
 */
export function openServer(
  config: RegistrarConfig,
  draws: RegistrarDraws,
  options: { readonly fragmentSize?: number | undefined } = {},
): ServerState {
  return {
    fragmentSize: options.fragmentSize ?? DEFAULT_FRAGMENT_SIZE,
    session: openRegistrar(config, draws),
    awaiting: "identity",
    transfer: IDLE,
    identifier: 0,
    lastSent: null,
    sends: 0,
    refusal: null,
  };
}

/** Never throws, whatever the bytes. After its end a server stays silent. */
export function stepServer(state: ServerState, input: ServerInput): ServerStep {
  if (state.awaiting === "nothing") return wait(state);
  switch (input.type) {
    case "response":
      return onResponse(state, input.packet);
    case "silence":
      return onSilence(state);
    case "cutOff":
      return end(state, []);
    case "admit":
      return state.session.name === "deciding" ? drive(state, input, []) : wait(state);
    case "refuse":
      return onRefuse(state, input);
  }
}

function onResponse(state: ServerState, bytes: Uint8Array): ServerStep {
  const packet = parsePacket(bytes);
  if (state.awaiting === "identity")
    return packet?.type === "identity" ? onIdentity(state, packet.identifier, packet.identity) : end(state, []);
  if (packet === null || packet.type === "success" || packet.type === "failure" || packet.code !== "response")
    return wait(state);

  // An old response once more, or one that nobody asked for.
  if (packet.identifier !== state.identifier || state.session.name === "deciding") return wait(state);
  if (packet.type !== "wsc") return end(state, []);
  // Our NACK is answered, by whatever it may be.
  if (state.session.name === "failed" && state.transfer.name !== "sending") return end(state, []);

  const received = receiveFragment(state.transfer, packet.fragment);
  if (!received.ok) return end(state, []);
  if (received.value.type === "reply")
    return request({ ...state, transfer: received.value.transfer }, received.value.fragment, []);
  return onMessage({ ...state, transfer: IDLE }, received.value.message);
}

function onIdentity(state: ServerState, identifier: number, identity: Uint8Array): ServerStep {
  // Our requests count on from the one that asked for the identity.
  const named = { ...state, identifier };
  // A station that is a Registrar wants us to be an Enrollee, which this server is not.
  if (new TextDecoder().decode(identity) !== ENROLLEE_IDENTITY) return end(named, []);
  return request({ ...named, awaiting: "response" }, WSC_START, []);
}

function onMessage(state: ServerState, message: WscMessage): ServerStep {
  const type = messageTypeOf(message.bytes);
  const events: readonly ServerEvent[] = type === null ? [] : [{ type: "message", direction: "in", message: type }];
  return state.refusal !== null && message.opCode === "WSC_MSG"
    ? drive(state, { type: "refuse", configError: state.refusal }, events)
    : drive(state, { type: "message", message }, events);
}

function onRefuse(state: ServerState, input: Extract<ServerInput, { readonly type: "refuse" }>): ServerStep {
  switch (state.session.name) {
    case "deciding":
      return drive(state, input, []);
    // EAP lets us speak only in answer to a response.
    case "awaitM3":
    case "awaitM5":
    case "awaitM7":
      return wait({ ...state, refusal: input.configError });
    case "awaitM1":
    case "awaitM2dAck":
    case "awaitDone":
    case "enrolled":
    case "failed":
      return wait(state);
  }
}

function onSilence(state: ServerState): ServerStep {
  if (state.session.name === "deciding") return wait(state);
  if (state.lastSent === null || state.sends >= MOST_SENDS) return end(state, []);
  return { state: { ...state, sends: state.sends + 1 }, send: state.lastSent, events: [], ended: false };
}

/** Steps the Registrar, and sends what it has to say. */
function drive(state: ServerState, input: RegistrarInput, before: readonly ServerEvent[]): ServerStep {
  const step = stepRegistrar(state.session, input);
  const next: ServerState = { ...state, session: step.state };
  const events = [...before, ...step.events];
  if (step.send !== null) {
    const { transfer, fragment } = sendMessage(step.send, state.fragmentSize);
    const sent = { type: "message", direction: "out", message: step.send.type } as const;
    return request({ ...next, transfer }, fragment, [...events, sent]);
  }
  if (step.state.name === "enrolled" || step.state.name === "failed") return end(next, events);
  return { ...wait(next), events };
}

function request(state: ServerState, fragment: Fragment, events: readonly ServerEvent[]): ServerStep {
  const identifier = (state.identifier + 1) % 256;
  const send = buildPacket({ code: "request", identifier, type: "wsc", fragment });
  return { state: { ...state, identifier, lastSent: send, sends: 1 }, send, events, ended: false };
}

function end(state: ServerState, events: readonly ServerEvent[]): ServerStep {
  const send = buildPacket({ type: "failure", identifier: state.identifier });
  const session = endRegistrar(state.session);
  return { state: { ...state, session, awaiting: "nothing", lastSent: send }, send, events, ended: true };
}

function wait(state: ServerState): ServerStep {
  return { state, send: null, events: [], ended: state.awaiting === "nothing" };
}
