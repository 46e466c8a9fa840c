/**
 * Who may speak RADIUS to whom: packets signed and checked with the shared secret. MD5 is what the protocol has; the
 * Message-Authenticator (HMAC-MD5 over everything) is therefore required of every packet, and sent first, so that
 * nothing that an attacker chooses comes before it (the Blast-RADIUS attack, CVE-2024-3596).
 */
import { equal } from "../wsc/crypto.ts";
import type { Secret } from "../wsc/secret.ts";
import { hmacMd5, md5 } from "./md5.ts";
import {
  ATTRIBUTE_HEAD,
  AUTHENTICATOR_AT,
  AUTHENTICATOR_LENGTH,
  buildRadius,
  FIRST_VALUE_AT,
  RADIUS_ATTRIBUTE,
  type RadiusPacket,
} from "./packet.ts";

/** What {@link signRequest} and {@link signAnswer} fill in by themselves. */
export type Unsigned = Omit<RadiusPacket, "authenticator">;

/**
 * The bytes of a request with its Message-Authenticator.
 * @param requestAuthenticator 16 bytes of chance, never used before
 * @throws RangeError for a packet that is too long: the caller's bug
 */
export function signRequest(request: Unsigned, requestAuthenticator: Uint8Array, secret: Secret): Uint8Array {
  return buildSigned(request, requestAuthenticator, secret);
}

/**
 * The bytes of an answer with its Message-Authenticator and Response Authenticator (RFC 2865, 3).
 * @param requestAuthenticator that of the request which is answered
 * @throws RangeError for a packet that is too long: the caller's bug
 */
export function signAnswer(answer: Unsigned, requestAuthenticator: Uint8Array, secret: Secret): Uint8Array {
  const bytes = buildSigned(answer, requestAuthenticator, secret);
  bytes.set(responseAuthenticator(bytes, secret), AUTHENTICATOR_AT);
  return bytes;
}

/** Whether a request comes from somebody who knows the secret. One without Message-Authenticator never does. */
export function isSignedRequest(request: RadiusPacket, secret: Secret): boolean {
  return hasMessageAuthenticator(request, request.authenticator, secret);
}

/** Whether an answer does, and answers the request with this authenticator. */
export function isSignedAnswer(answer: RadiusPacket, requestAuthenticator: Uint8Array, secret: Secret): boolean {
  const expected = responseAuthenticator(buildRadius({ ...answer, authenticator: requestAuthenticator }), secret);
  return equal(expected, answer.authenticator) && hasMessageAuthenticator(answer, requestAuthenticator, secret);
}

/** The bytes of a packet with its Message-Authenticator as first attribute. */
function buildSigned(packet: Unsigned, authenticator: Uint8Array, secret: Secret): Uint8Array {
  const unsigned = { type: RADIUS_ATTRIBUTE.messageAuthenticator, value: UNSIGNED };
  const { code, identifier } = packet;
  const bytes = buildRadius({ code, identifier, authenticator, attributes: [unsigned, ...packet.attributes] });
  bytes.set(messageAuthenticator(bytes, secret), FIRST_VALUE_AT);
  return bytes;
}

function hasMessageAuthenticator(packet: RadiusPacket, requestAuthenticator: Uint8Array, secret: Secret): boolean {
  let found: Uint8Array | null = null;
  let [at, offset] = [0, FIRST_VALUE_AT];
  for (const { type, value } of packet.attributes) {
    if (type === RADIUS_ATTRIBUTE.messageAuthenticator) {
      if (found !== null || value.length !== AUTHENTICATOR_LENGTH) return false;
      [found, at] = [value, offset];
    }
    offset += ATTRIBUTE_HEAD + value.length;
  }
  if (found === null) return false;
  const { code, identifier, attributes } = packet;
  const bytes = buildRadius({ code, identifier, authenticator: requestAuthenticator, attributes });
  return equal(messageAuthenticator(bytes.fill(0, at, at + AUTHENTICATOR_LENGTH), secret), found);
}

/** Stands where the Message-Authenticator will be, while it is computed. */
const UNSIGNED = new Uint8Array(AUTHENTICATOR_LENGTH);

/** @param bytes of a packet with the authenticator of its request, and zeros for its Message-Authenticator */
function messageAuthenticator(bytes: Uint8Array, secret: Secret): Uint8Array {
  return hmacMd5(secret.reveal(), bytes);
}

/** @param bytes of an answer with the authenticator of its request */
function responseAuthenticator(bytes: Uint8Array, secret: Secret): Uint8Array {
  return md5(bytes, secret.reveal());
}
