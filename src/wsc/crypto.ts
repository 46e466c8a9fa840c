/**
 * The primitives, and the only file of the engine that touches node:crypto. What the protocol builds from them is in
 * keys.ts and settings.ts. It keeps no state and draws nothing, but for `systemRandom`, which callers hand in.
 */
import {
  createCipheriv,
  createDecipheriv,
  createDiffieHellman,
  hash,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { type MacAddress, macAddressBytes } from "./address.ts";
import { fromHex } from "./bytes.ts";
import type { Random } from "./random.ts";
import { Secret } from "./secret.ts";

/** The system's own source. */
export const systemRandom: Random = (_purpose, length) => plain(randomBytes(length));

/** Compares without early exit; only a difference in length shows in the time it takes. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 32 bytes, of the parts end to end. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digest("sha256", parts);
}

/** 32 bytes, of the parts end to end. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac("sha256", key, parts);
}

/** MD5 is what RADIUS has, SHA-1 what a UUID is made by. */
export type HashAlgorithm = "md5" | "sha1" | "sha256";

/**
 * 16, 20 or 32 bytes, of the parts end to end. By the one-shot `hash`: of Hash and Hmac objects an enrolment would take
 * some thirty, and they keep the garbage collector busier than hashing keeps the processor.
 */
export function digest(algorithm: HashAlgorithm, parts: readonly Uint8Array[]): Uint8Array {
  // A digest that comes as a buffer is such an object, too.
  const characters = hash(algorithm, Buffer.concat(parts), "binary");
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** HMAC (RFC 2104), as long as the digest. */
export function hmac(algorithm: HashAlgorithm, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const short = key.length > HASH_BLOCK ? digest(algorithm, [key]) : key;
  const inner = digest(algorithm, [padded(short, 0x36), ...parts]);
  return digest(algorithm, [padded(short, 0x5c), inner]);
}

/** Bytes that each of the three algorithms takes at a time. */
const HASH_BLOCK = 64;

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(HASH_BLOCK).fill(pad);
  for (let i = 0; i < key.length; i++) block[i] = pad ^ (key[i] ?? 0);
  return block;
}

/** What turns a passphrase into a PSK (IEEE 802.11, J.4). */
export function pbkdf2Sha1(password: Uint8Array, salt: Uint8Array, rounds: number, length: number): Uint8Array {
  return plain(pbkdf2Sync(password, salt, rounds, length, "sha1"));
}

/** AES-128-CBC without padding of its own: `text` is whole blocks of 16. */
export function aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, text: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-cbc", key, iv).setAutoPadding(false);
  return plain(Buffer.concat([cipher.update(text), cipher.final()]));
}

/** The way back of {@link aesCbcEncrypt}. */
export function aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, text: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("aes-128-cbc", key, iv).setAutoPadding(false);
  return plain(Buffer.concat([decipher.update(text), decipher.final()]));
}

/** Length of a public key and of a shared secret, both left-padded with zeros. */
export const PUBLIC_KEY_LENGTH = 192;

/**
 * Length of a private key. An exponent need not be as long as the modulus: p is a safe prime, so there is no small
 * subgroup to leak it into, and finding a 256-bit exponent costs more than breaking the 1536-bit group itself.
 * A full-length one would make each exponentiation five times as slow.
 */
export const PRIVATE_KEY_LENGTH = 32;

/** RFC 3526 group 5, 1536 bits, generator 2. */
const PRIME = fromHex(
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
    "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca237327ffffffffffffffff",
);
const GENERATOR = 2;

/** The public key that belongs to a private one: 192 bytes. */
export function publicKeyOf(privateKey: Secret): Uint8Array {
  const side = createDiffieHellman(PRIME, GENERATOR);
  side.setPrivateKey(privateKey.reveal());
  return leftPadded(side.generateKeys());
}

/**
 * g^AB, 192 bytes; null when the peer's key is not in 2..p-2.
 *
 * Whether the key also lies in the subgroup of prime order (y^q = 1) is not tried: it costs an exponentiation five
 * times as dear as the one that counts, and the only other subgroup has order 2, which would show an attacker the last
 * bit of a private key that serves one run.
 */
export function sharedSecret(privateKey: Secret, peerKey: Uint8Array): Secret | null {
  if (!isPublicKey(peerKey)) return null;
  const side = createDiffieHellman(PRIME, GENERATOR);
  side.setPrivateKey(privateKey.reveal());
  return new Secret(leftPadded(side.computeSecret(peerKey)));
}

/** Whether a peer's key is a number from 2 to p-2. */
export function isPublicKey(key: Uint8Array): boolean {
  if (key.length > PUBLIC_KEY_LENGTH) return false;
  const padded = leftPadded(key);
  const lessThanTwo = padded.subarray(0, -1).every((byte) => byte === 0) && (padded.at(-1) ?? 0) < 2;
  return !lessThanTwo && Buffer.compare(padded, PRIME_MINUS_ONE) < 0;
}

const PRIME_MINUS_ONE = PRIME.map((byte, i) => (i === PRIME.length - 1 ? byte - 1 : byte));

/** The UUID of a device that has no other: version 5, made from its address. 16 bytes. */
export function uuidFromMac(macAddress: MacAddress): Uint8Array {
  const named = digest("sha1", [UUID_NAMESPACE, macAddressBytes(macAddress)]);
  return Uint8Array.from(named.subarray(0, 16), (byte, i) => {
    if (i === 6) return (byte & 0x0f) | 0x50;
    if (i === 8) return (byte & 0x3f) | 0x80;
    return byte;
  });
}

const UUID_NAMESPACE = fromHex("526480f8c99b4be5a65558ed5f5d6084");

function leftPadded(number: Uint8Array): Uint8Array {
  const padded = new Uint8Array(PUBLIC_KEY_LENGTH);
  padded.set(number, PUBLIC_KEY_LENGTH - number.length);
  return padded;
}

/** A Uint8Array of its own instead of a Buffer, which prints and slices in other ways. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
