/**
 * One subscriber and the events that it has still to hear: one at a time, in order, and again until it takes them (UPnP
 * Device Architecture 1.0, 4.2). Who may subscribe is decided in publisher.ts.
 */
import type { Clock } from "../clock/clock.ts";
import { nextSeq } from "./gena.ts";

/** Most events that wait for a subscriber. */
const MOST_WAITING = 20;
/** Beyond this, what is asked on the air without a word to us waits no more. */
const MOST_PROBES_WAITING = 10;
/** A callback that takes nothing so many times in a row is given up. */
const MOST_FAILURES = 10;
/** Before the next try, where no callback took the event. */
const PAUSE_MS = 1_000;

export interface UpnpEvent {
  /** What was said in passing may get lost; the rest of it a Registrar cannot do without. */
  readonly mayGetLost: boolean;
  /** A property set. */
  readonly body: string;
}

/** Sends one notification; whether it was taken. Never rejects. */
export type Notify = (
  callback: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<boolean>;

export interface SubscriberOptions {
  /** The name of the subscription, `uuid:…`. */
  readonly sid: string;
  /** The numeric address of who subscribed. */
  readonly address: string;
  /** Where it wants to be told, the first one that answers. */
  readonly callbacks: readonly URL[];
  readonly clock: Clock;
  readonly notify: Notify;
  /** It took nothing for too long, or cannot keep up. It may subscribe again. */
  readonly onGivenUp: () => void;
}

export class Subscriber {
  readonly sid: string;
  readonly address: string;
  readonly #clock: Clock;
  readonly #notify: Notify;
  readonly #onGivenUp: () => void;
  readonly #stop = new AbortController();
  #callbacks: readonly { readonly url: URL; readonly failures: number }[];
  readonly #waiting: UpnpEvent[] = [];
  #seq = 0;
  #phase: "quiet" | "idle" | "delivering" = "quiet";
  #isFailing = false;

  constructor({ sid, address, callbacks, clock, notify, onGivenUp }: SubscriberOptions) {
    this.sid = sid;
    this.address = address;
    this.#callbacks = callbacks.map((url) => ({ url, failures: 0 }));
    this.#clock = clock;
    this.#notify = notify;
    this.#onGivenUp = onGivenUp;
  }

  /** From now on it is told: its subscription has been answered, so that it knows its name. */
  start(): void {
    if (this.#phase !== "quiet") return;
    this.#phase = "idle";
    this.#wake();
  }

  tell(event: UpnpEvent): void {
    if (event.mayGetLost && (this.#isFailing || this.#waiting.length >= MOST_PROBES_WAITING)) return;
    if (this.#waiting.length >= MOST_WAITING) {
      const lost = this.#waiting.findIndex(({ mayGetLost }) => mayGetLost);
      if (lost === -1) {
        this.#giveUp();
        return;
      }
      this.#waiting.splice(lost, 1);
    }
    this.#waiting.push(event);
    this.#wake();
  }

  /** Nothing is told any more. */
  close(): void {
    this.#stop.abort();
  }

  #wake(): void {
    if (this.#phase !== "idle" || this.#stop.signal.aborted) return;
    this.#phase = "delivering";
    // Fails by the signal alone.
    this.#deliver().catch(() => {});
  }

  async #deliver(): Promise<void> {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      while (!(await this.#reach(event))) {
        this.#isFailing = true;
        this.#callbacks = this.#callbacks.filter(({ failures }) => failures < MOST_FAILURES);
        if (this.#callbacks.length === 0) this.#giveUp();
        await this.#clock.sleep(PAUSE_MS, { signal: this.#stop.signal });
      }
      this.#isFailing = false;
      this.#seq = nextSeq(this.#seq);
    }
    this.#phase = "idle";
  }

  /** One try of each callback, until one takes the event. */
  async #reach({ body }: UpnpEvent): Promise<boolean> {
    const headers = {
      "Content-Type": 'text/xml; charset="utf-8"',
      NT: "upnp:event",
      NTS: "upnp:propchange",
      SID: this.sid,
      SEQ: String(this.#seq),
    };
    for (const { url } of this.#callbacks) {
      this.#stop.signal.throwIfAborted();
      const isTaken = await this.#notify(url, headers, body, this.#stop.signal);
      this.#stop.signal.throwIfAborted();
      this.#callbacks = this.#callbacks.map((one) =>
        one.url === url ? { url, failures: isTaken ? 0 : one.failures + 1 } : one,
      );
      if (isTaken) return true;
    }
    return false;
  }

  #giveUp(): void {
    this.close();
    this.#onGivenUp();
  }
}
