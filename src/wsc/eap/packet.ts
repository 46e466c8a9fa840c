/**
 * EAP packets (RFC 3748) as far as WSC needs them, and the head of EAP-WSC within them: parsed and built.
 * Which packet may come when is the business of `peer.ts` and `server.ts`; how messages are cut up, of `fragments.ts`.
 */
import { concat } from "../bytes.ts";

/** What an EAP-WSC packet carries; all but WSC_Start and FRAG_ACK are WSC messages. */
export type OpCode = keyof typeof OP_CODE;

const OP_CODE = { WSC_Start: 1, WSC_ACK: 2, WSC_NACK: 3, WSC_MSG: 4, WSC_Done: 5, FRAG_ACK: 6 } as const;

const OP_CODE_NAMES: ReadonlyMap<number, OpCode> = new Map(
  Object.entries(OP_CODE).map(([name, value]) => [value, name as OpCode]),
);

/** EAP methods by their type (RFC 3748, 5). */
export const EAP_TYPE = { identity: 1, notification: 2, nak: 3, expanded: 254 } as const;

/** What a station says it is: the network chooses by it which role it plays. ASCII. */
export const ENROLLEE_IDENTITY = "WFA-SimpleConfig-Enrollee-1-0";
/** EAP identity of a station that wants to be the Registrar. */
export const REGISTRAR_IDENTITY = "WFA-SimpleConfig-Registrar-1-0";

/** One piece of a WSC message, or a packet without one (WSC_Start, FRAG_ACK). */
export interface Fragment {
  readonly opCode: OpCode;
  readonly moreFragments: boolean;
  /** Bytes of the whole message, where the piece says so: the first of several does. */
  readonly messageLength: number | null;
  readonly data: Uint8Array;
}

interface Head {
  readonly code: "request" | "response";
  /** 0..255: a response bears that of its request. */
  readonly identifier: number;
}

/** A request of the network, or the response of the station to one. */
export type MethodPacket =
  | (Head & { readonly type: "identity"; readonly identity: Uint8Array })
  | (Head & { readonly type: "wsc"; readonly fragment: Fragment })
  /** Another method, or an expanded one that is not WSC as we know it; `data` follows the method's type. */
  | (Head & { readonly type: "other"; readonly method: number; readonly data: Uint8Array });

/** Any packet; Success and Failure come from the network and end the conversation. */
export type EapPacket =
  | MethodPacket
  | { readonly type: "success"; readonly identifier: number }
  | { readonly type: "failure"; readonly identifier: number };

const CODE = { request: 1, response: 2, success: 3, failure: 4 } as const;

/** Code, identifier and length. */
const HEAD = 4;

/** Type 254, vendor WFA, vendor type 1 (SimpleConfig). */
const WSC_TYPE = Uint8Array.of(EAP_TYPE.expanded, 0x00, 0x37, 0x2a, 0x00, 0x00, 0x00, 0x01);

const FLAG = { moreFragments: 0x01, lengthField: 0x02 } as const;

/**
 * Reads one packet; null for bytes that are none. Bytes past the packet's own length are padding of the link and are
 * left out, unknown flags are ignored. The data are views into `bytes`.
 */
export function parsePacket(bytes: Uint8Array): EapPacket | null {
  const code = bytes[0];
  const identifier = bytes[1];
  if (bytes.length < HEAD || code === undefined || identifier === undefined) return null;
  const length = (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0);
  if (length > bytes.length) return null;

  if (code === CODE.success || code === CODE.failure)
    return length === HEAD ? { type: code === CODE.success ? "success" : "failure", identifier } : null;
  if (code !== CODE.request && code !== CODE.response) return null;
  const method = bytes[HEAD];
  if (length <= HEAD || method === undefined) return null;

  const from = code === CODE.request ? "request" : "response";
  const packet = bytes.subarray(0, length);
  if (method === EAP_TYPE.identity)
    return { code: from, identifier, type: "identity", identity: packet.subarray(HEAD + 1) };
  const fragment = parseFragment(packet.subarray(HEAD));
  if (fragment !== null) return { code: from, identifier, type: "wsc", fragment };
  return { code: from, identifier, type: "other", method, data: packet.subarray(HEAD + 1) };
}

/** What a station wants to be, by its EAP-Response/Identity; null for anything else. */
export function peerRoleIn(response: Uint8Array): "enrollee" | "registrar" | null {
  if (response[HEAD] !== EAP_TYPE.identity) return null;
  const packet = parsePacket(response);
  if (packet?.type !== "identity" || packet.code !== "response") return null;
  const identity = new TextDecoder().decode(packet.identity);
  if (identity === ENROLLEE_IDENTITY) return "enrollee";
  return identity === REGISTRAR_IDENTITY ? "registrar" : null;
}

/** Whether a packet of the network ends a conversation: Success or Failure. */
export function isEnd(request: Uint8Array): boolean {
  return request[0] === CODE.success || request[0] === CODE.failure;
}

/** @param bytes from the method's type on */
function parseFragment(bytes: Uint8Array): Fragment | null {
  for (let i = 0; i < WSC_TYPE.length; i++) if (bytes[i] !== WSC_TYPE[i]) return null;
  const opCode = OP_CODE_NAMES.get(bytes[WSC_TYPE.length] ?? 0);
  const flags = bytes[WSC_TYPE.length + 1];
  if (opCode === undefined || flags === undefined) return null;
  const moreFragments = (flags & FLAG.moreFragments) !== 0;
  const data = bytes.subarray(WSC_TYPE.length + 2);
  if ((flags & FLAG.lengthField) === 0) return { opCode, moreFragments, messageLength: null, data };
  const [high, low] = data;
  if (high === undefined || low === undefined) return null;
  return { opCode, moreFragments, messageLength: high * 256 + low, data: data.subarray(2) };
}

/** The bytes of a packet: the way back of {@link parsePacket}. */
export function buildPacket(packet: EapPacket): Uint8Array {
  switch (packet.type) {
    case "identity":
      return build(packet, Uint8Array.of(EAP_TYPE.identity), packet.identity);
    case "wsc":
      return build(packet, WSC_TYPE, buildFragment(packet.fragment));
    case "other":
      return build(packet, Uint8Array.of(packet.method), packet.data);
    case "success":
    case "failure":
      return Uint8Array.of(CODE[packet.type], packet.identifier, 0, 4);
  }
}

function build({ code, identifier }: Head, ...data: readonly Uint8Array[]): Uint8Array {
  const length = data.reduce((sum, part) => sum + part.length, HEAD);
  return concat(Uint8Array.of(CODE[code], identifier, length >> 8, length & 0xff), ...data);
}

function buildFragment({ opCode, moreFragments, messageLength, data }: Fragment): Uint8Array {
  const flags = (moreFragments ? FLAG.moreFragments : 0) | (messageLength === null ? 0 : FLAG.lengthField);
  const length = messageLength === null ? [] : [messageLength >> 8, messageLength & 0xff];
  return concat(Uint8Array.of(OP_CODE[opCode], flags, ...length), data);
}
