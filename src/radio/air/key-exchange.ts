/**
 * An access point's part in the 4-way handshake: two messages, each repeated until it is answered or time is up. Where a
 * station may have one of several keys, its first proof says which.
 */
import type { Clock, Timer } from "../../clock/clock.ts";
import { equal } from "../../wsc/crypto.ts";
import type { Payload } from "./frame.ts";
import { type HandshakeTerms, proofOf } from "./handshake.ts";

type KeyMessage = Extract<Payload, { readonly kind: "key" }>;

const sends = 4;
const repeatMs = 700;

export interface KeyExchangeOptions {
  readonly clock: Clock;
  readonly terms: Omit<HandshakeTerms, "psk" | "stationNonce">;
  /** The keys that the station may have. */
  readonly psks: readonly Uint8Array[];
  readonly send: (message: KeyMessage) => void;
  /** `false`: the station never showed that it has the key. */
  readonly ended: (proven: boolean) => void;
}

export class KeyExchange {
  readonly #options: KeyExchangeOptions;
  #awaited: 2 | 4 | null = 2;
  #terms: HandshakeTerms | null = null;
  #sent = 0;
  #timer: Timer | null = null;

  constructor(options: KeyExchangeOptions) {
    this.#options = options;
    this.#send();
  }

  receive({ number, nonce, proof }: KeyMessage): void {
    if (number !== this.#awaited || proof === null) return;
    const { psks } = this.#options;
    const candidates = this.#terms
      ? [this.#terms]
      : psks.map((psk) => ({ ...this.#options.terms, psk, stationNonce: nonce }));
    const terms = candidates.find((one) => equal(proof, proofOf(number, one)));
    // A wrong proof is not answered: only the missing answer tells the station that its key is wrong.
    if (terms === undefined) return;
    this.#timer?.cancel();
    this.#terms = terms;
    this.#sent = 0;
    this.#awaited = number === 2 ? 4 : null;
    if (this.#awaited === null) this.#options.ended(true);
    else this.#send();
  }

  close(): void {
    this.#timer?.cancel();
    this.#awaited = null;
  }

  #send(): void {
    if (this.#sent === sends) {
      this.close();
      this.#options.ended(false);
      return;
    }
    this.#sent++;
    const nonce = this.#options.terms.accessPointNonce;
    this.#options.send(
      this.#terms === null
        ? { kind: "key", number: 1, nonce, proof: null }
        : { kind: "key", number: 3, nonce, proof: proofOf(3, this.#terms) },
    );
    this.#timer = this.#options.clock.after(repeatMs, () => this.#send());
  }
}
