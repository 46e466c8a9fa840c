/**
 * An access point's part in one EAP run: it asks who is there, then carries responses to the enrolment desk and
 * requests back, and keeps the timer that tells the desk of a silent peer. It understands no message.
 */
import type { Clock, Timer } from "../../clock/clock.ts";
import type { Conversation } from "../../wsc/eap/conversation.ts";

/** How long a peer may take to answer, and how often our own request for its identity goes out. */
const silenceMs = 5_000;
const identitySends = 3;

const code = { request: 1, response: 2, success: 3, failure: 4 } as const;

/** EAP-Request/Identity, which opens every run. */
const identityRequest = Uint8Array.of(code.request, 0, 0, 5, 1);

export interface EapRelayOptions {
  readonly clock: Clock;
  /** Opens the conversation, once the peer has said who it is. */
  readonly open: () => Conversation;
  readonly send: (packet: Uint8Array) => void;
  /** The run is over; nothing is sent any more. */
  readonly ended: () => void;
}

export class EapRelay {
  readonly #options: EapRelayOptions;
  #conversation: Conversation | null = null;
  #identifier = 0;
  #sends = 0;
  #timer: Timer | null = null;
  #state: "listening" | "asking" | "ended" = "listening";

  constructor(options: EapRelayOptions) {
    this.#options = options;
    this.#askIdentity();
  }

  /** A packet from the peer. Anything but the response to our last request is dropped, repeated ones too (RFC 3748, 4.1). */
  receive(packet: Uint8Array): void {
    if (this.#state !== "listening" || packet[0] !== code.response || packet[1] !== this.#identifier) return;
    this.#conversation ??= this.#options.open();
    void this.#respond(this.#conversation, packet);
  }

  /** Ends the run if it is not over yet. */
  close(): void {
    if (this.#isOver()) return;
    this.#state = "ended";
    this.#timer?.cancel();
    this.#conversation?.close();
    this.#options.ended();
  }

  #isOver(): boolean {
    return this.#state === "ended";
  }

  #askIdentity(): void {
    if (this.#sends === identitySends) {
      this.close();
      return;
    }
    this.#sends++;
    this.#options.send(identityRequest);
    this.#wait();
  }

  #wait(): void {
    this.#timer = this.#options.clock.after(silenceMs, () => {
      if (this.#conversation === null) this.#askIdentity();
      else void this.#respond(this.#conversation, null);
    });
  }

  async #respond(conversation: Conversation, response: Uint8Array | null): Promise<void> {
    this.#timer?.cancel();
    this.#state = "asking";
    const packet = await conversation.respond(response).catch(() => null);
    // The peer may have gone while the desk was thinking.
    if (this.#isOver()) return;
    if (packet !== null) this.#options.send(packet);
    if (packet?.[0] !== code.request) {
      this.close();
      return;
    }
    this.#identifier = packet[1] ?? 0;
    this.#state = "listening";
    this.#wait();
  }
}
