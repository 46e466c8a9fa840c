/**
 * Who may speak RADIUS to whom: packets signed and checked with the shared secret. MD5 is what the protocol has; the
 * Message-Authenticator (HMAC-MD5 over everything) is therefore required of every packet, and sent first, so that
 * nothing that an attacker chooses comes before it (the Blast-RADIUS attack, CVE-2024-3596).
 */
import { createHash, createHmac } from "node:crypto";
import { equal } from "../wsc/crypto.ts";
import type { Secret } from "../wsc/secret.ts";
import { AUTHENTICATOR_LENGTH, buildRadius, RADIUS_ATTRIBUTE, type RadiusPacket } from "./packet.ts";

/** What {@link signRequest} and {@link signAnswer} fill in by themselves. */
export type Unsigned = Omit<RadiusPacket, "authenticator">;

/**
 * The bytes of a request with its Message-Authenticator.
 * @param requestAuthenticator 16 bytes of chance, never used before
 * @throws RangeError for a packet that is too long: the caller's bug
 */
export function signRequest(request: Unsigned, requestAuthenticator: Uint8Array, secret: Secret): Uint8Array {
  return buildRadius(withMessageAuthenticator(request, requestAuthenticator, secret));
}

/**
 * The bytes of an answer with its Message-Authenticator and Response Authenticator (RFC 2865, 3).
 * @param requestAuthenticator that of the request which is answered
 * @throws RangeError for a packet that is too long: the caller's bug
 */
export function signAnswer(answer: Unsigned, requestAuthenticator: Uint8Array, secret: Secret): Uint8Array {
  const packet = withMessageAuthenticator(answer, requestAuthenticator, secret);
  return buildRadius({ ...packet, authenticator: responseAuthenticator(packet, secret) });
}

/** Whether a request comes from somebody who knows the secret. One without Message-Authenticator never does. */
export function isSignedRequest(request: RadiusPacket, secret: Secret): boolean {
  return hasMessageAuthenticator(request, request.authenticator, secret);
}

/** Whether an answer does, and answers the request with this authenticator. */
export function isSignedAnswer(answer: RadiusPacket, requestAuthenticator: Uint8Array, secret: Secret): boolean {
  const expected = responseAuthenticator({ ...answer, authenticator: requestAuthenticator }, secret);
  return equal(expected, answer.authenticator) && hasMessageAuthenticator(answer, requestAuthenticator, secret);
}

function withMessageAuthenticator(packet: Unsigned, authenticator: Uint8Array, secret: Secret): RadiusPacket {
  const type = RADIUS_ATTRIBUTE.messageAuthenticator;
  const signedBy = (value: Uint8Array): RadiusPacket => ({
    ...packet,
    authenticator,
    attributes: [{ type, value }, ...packet.attributes],
  });
  return signedBy(messageAuthenticator(signedBy(UNSIGNED), secret));
}

function hasMessageAuthenticator(packet: RadiusPacket, requestAuthenticator: Uint8Array, secret: Secret): boolean {
  const type = RADIUS_ATTRIBUTE.messageAuthenticator;
  const [found, ...more] = packet.attributes.filter((attribute) => attribute.type === type);
  // Another length would also let the packet outgrow what a packet may be, once 16 bytes stand there.
  if (found?.value.length !== AUTHENTICATOR_LENGTH || more.length > 0) return false;
  const attributes = packet.attributes.map((attribute) =>
    attribute === found ? { type, value: UNSIGNED } : attribute,
  );
  return equal(
    messageAuthenticator({ ...packet, authenticator: requestAuthenticator, attributes }, secret),
    found.value,
  );
}

/** Stands where the Message-Authenticator will be, while it is computed. */
const UNSIGNED = new Uint8Array(AUTHENTICATOR_LENGTH);

function messageAuthenticator(packet: RadiusPacket, secret: Secret): Uint8Array {
  return createHmac("md5", secret.reveal()).update(buildRadius(packet)).digest();
}

/** @param packet bears the authenticator of its request */
function responseAuthenticator(packet: RadiusPacket, secret: Secret): Uint8Array {
  return createHash("md5").update(buildRadius(packet)).update(secret.reveal()).digest();
}
