/**
 * Keys at rest: sealed under the key of a file, so that a copy of the state folder alone opens no network.
 * AES-256-GCM; what a sealed key belongs to is sealed in, so that one cannot be put in another's place.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";

/** Bytes of the key that the seals are made with. */
export const SEAL_KEY_LENGTH = 32;

const IV_LENGTH = 12;
const TAG_LENGTH = 16;

export class Seal {
  readonly #key: Secret;
  readonly #random: Random;

  /** @param key exactly 32 bytes */
  constructor(key: Secret, random: Random) {
    if (key.length !== SEAL_KEY_LENGTH) throw new RangeError(`key: expected 32 bytes, got ${key.length}`);
    this.#key = key;
    this.#random = random;
  }

  /**
   * Seals a secret: base64 of initialisation vector, ciphertext and tag.
   * @param owner whose it is, such as a MAC address; needed again to open it
   */
  close(secret: Secret, owner: string): string {
    const iv = this.#random("iv", IV_LENGTH);
    const cipher = createCipheriv("aes-256-gcm", this.#key.reveal(), iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([iv, cipher.update(secret.reveal()), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString("base64");
  }

  /** The secret; null when it was sealed under another key, for another owner, or is damaged. */
  open(sealed: string, owner: string): Secret | null {
    const bytes = Buffer.from(sealed, "base64");
    if (bytes.length < IV_LENGTH + TAG_LENGTH) return null;
    const decipher = createDecipheriv("aes-256-gcm", this.#key.reveal(), bytes.subarray(0, IV_LENGTH), {
      authTagLength: TAG_LENGTH,
    })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(-TAG_LENGTH));
    try {
      return new Secret(Buffer.concat([decipher.update(bytes.subarray(IV_LENGTH, -TAG_LENGTH)), decipher.final()]));
    } catch {
      return null;
    }
  }
}
