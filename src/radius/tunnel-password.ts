/**
 * A key on its way to an access point: the Tunnel-Password attribute (RFC 2868, 3.5), hidden by MD5 of the shared
 * secret. hostapd takes 8..63 characters of it for a passphrase and 64 for a PSK in hex, and tries all that it is given.
 */
import { randomInt } from "node:crypto";
import { concat } from "../wsc/bytes.ts";
import type { Secret } from "../wsc/secret.ts";
import { md5 } from "./md5.ts";
import { RADIUS_ATTRIBUTE, type RadiusAttribute } from "./packet.ts";

const BLOCK = 16;
const LONGEST_PASSWORD = 239;
/** The attribute belongs to no tunnel in particular. */
const NO_TAG = 0;
/** The first bit of a salt is set, the others set it apart from the others in its packet. */
const SALTS_FROM = 0x8000;
const SALTS = 0x8000;

/**
 * One attribute for each password, for one answer.
 * @param requestAuthenticator that of the request which is answered
 * @throws RangeError for a password that is empty or longer than 239 bytes: the caller's bug
 */
export function tunnelPasswords(
  passwords: readonly Secret[],
  requestAuthenticator: Uint8Array,
  secret: Secret,
): readonly RadiusAttribute[] {
  const first = randomInt(SALTS);
  return passwords.map((password, i) => {
    const number = SALTS_FROM + ((first + i) % SALTS);
    const salt = Uint8Array.of(number >> 8, number & 0xff);
    const value = concat(Uint8Array.of(NO_TAG), salt, hide(password.reveal(), salt, requestAuthenticator, secret));
    return { type: RADIUS_ATTRIBUTE.tunnelPassword, value };
  });
}

function hide(password: Uint8Array, salt: Uint8Array, requestAuthenticator: Uint8Array, secret: Secret): Uint8Array {
  if (password.length === 0 || password.length > LONGEST_PASSWORD)
    throw new RangeError(`password: expected 1..${LONGEST_PASSWORD} bytes, got ${password.length}`);
  const hidden = new Uint8Array(Math.ceil((1 + password.length) / BLOCK) * BLOCK);
  hidden[0] = password.length;
  hidden.set(password, 1);
  let before = concat(requestAuthenticator, salt);
  for (let offset = 0; offset < hidden.length; offset += BLOCK) {
    const pad = md5(secret.reveal(), before);
    for (let i = 0; i < BLOCK; i++) hidden[offset + i] = (hidden[offset + i] ?? 0) ^ (pad[i] ?? 0);
    before = hidden.subarray(offset, offset + BLOCK);
  }
  return hidden;
}
