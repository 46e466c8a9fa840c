/**
 * Has a device be found (UPnP Device Architecture 1.0, 1): says that it is there, again and again until it leaves, and
 * answers those on the network who search. Datagrams come and go by ssdp-socket.ts.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import type { Random } from "../wsc/random.ts";
import { isOnNetwork } from "./local-address.ts";
import { Rate, type RateLimit } from "./rate.ts";
import { composeSsdp, readSsdp, SSDP_ADDRESS, SSDP_PORT, type SsdpDevice } from "./ssdp.ts";
import { DEVICE_TYPE, SERVICE_TYPE, uuidName } from "./wlan-config.ts";
import type { LocalAddress } from "./wlan-config-service.ts";

/** How long an announcement holds, in seconds. */
const MAX_AGE = 1801;
/** Datagrams get lost: all is said so many times, and not all at once. */
const TIMES = 2;
const BETWEEN_MS = 100;
/** A searcher may ask for answers to be spread over more; sooner is never wrong. */
const LONGEST_WAIT_SECONDS = 5;
/** Most answers that are due at once. */
const MOST_PENDING = 20;
/** Answers by whom they go to: more would be of use to none but a third party's enemy. */
const ANSWERS: RateLimit = { withinMs: 10_000, ofOne: 12, ofAll: 200 };

/** The other end of a datagram. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface AnnouncerOptions {
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Where the description is. */
  readonly location: string;
  readonly network: LocalAddress;
  readonly clock: Clock;
  readonly random: Random;
  readonly send: (datagram: Uint8Array, to: Endpoint) => void;
}

const everybody: Endpoint = { address: SSDP_ADDRESS, port: SSDP_PORT };

export class Announcer {
  readonly #options: AnnouncerOptions;
  /** What it is found as. */
  readonly #faces: readonly SsdpDevice[];
  readonly #stop = new AbortController();
  /** By who asked and for what: whoever says it twice before it is answered gets one answer. */
  readonly #pending = new Map<string, Timer>();
  readonly #answers: Rate;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#answers = new Rate(options.clock, ANSWERS);
    const uuid = uuidName(options.uuid);
    const face = (target: string): SsdpDevice => ({
      location: options.location,
      target,
      usn: target === uuid ? uuid : `${uuid}::${target}`,
      maxAge: MAX_AGE,
      server: "Unspecified, UPnP/1.0, Unspecified",
    });
    this.#faces = ["upnp:rootdevice", uuid, DEVICE_TYPE, SERVICE_TYPE].map(face);
  }

  /** Begins: first what may be left of an earlier run is taken back. */
  open(): void {
    this.#sayGoodbye();
    // Ends by the signal alone.
    this.#announce().catch(() => {});
  }

  /** Takes a datagram that was sent to all. */
  hear(datagram: Uint8Array, from: Endpoint): void {
    if (this.#stop.signal.aborted || !isOnNetwork(this.#options.network, from.address)) return;
    // UDP may leave out where it comes from (RFC 768); a socket that is to send there throws.
    if (from.port === 0) return;
    const message = readSsdp(datagram);
    if (message?.type !== "search") return;
    const { target, maxWaitSeconds } = message;
    for (const face of this.#faces)
      if (target === "ssdp:all" || target === face.target) this.#planAnswer(face, from, maxWaitSeconds);
  }

  /** Says goodbye. */
  close(): void {
    this.#stop.abort();
    for (const timer of this.#pending.values()) timer.cancel();
    this.#pending.clear();
    this.#sayGoodbye();
  }

  #sayGoodbye(): void {
    for (let i = 0; i < TIMES; i++)
      for (const { target, usn } of this.#faces)
        this.#options.send(composeSsdp({ type: "byebye", target, usn }), everybody);
  }

  async #announce(): Promise<never> {
    const { clock, send } = this.#options;
    const { signal } = this.#stop;
    for (;;) {
      for (let i = 0; i < TIMES; i++)
        for (const face of this.#faces) {
          send(composeSsdp({ type: "alive", ...face }), everybody);
          await clock.sleep(BETWEEN_MS, { signal });
        }
      await clock.sleep((1 + this.#chance()) * (MAX_AGE / 4) * 1000, { signal });
    }
  }

  #planAnswer(face: SsdpDevice, from: Endpoint, maxWaitSeconds: number): void {
    const { clock } = this.#options;
    const name = `${from.address} ${from.port} ${face.target}`;
    if (this.#pending.has(name) || this.#pending.size >= MOST_PENDING || !this.#answers.admits(from.address)) return;
    const wait = Math.min(Math.max(maxWaitSeconds, 1), LONGEST_WAIT_SECONDS);
    const timer = clock.after(this.#chance() * wait * 1000, () => {
      this.#pending.delete(name);
      const date = new Date(clock.now()).toUTCString();
      this.#options.send(composeSsdp({ type: "found", ...face }, date), from);
    });
    this.#pending.set(name, timer);
  }

  /** From 0 to 1. */
  #chance(): number {
    const bytes = this.#options.random("delay", 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
  }
}
