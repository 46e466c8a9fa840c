/**
 * What a station's radio does on the simulated air, before any purpose: it listens for beacons, scans, and talks to
 * one access point at a time.
 */
import type { Clock } from "../../clock/clock.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { Bss } from "../station-radio.ts";
import { beaconMs } from "./access-point.ts";
import type { Air, Antenna } from "./air.ts";
import { type Announcement, broadcast, type EnrolleeProbe, type FrameKind, type Payload } from "./frame.ts";

/** An access point as it was last heard. */
export interface Sighting {
  readonly bss: Bss;
  readonly authorized: Announcement["authorized"];
  readonly at: number;
}

/**
 * How long a scan listens after its probe requests, in steps: where the process was held up by other work, timers are
 * late, and one long one would be over before the first answer is on its way.
 */
const scanMs = 120;
const scanSteps = 4;
/** How long an access point counts as in sight after its last beacon. */
const sightMs = 3 * beaconMs;
/** Without a beacon for so long, a connected station gives its access point up. */
export const beaconLossMs = 8 * beaconMs;
/** Frames of 802.11 that want an answer are repeated, so often and after so many milliseconds. */
const asks = 4;
const answerMs = 200;
/** Frames of an access point that may wait to be read. */
const inboxSize = 32;

export class StationAntenna implements Antenna {
  readonly address: MacAddress;
  readonly accessPoint = null;
  readonly air: Air;
  readonly #sightings = new Map<MacAddress, Sighting>();
  #talk: Talk | null = null;

  constructor(air: Air, address: MacAddress) {
    this.air = air;
    this.address = address;
  }

  /** Looks for access points on both bands. What it finds is in sight, strongest first. */
  async scan(enrollee: EnrolleeProbe | null, signal: AbortSignal): Promise<readonly Sighting[]> {
    for (const band of ["2.4", "5"] as const)
      this.air.transmit(this, broadcast, { kind: "probeRequest", band, enrollee });
    for (let step = 0; step < scanSteps; step++) await this.air.clock.sleep(scanMs / scanSteps, { signal });
    const since = this.air.clock.now() - sightMs;
    for (const [bssid, { at }] of this.#sightings) if (at < since) this.#sightings.delete(bssid);
    return [...this.#sightings.values()].sort((a, b) => b.bss.rssi - a.bss.rssi);
  }

  /** How an access point was last heard; null when it was not, or is long forgotten. */
  sighting(bssid: MacAddress): Sighting | null {
    return this.#sightings.get(bssid) ?? null;
  }

  /** Authenticates and associates; null when the access point does not answer or refuses. */
  async associate(to: Bss, wps: boolean, signal: AbortSignal): Promise<Talk | null> {
    const talk = new Talk(this, to.bssid, signal);
    this.#talk = talk;
    if ((await talk.ask({ kind: "authentication" }, "authentication")) === null) return null;
    const response = await talk.ask({ kind: "associationRequest", ssid: to.ssid, wps }, "associationResponse");
    return response?.kind === "associationResponse" && response.accepted ? talk : null;
  }

  receive(payload: Payload, from: MacAddress, signal: number): void {
    if (payload.kind === "beacon" || payload.kind === "probeResponse") {
      const { bss, authorized } = payload.announcement;
      this.#sightings.set(from, { bss: { ...bss, rssi: signal }, authorized, at: this.air.clock.now() });
    } else if (this.#talk?.bssid === from) this.#talk.deliver(payload);
  }
}

/** What goes back and forth between a station and one access point. */
export class Talk {
  readonly bssid: MacAddress;
  readonly #antenna: StationAntenna;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #inbox: Payload[] = [];
  #wake: (() => void) | null = null;

  /** @param signal ends every wait with its reason */
  constructor(antenna: StationAntenna, bssid: MacAddress, signal: AbortSignal) {
    this.bssid = bssid;
    this.#antenna = antenna;
    this.#clock = antenna.air.clock;
    this.#signal = signal;
  }

  send(payload: Payload): void {
    this.#antenna.air.transmit(this.#antenna, this.bssid, payload);
  }

  /** Says goodbye. */
  leave(): void {
    this.send({ kind: "deauthentication", reason: 3 });
  }

  deliver(payload: Payload): void {
    if (this.#inbox.length === inboxSize) this.#inbox.shift();
    this.#inbox.push(payload);
    this.#wake?.();
  }

  /** The next frame of the access point; null when none comes within `ms`. */
  async next(ms: number): Promise<Payload | null> {
    this.#signal.throwIfAborted();
    const waiting = this.#inbox.shift();
    if (waiting !== undefined) return waiting;
    // Without a signal of its own for each wait: the one that ends them all would remember every one of them, and a
    // connected station waits for days.
    await new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        this.#signal.removeEventListener("abort", done);
        this.#wake = null;
        resolve();
      };
      const timer = this.#clock.after(ms, done);
      this.#signal.addEventListener("abort", done);
      this.#wake = done;
    });
    this.#signal.throwIfAborted();
    return this.#inbox.shift() ?? null;
  }

  /**
   * Sends a frame, and again when no answer comes; null when none ever does, or the access point sends us away.
   * What else arrives meanwhile stays for {@link next}: an access point goes on when only its answer got lost.
   */
  async ask(payload: Payload, answer: FrameKind): Promise<Payload | null> {
    const others: Payload[] = [];
    try {
      for (let sent = 0; sent < asks; sent++) {
        this.send(payload);
        const until = this.#clock.now() + answerMs;
        for (let left = answerMs; left > 0; left = until - this.#clock.now()) {
          const heard = await this.next(left);
          if (heard?.kind === answer) return heard;
          if (heard?.kind === "deauthentication") return null;
          if (heard !== null && others.length < inboxSize) others.push(heard);
        }
      }
      return null;
    } finally {
      this.#inbox.unshift(...others);
    }
  }
}
