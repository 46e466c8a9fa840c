/**
 * What all machines share: what goes in, what comes out, and how a run ends. What they compute alike is in exchange.ts.
 * A machine takes a state and an input and gives a new state; it keeps nothing, waits for nothing and draws nothing.
 */
import type { OpCode } from "../eap/packet.ts";
import type { WscError } from "../errors.ts";
import type { MessageType } from "../messages.ts";
import type { Secret } from "../secret.ts";

/** One whole WSC message, reassembled, with the op-code it travels under. */
export interface WscMessage {
  readonly opCode: OpCode;
  /** The TLVs, from Version on. */
  readonly bytes: Uint8Array;
}

/** A message to be sent, and which one it is. */
export interface Outgoing extends WscMessage {
  readonly type: MessageType;
}

/** What a machine of any role may be told of how to take its peer. */
export interface Manners {
  /**
   * Refuse what a peer that speaks WPS 2.0 may not send, by the list of strict.ts, in place of putting up with it (see
   * `QUIRKS`): in silence, or with a NACK 0 where it was sealed in Encrypted Settings. Off by default.
   */
  readonly strict?: boolean;
}

/** The shared secret of a run and the id it is announced under (protocol: Device Password ID). */
export interface DevicePassword {
  readonly id: number;
  /** The ASCII of the PIN, `00000000` for push button, or the upper-case hex of a token's password. */
  readonly secret: Secret;
  /**
   * Where the password came out of band and the hash of the peer's public key with it: first 20 bytes of SHA-256.
   * Another key is refused with Configuration Error 20.
   */
  readonly peerKeyHash?: Uint8Array;
}

/** What a machine gives back: its next state, at most one message, and what an onlooker may want to know. */
export interface Step<State, Event> {
  readonly state: State;
  readonly send: Outgoing | null;
  readonly events: readonly Event[];
}

/** The final state of a run that ended before its time, in all machines. */
export interface Failed {
  readonly name: "failed";
  readonly error: WscError;
}

/** A step in which nothing is said. */
export function stay<const State>(state: State): Step<State, never> {
  return { state, send: null, events: [] };
}

/** A step in which something is said. */
export function go<const State>(state: State, send: Outgoing): Step<State, never> {
  return { state, send, events: [] };
}

/** Ends a run in silence. */
export function abort(error: WscError): Step<Failed, never> {
  return stay(failed(error));
}

/** The state of a run that this ended. */
export function failed(error: WscError): Failed {
  return { name: "failed", error };
}

/** How a run ends for what a peer does wrong: in silence, or with a NACK. */
export interface Reaction {
  readonly type: "abort" | "reject";
  readonly error: WscError;
}
