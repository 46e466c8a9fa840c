/**
 * The simulated air: the medium between access points and stations. It carries frames, loses, delays and repeats
 * some of them by seeded chance, and lets onlookers see each one. It does not know what the frames mean.
 */
import type { Clock, Timer } from "../../clock/clock.ts";
import { Outlet } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import { type Chance, seededChance } from "./chance.ts";
import { eapMessage } from "./eap-message.ts";
import { type Band, broadcast, type Frame, type Payload } from "./frame.ts";

/** Something with an antenna. An access point and a station hear each other; two of a kind do not. */
export interface Antenna {
  readonly address: MacAddress;
  /** What an access point's antenna is like; null for a station's. */
  readonly accessPoint: {
    readonly band: Band;
    /** Its level at any station, dBm; null when it is off or out of range. */
    readonly signal: number | null;
  } | null;
  /** @param signal the level of the frame, dBm */
  receive(payload: Payload, from: MacAddress, signal: number): void;
}

/** How bad the air is. */
export interface AirConditions {
  /** Chance of each frame to be lost, 0 to 1. */
  readonly loss: number;
  /** Longest way of a frame through the air, whole ms, at least 1; frames of one sender to one receiver keep their order. */
  readonly delayMs: number;
  /** Chance of each frame to arrive twice, 0 to 1. */
  readonly repeat: number;
}

export const clearAir: AirConditions = { loss: 0, delayMs: 3, repeat: 0 };

/** How many frames an onlooker may lag behind before the oldest are kept from it. */
const onlookerLag = 4096;

export class Air {
  readonly clock: Clock;
  /** The chance of everything on this air, drawn from one seed. */
  readonly chance: Chance;
  /** May change while frames fly; those that fly are not touched. */
  conditions: AirConditions;
  readonly #antennas = new Map<MacAddress, Antenna>();
  readonly #frames = new Outlet<Frame>(onlookerLag);
  readonly #flying = new Set<Timer>();
  readonly #losses: string[] = [];
  /** When the last frame of each sender to each receiver arrives, so that none overtakes it. */
  readonly #arrivals = new Map<string, number>();

  constructor(options: { readonly clock: Clock; readonly seed: number; readonly conditions?: AirConditions }) {
    this.clock = options.clock;
    this.chance = seededChance(options.seed);
    this.conditions = options.conditions ?? clearAir;
  }

  /** Puts an antenna on the air; its address must be free. */
  attach(antenna: Antenna): void {
    if (this.#antennas.has(antenna.address)) throw new RangeError(`${antenna.address} is already on this air`);
    this.#antennas.set(antenna.address, antenna);
  }

  detach(antenna: Antenna): void {
    if (this.#antennas.get(antenna.address) === antenna) this.#antennas.delete(antenna.address);
  }

  /** Sends a frame to one receiver, or to `broadcast`. */
  transmit(from: Antenna, to: MacAddress, payload: Payload): void {
    const message = payload.kind === "eap" ? eapMessage(payload.packet) : null;
    const receivers = to === broadcast ? [...this.#antennas.values()] : [this.#antennas.get(to)];
    const hearing = receivers.flatMap((antenna) => {
      const signal = antenna === undefined ? null : level(from, antenna, payload);
      return antenna === undefined || signal === null ? [] : [{ antenna, signal }];
    });
    const copies = this.chance.number() < this.conditions.repeat ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const lost = this.chance.number() < this.conditions.loss || this.#isToBeLost(payload.kind, message);
      const delay = 1 + Math.floor(this.chance.number() * this.conditions.delayMs);
      const delivered = !lost && hearing.length > 0;
      this.#frames.tell({ at: this.clock.now(), from: from.address, to, kind: payload.kind, message, delivered });
      if (delivered) for (const { antenna, signal } of hearing) this.#fly(from, antenna, payload, signal, delay);
    }
  }

  /** Loses the next frame of this kind (`beacon`), or with this message (`M5`); once for each call. */
  loseOnce(what: string): void {
    this.#losses.push(what);
  }

  /** Every frame sent from now on. An onlooker that lags thousands of frames behind misses the oldest. */
  frames(options: { readonly signal: AbortSignal }): AsyncIterable<Frame> {
    return this.#frames.listen(options.signal);
  }

  /** Silence: nothing arrives any more. */
  close(): void {
    for (const timer of this.#flying) timer.cancel();
    this.#flying.clear();
    this.#antennas.clear();
    this.#frames.end();
  }

  #isToBeLost(kind: string, message: string | null): boolean {
    const index = this.#losses.findIndex((what) => what === kind || what === message);
    if (index >= 0) this.#losses.splice(index, 1);
    return index >= 0;
  }

  #fly(from: Antenna, to: Antenna, payload: Payload, signal: number, delay: number): void {
    const way = `${from.address} ${to.address}`;
    const now = this.clock.now();
    const arrival = Math.max(now + delay, this.#arrivals.get(way) ?? 0);
    this.#arrivals.set(way, arrival);
    const timer = this.clock.after(arrival - now, () => {
      this.#flying.delete(timer);
      if (this.#antennas.get(to.address) === to) to.receive(payload, from.address, signal);
    });
    this.#flying.add(timer);
  }
}

/** The level of a frame between two antennas, dBm; null where none arrives. */
function level(from: Antenna, to: Antenna, payload: Payload): number | null {
  const end = from.accessPoint ?? to.accessPoint;
  if (end === null || (from.accessPoint !== null && to.accessPoint !== null)) return null;
  if (payload.kind === "probeRequest" && payload.band !== end.band) return null;
  return end.signal;
}
