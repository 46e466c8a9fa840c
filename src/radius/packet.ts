/**
 * RADIUS packets (RFC 2865) and the EAP in them (RFC 3579): parsed and built, nothing checked but their shape.
 * Whether a packet comes from somebody who knows the shared secret is the question of `signature.ts`.
 */
import { concat } from "../wsc/bytes.ts";

/** What a packet is. */
export const RADIUS_CODE = { accessRequest: 1, accessAccept: 2, accessReject: 3, accessChallenge: 11 } as const;

/** Attributes by their type; the table grows with what is used. */
export const RADIUS_ATTRIBUTE = {
  userName: 1,
  nasIpAddress: 4,
  state: 24,
  calledStationId: 30,
  callingStationId: 31,
  nasIdentifier: 32,
  proxyState: 33,
  tunnelPassword: 69,
  eapMessage: 79,
  messageAuthenticator: 80,
} as const;

/** One attribute; the same type may come more than once, and the order counts. */
export interface RadiusAttribute {
  /** 0..255. */
  readonly type: number;
  /** At most 253 bytes. */
  readonly value: Uint8Array;
}

/** A packet, of whomever. */
export interface RadiusPacket {
  /** 0..255; see {@link RADIUS_CODE}. */
  readonly code: number;
  /** 0..255: an answer bears that of its request. */
  readonly identifier: number;
  /** 16 bytes: chance in an Access-Request, proof in an answer to it. */
  readonly authenticator: Uint8Array;
  readonly attributes: readonly RadiusAttribute[];
}

/** Where in a packet its authenticator stands, and where its first attribute. */
export const AUTHENTICATOR_AT = 4;
const HEAD = 20;
/** Length of an attribute's type and length. */
export const ATTRIBUTE_HEAD = 2;
/** Where the value of the first attribute stands. */
export const FIRST_VALUE_AT = HEAD + ATTRIBUTE_HEAD;
const LONGEST_PACKET = 4096;
const LONGEST_VALUE = 253;
/** Bytes of an authenticator, and of a Message-Authenticator. */
export const AUTHENTICATOR_LENGTH = 16;

/**
 * Reads one datagram; null for one that is no packet. Bytes past the packet's own length are padding (RFC 2865, 3) and
 * are left out. The values are views into `bytes`.
 */
export function parseRadius(bytes: Uint8Array): RadiusPacket | null {
  const code = bytes[0];
  const identifier = bytes[1];
  if (bytes.length < HEAD || code === undefined || identifier === undefined) return null;
  const length = (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0);
  if (length < HEAD || length > LONGEST_PACKET || length > bytes.length) return null;
  const attributes = parseAttributes(bytes.subarray(HEAD, length));
  if (attributes === null) return null;
  return { code, identifier, authenticator: bytes.subarray(AUTHENTICATOR_AT, HEAD), attributes };
}

function parseAttributes(bytes: Uint8Array): readonly RadiusAttribute[] | null {
  const attributes: RadiusAttribute[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const type = bytes[offset];
    const length = bytes[offset + 1];
    if (type === undefined || length === undefined || length < ATTRIBUTE_HEAD) return null;
    if (offset + length > bytes.length) return null;
    attributes.push({ type, value: bytes.subarray(offset + ATTRIBUTE_HEAD, offset + length) });
    offset += length;
  }
  return attributes;
}

/**
 * The bytes of a packet: the way back of {@link parseRadius}.
 * @throws RangeError for a value over 253 bytes, a packet over 4096 or an authenticator that is not 16: the caller's bug
 */
export function buildRadius({ code, identifier, authenticator, attributes }: RadiusPacket): Uint8Array {
  if (authenticator.length !== AUTHENTICATOR_LENGTH)
    throw new RangeError(`authenticator: expected 16 bytes, got ${authenticator.length}`);
  let length = HEAD;
  for (const { value } of attributes) length += ATTRIBUTE_HEAD + value.length;
  if (length > LONGEST_PACKET) throw new RangeError(`packet: expected at most ${LONGEST_PACKET} bytes, got ${length}`);
  const bytes = new Uint8Array(length);
  bytes[0] = code;
  bytes[1] = identifier;
  bytes[2] = length >> 8;
  bytes[3] = length;
  bytes.set(authenticator, AUTHENTICATOR_AT);
  let offset = HEAD;
  for (const { type, value } of attributes) {
    if (value.length > LONGEST_VALUE)
      throw new RangeError(`attribute ${type}: expected at most ${LONGEST_VALUE} bytes, got ${value.length}`);
    bytes[offset] = type;
    bytes[offset + 1] = ATTRIBUTE_HEAD + value.length;
    bytes.set(value, offset + ATTRIBUTE_HEAD);
    offset += ATTRIBUTE_HEAD + value.length;
  }
  return bytes;
}

/** The first value of a type; null when there is none. */
export function firstValue({ attributes }: RadiusPacket, type: number): Uint8Array | null {
  return attributes.find((attribute) => attribute.type === type)?.value ?? null;
}

/** An EAP packet as the attributes that carry it: an EAP-Message for every 253 bytes, in order (RFC 3579, 3.1). */
export function eapAttributes(eap: Uint8Array): readonly RadiusAttribute[] {
  return Array.from({ length: Math.ceil(eap.length / LONGEST_VALUE) }, (_, i) => ({
    type: RADIUS_ATTRIBUTE.eapMessage,
    value: eap.subarray(i * LONGEST_VALUE, (i + 1) * LONGEST_VALUE),
  }));
}

/** The EAP packet in a RADIUS packet; null when it carries none. */
export function eapIn({ attributes }: RadiusPacket): Uint8Array | null {
  const pieces = attributes.filter(({ type }) => type === RADIUS_ATTRIBUTE.eapMessage);
  return pieces.length === 0 ? null : concat(...pieces.map(({ value }) => value));
}
