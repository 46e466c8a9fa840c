/**
 * DHCP packets (RFC 2131, options of RFC 2132) as the server of a hotspot needs them: requests read, replies written.
 * Reading is total on any bytes. Who gets which address is not known here.
 */

import { type MacAddress, macAddressBytes, macAddressFrom } from "../../wsc/address.ts";
import { concat } from "../../wsc/bytes.ts";
import type { Ipv4 } from "../interface/ipv4.ts";

const REQUEST_TYPES = { 1: "discover", 3: "request", 4: "decline", 7: "release", 8: "inform" } as const;
const REPLY_TYPES = { offer: 2, ack: 5, nak: 6 } as const;

export interface DhcpRequest {
  readonly type: (typeof REQUEST_TYPES)[keyof typeof REQUEST_TYPES];
  /** The client's number for this exchange, 32 bits. */
  readonly transaction: number;
  /** 16 bits, sent back as they are. */
  readonly flags: number;
  readonly client: MacAddress;
  /** The address that the client has already; 0 for none. */
  readonly clientAddress: Ipv4;
  /** The address that it asks for. */
  readonly requested: Ipv4 | null;
  /** The server that it has chosen. */
  readonly server: Ipv4 | null;
  /** What it calls itself, 1..255 bytes, to be sent back (RFC 6842). */
  readonly clientId: Uint8Array | null;
}

export interface DhcpReply {
  readonly type: keyof typeof REPLY_TYPES;
  /** The address that the client gets; 0 for none. */
  readonly address: Ipv4;
  /** null: nothing is lent, and the address is the client's own. */
  readonly leaseSeconds: number | null;
}

/** The server itself, and what it tells of its network. */
export interface DhcpServerIdentity {
  readonly address: Ipv4;
  readonly mask: Ipv4;
}

/** Offsets and lengths of the fixed part. */
const AT = { transaction: 4, flags: 10, clientAddress: 12, relay: 24, hardwareAddress: 28, magic: 236, options: 240 };
const BOOT_REQUEST = 1;
const BOOT_REPLY = 2;
const ETHERNET = 1;
const MAGIC = 0x63825363;
/** Clients of BOOTP's time take nothing shorter. */
const SHORTEST_REPLY = 300;

const OPTION = { pad: 0, mask: 1, requested: 50, lease: 51, type: 53, server: 54, clientId: 61, end: 255 } as const;

/** null: not a request of a client on this very network. */
export function parseDhcpRequest(bytes: Uint8Array): DhcpRequest | null {
  if (bytes.length < AT.options) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] !== BOOT_REQUEST || bytes[1] !== ETHERNET || bytes[2] !== 6 || view.getUint32(AT.magic) !== MAGIC)
    return null;
  // Somebody passes on what clients of another network say.
  if (view.getUint32(AT.relay) !== 0) return null;
  const options = parseOptions(bytes.subarray(AT.options));
  const type = REQUEST_TYPES[(options.get(OPTION.type)?.[0] ?? 0) as keyof typeof REQUEST_TYPES];
  if (type === undefined || options.get(OPTION.type)?.length !== 1) return null;
  const clientId = options.get(OPTION.clientId);
  return {
    type,
    transaction: view.getUint32(AT.transaction),
    flags: view.getUint16(AT.flags),
    client: macAddressFrom(bytes.subarray(AT.hardwareAddress, AT.hardwareAddress + 6)),
    clientAddress: view.getUint32(AT.clientAddress),
    requested: addressIn(options.get(OPTION.requested)),
    server: addressIn(options.get(OPTION.server)),
    clientId: clientId === undefined || clientId.length === 0 ? null : clientId.slice(),
  };
}

/**
 * What a client is told. There is neither a router (option 3) nor a name server in it: the hotspot leads nowhere, and a
 * phone that is told a way out first tries the internet there, and then leaves, or asks the person to. Without one it
 * stays, as on any network without internet, and an iPhone goes on using the mobile network for all else; Android and
 * Windows take an address without a router, too. The device itself is reached by the mask alone.
 */
export function buildDhcpReply(request: DhcpRequest, reply: DhcpReply, server: DhcpServerIdentity): Uint8Array {
  const head = new Uint8Array(AT.options);
  const view = new DataView(head.buffer);
  head.set([BOOT_REPLY, ETHERNET, 6]);
  view.setUint32(AT.transaction, request.transaction);
  view.setUint16(AT.flags, request.flags);
  // RFC 2131, table 3: only an ACK repeats it.
  view.setUint32(AT.clientAddress, reply.type === "ack" ? request.clientAddress : 0);
  view.setUint32(AT.clientAddress + 4, reply.address);
  head.set(macAddressBytes(request.client), AT.hardwareAddress);
  view.setUint32(AT.magic, MAGIC);

  const body = concat(
    head,
    option(OPTION.type, Uint8Array.of(REPLY_TYPES[reply.type])),
    option(OPTION.server, u32(server.address)),
    ...(reply.type === "nak" ? [] : [option(OPTION.mask, u32(server.mask))]),
    ...(reply.leaseSeconds === null ? [] : [option(OPTION.lease, u32(reply.leaseSeconds))]),
    ...(request.clientId === null ? [] : [option(OPTION.clientId, request.clientId)]),
    Uint8Array.of(OPTION.end),
  );
  return body.length < SHORTEST_REPLY ? concat(body, new Uint8Array(SHORTEST_REPLY - body.length)) : body;
}

/** Of an option that comes twice the first one counts; one that is cut off ends the list. */
function parseOptions(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at++];
    if (code === undefined || code === OPTION.end) break;
    if (code === OPTION.pad) continue;
    const length = bytes[at++];
    if (length === undefined || at + length > bytes.length) break;
    if (!options.has(code)) options.set(code, bytes.subarray(at, at + length));
    at += length;
  }
  return options;
}

function addressIn(value: Uint8Array | undefined): Ipv4 | null {
  return value?.length === 4 ? new DataView(value.buffer, value.byteOffset).getUint32(0) : null;
}

function option(code: number, value: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(code, value.length), value);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
