/**
 * Messages cut up for EAP and put together again: one message at a time, one piece per packet, each but the last
 * acknowledged by a FRAG_ACK. The same for both ends; what a fault means is for `peer.ts` and `server.ts` to say.
 */
import { concat } from "../bytes.ts";
import { err, ok, type Result } from "../result.ts";
import type { WscMessage } from "../session/session.ts";
import type { Fragment, OpCode } from "./packet.ts";

/** Bytes of a packet from the op-code on, when nobody asks for another size. */
export const DEFAULT_FRAGMENT_SIZE = 1400;

/** No message of a peer may be longer. */
const LONGEST_MESSAGE = 50_000;

/** Op-code and flags; the first piece of several has the message's length as well. */
const HEAD = 2;
const LENGTH_FIELD = 2;

/** What the network begins a run with that a station is to open. */
export const WSC_START: Fragment = bare("WSC_Start");
const FRAG_ACK: Fragment = bare("FRAG_ACK");

function bare(opCode: OpCode): Fragment {
  return { opCode, moreFragments: false, messageLength: null, data: new Uint8Array() };
}

/** What of a message is still on its way. */
export type Transfer =
  | { readonly name: "idle" }
  /** The pieces that wait for the peer's FRAG_ACK; never empty. */
  | { readonly name: "sending"; readonly rest: readonly Fragment[] }
  | { readonly name: "receiving"; readonly opCode: OpCode; readonly messageLength: number; readonly bytes: Uint8Array };

/** Nothing is on its way. */
export const IDLE: Transfer = { name: "idle" };

/** Why a piece fits nothing. */
export type FragmentFault =
  /** Another op-code than that of the first piece, none but FRAG_ACK while we send, or one that carries no message. */
  | "unexpectedOpCode"
  /** The first of several pieces does not say how long the message is. */
  | "lengthMissing"
  /** The length it says is less than what comes with it, or more than 50,000. */
  | "badLength"
  /** More bytes than were announced. */
  | "overlong"
  /** No bytes, and more to follow: this could go on for ever. */
  | "empty";

/** Begins to send a message. */
export function sendMessage(message: WscMessage, fragmentSize: number): { transfer: Transfer; fragment: Fragment } {
  const [fragment, ...rest] = split(message, fragmentSize);
  return { transfer: rest.length === 0 ? IDLE : { name: "sending", rest }, fragment };
}

/**
 * Cuts a message into pieces; a short one stays whole.
 * @param fragmentSize most bytes of a piece, from the op-code on
 * @throws RangeError for a size that leaves no room for data
 */
export function split({ opCode, bytes }: WscMessage, fragmentSize: number): readonly [Fragment, ...Fragment[]] {
  if (!Number.isInteger(fragmentSize) || fragmentSize <= HEAD + LENGTH_FIELD)
    throw new RangeError(`fragmentSize: expected an integer of at least 5, got ${fragmentSize}`);
  const room = fragmentSize - HEAD;
  if (bytes.length <= room) return [{ opCode, moreFragments: false, messageLength: null, data: bytes }];
  const cut = room - LENGTH_FIELD;
  const rest: Fragment[] = [];
  for (let offset = cut; offset < bytes.length; offset += room) {
    const moreFragments = offset + room < bytes.length;
    rest.push({ opCode, moreFragments, messageLength: null, data: bytes.subarray(offset, offset + room) });
  }
  return [{ opCode, moreFragments: true, messageLength: bytes.length, data: bytes.subarray(0, cut) }, ...rest];
}

/** Either a whole message, or what to send in order to get on with it. */
export type Received =
  | { readonly type: "message"; readonly message: WscMessage }
  | { readonly type: "reply"; readonly transfer: Transfer; readonly fragment: Fragment };

/** Takes one packet of the peer. */
export function receiveFragment(transfer: Transfer, fragment: Fragment): Result<Received, FragmentFault> {
  switch (transfer.name) {
    case "sending": {
      const [next, ...rest] = transfer.rest;
      if (fragment.opCode !== "FRAG_ACK" || next === undefined) return err("unexpectedOpCode");
      return ok({ type: "reply", transfer: rest.length === 0 ? IDLE : { name: "sending", rest }, fragment: next });
    }
    case "idle":
      return onFirst(fragment);
    case "receiving":
      return onNext(transfer, fragment);
  }
}

function onFirst({ opCode, moreFragments, messageLength, data }: Fragment): Result<Received, FragmentFault> {
  if (opCode === "FRAG_ACK" || opCode === "WSC_Start") return err("unexpectedOpCode");
  if (messageLength !== null && (messageLength < data.length || messageLength > LONGEST_MESSAGE))
    return err("badLength");
  if (!moreFragments) return ok({ type: "message", message: { opCode, bytes: data } });
  if (messageLength === null) return err("lengthMissing");
  return more({ name: "receiving", opCode, messageLength, bytes: new Uint8Array() }, data);
}

function onNext(
  transfer: Extract<Transfer, { name: "receiving" }>,
  { opCode, moreFragments, data }: Fragment,
): Result<Received, FragmentFault> {
  if (opCode !== transfer.opCode) return err("unexpectedOpCode");
  if (transfer.bytes.length + data.length > transfer.messageLength) return err("overlong");
  if (moreFragments) return more(transfer, data);
  // A message shorter than announced is the codec's to judge, as it is with the reference.
  return ok({ type: "message", message: { opCode, bytes: concat(transfer.bytes, data) } });
}

function more(transfer: Extract<Transfer, { name: "receiving" }>, data: Uint8Array): Result<Received, FragmentFault> {
  if (data.length === 0) return err("empty");
  return ok({
    type: "reply",
    transfer: { ...transfer, bytes: concat(transfer.bytes, data) },
    fragment: FRAG_ACK,
  });
}
