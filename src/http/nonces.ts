/**
 * The nonces of HTTP Digest: made here, good for some minutes, and each use of one counted, so that nobody can send a
 * request a second time that was heard on the network.
 *
 * Whoever asks is given a nonce, and nothing is remembered of it: it says itself when it was made, under a MAC. Only
 * one that was used with the right password is remembered, so somebody without the password can neither make the table
 * grow nor push a client out of it.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import { equal, hmacSha256 } from "../wsc/crypto.ts";

/** Milliseconds for which a nonce is good. */
export const nonceLifeMs = 5 * 60_000;

/** Nonces in use that are remembered: a few hundred bytes each. */
const remembered = 1024;

/**
 * Counts below the highest one that may still come in late. Requests of one client over several connections overtake
 * each other, so to ask for a growing count would refuse good ones; a window of them, as in IPsec (RFC 4303, 3.4.3),
 * lets every count in once.
 */
const nonceWindow = 64;

const timeLength = 6;
const randomLength = 9;
const macLength = 15; // with the others a multiple of 3: no nonce can be written in two ways

interface Use {
  readonly firstCnonce: string;
  highest: number;
  /** Bit i: `highest - i` has been seen. */
  seen: bigint;
}

export class Nonces {
  readonly #clock: Clock;
  readonly #random: (length: number) => Uint8Array;
  #key: Uint8Array;
  #opaque: string;
  /** The one used longest ago first. */
  readonly #uses = new Map<string, Use>();
  /** A nonce made by then that is not remembered may have been, so it is not good any more. */
  #forgottenUntil: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: { readonly clock: Clock; readonly random: (length: number) => Uint8Array }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#key = this.#random(32);
    this.#opaque = base64(this.#random(12));
  }

  /** What clients send back as it is. It says nothing; the API's documents have it. */
  get opaque(): string {
    return this.#opaque;
  }

  /** A new one, of letters, digits, - and _. */
  issue(): string {
    const body = Buffer.alloc(timeLength + randomLength);
    body.writeUIntBE(this.#clock.now(), 0, timeLength);
    body.set(this.#random(randomLength), timeLength);
    return base64(Buffer.concat([body, this.#mac(body)]));
  }

  /** From now on none that was given out is good. */
  voidAll(): void {
    this.#key = this.#random(32);
    this.#opaque = base64(this.#random(12));
    this.#uses.clear();
    this.#forgottenUntil = Number.NEGATIVE_INFINITY;
  }

  /** The cnonce that came with its first use; null: there was none, or it is forgotten. */
  firstCnonce(nonce: string): string | null {
    return this.#uses.get(nonce)?.firstCnonce ?? null;
  }

  /**
   * Uses a nonce; only for a request that is known to come from somebody with the password. Whether it was good: made
   * here, not too long ago, and never used with this count before.
   * @param nc 8 hex digits
   */
  use(nonce: string, nc: string, cnonce: string): boolean {
    const madeAt = this.#madeAt(nonce);
    if (madeAt === null || this.#clock.now() - madeAt >= nonceLifeMs) return false;
    const count = Number.parseInt(nc, 16);
    const use = this.#uses.get(nonce);
    if (use === undefined) {
      if (madeAt <= this.#forgottenUntil) return false;
      this.#remember(nonce, { firstCnonce: cnonce, highest: count, seen: 1n });
      return true;
    }
    if (!noteCount(use, count)) return false;
    this.#remember(nonce, use);
    return true;
  }

  #remember(nonce: string, use: Use): void {
    this.#uses.delete(nonce);
    this.#uses.set(nonce, use);
    const [oldest] = this.#uses.keys();
    if (this.#uses.size <= remembered || oldest === undefined) return;
    this.#uses.delete(oldest);
    this.#forgottenUntil = Math.max(this.#forgottenUntil, this.#madeAt(oldest) ?? this.#clock.now());
  }

  #madeAt(nonce: string): Instant | null {
    const bytes = Buffer.from(nonce, "base64url");
    if (base64(bytes) !== nonce) return null;
    const body = bytes.subarray(0, timeLength + randomLength);
    if (!equal(bytes.subarray(body.length), this.#mac(body))) return null;
    return body.readUIntBE(0, timeLength);
  }

  #mac(body: Uint8Array): Uint8Array {
    return hmacSha256(this.#key, body).subarray(0, macLength);
  }
}

/** Notes a count; false when it was seen before, or is so far behind that nobody knows. */
function noteCount(use: Use, count: number): boolean {
  const ahead = count - use.highest;
  if (ahead > 0) {
    use.seen = ahead >= nonceWindow ? 1n : BigInt.asUintN(nonceWindow, (use.seen << BigInt(ahead)) | 1n);
    use.highest = count;
    return true;
  }
  const bit = 1n << BigInt(Math.min(-ahead, nonceWindow));
  if (-ahead >= nonceWindow || (use.seen & bit) !== 0n) return false;
  use.seen |= bit;
  return true;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
