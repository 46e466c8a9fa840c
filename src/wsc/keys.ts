/** What the protocol derives: session keys, Authenticators, proofs of the device password. No messages here. */
import { type MacAddress, macAddressBytes } from "./address.ts";
import { concat } from "./bytes.ts";
import { hmacSha256, sha256 } from "./crypto.ts";
import { Secret } from "./secret.ts";

/** What both ends of a run share from M2 on. */
export interface SessionKeys {
  /** 32 bytes: Authenticators, proofs, Key Wrap Authenticator. */
  readonly authKey: Secret;
  /** 16 bytes: Encrypted Settings. */
  readonly keyWrapKey: Secret;
  /** 32 bytes; nothing in provisioning uses it. */
  readonly emsk: Secret;
}

/** DHKey: 32 bytes of the 192 of g^AB. */
export function dhKeyFrom(shared: Secret): Secret {
  return new Secret(sha256(shared.reveal()));
}

/** KDK, 32 bytes. `macAddress` is the one that M1 names, not the sender's in the frame. */
export function kdkFrom(
  dhKey: Secret,
  enrolleeNonce: Uint8Array,
  macAddress: MacAddress,
  registrarNonce: Uint8Array,
): Secret {
  return new Secret(hmacSha256(dhKey.reveal(), enrolleeNonce, macAddressBytes(macAddress), registrarNonce));
}

/**
 * The session keys, 80 bytes of the key derivation function.
 * @param kdk 32 bytes
 */
export function sessionKeysFrom(kdk: Secret): SessionKeys {
  const keys = kdf(kdk.reveal(), "Wi-Fi Easy and Secure Key Derivation", 640);
  return {
    authKey: new Secret(keys.subarray(0, 32)),
    keyWrapKey: new Secret(keys.subarray(32, 48)),
    emsk: new Secret(keys.subarray(48, 80)),
  };
}

/** The protocol's key derivation function. `bits`: a multiple of 8. */
function kdf(key: Uint8Array, label: string, bits: number): Uint8Array {
  const labelBytes = new TextEncoder().encode(label);
  const blocks = Array.from({ length: Math.ceil(bits / 256) }, (_, i) =>
    hmacSha256(key, bigEndian32(i + 1), labelBytes, bigEndian32(bits)),
  );
  return concat(...blocks).subarray(0, bits / 8);
}

function bigEndian32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/**
 * Authenticator, 8 bytes.
 * @param previous the message before, as it went over the air, its own Authenticator included
 * @param current the message at hand without its Authenticator attribute
 */
export function authenticatorOf(keys: SessionKeys, previous: Uint8Array, current: Uint8Array): Uint8Array {
  return hmacSha256(keys.authKey.reveal(), previous, current).subarray(0, 8);
}

/** PSK1 and PSK2, 16 bytes each: the two halves of a device password, the first half the longer one. */
export function passwordHalves(keys: SessionKeys, password: Secret): { readonly psk1: Secret; readonly psk2: Secret } {
  const bytes = password.reveal();
  const middle = Math.ceil(bytes.length / 2);
  const proof = (half: Uint8Array) => new Secret(hmacSha256(keys.authKey.reveal(), half).subarray(0, 16));
  return { psk1: proof(bytes.subarray(0, middle)), psk2: proof(bytes.subarray(middle)) };
}

/**
 * E-Hash and R-Hash, 32 bytes: binds a sender to half a password before it shows it.
 * @param enrolleeKey, registrarKey the public keys exactly as they were sent, in this order for both sides
 */
export function commitment(
  keys: SessionKeys,
  snonce: Secret,
  psk: Secret,
  enrolleeKey: Uint8Array,
  registrarKey: Uint8Array,
): Uint8Array {
  return hmacSha256(keys.authKey.reveal(), snonce.reveal(), psk.reveal(), enrolleeKey, registrarKey);
}

/** What stands for a public key where a token or a handover tells of it beforehand: 20 bytes. */
export function publicKeyHash(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, 20);
}
