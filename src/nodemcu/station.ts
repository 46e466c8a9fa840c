/**
 * The one station that all modules of a script share: what the script wants of the radio, one change after the other,
 * and the way back to what the radio did before the script.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import { type Link, type Network, RadioError, type RadioSetup, type StationRadio } from "../radio/station-radio.ts";
import { sameSsid } from "../station/network.ts";
import type { Doings } from "./doings.ts";
import { type Enrolment, enrol, WPS_STATUS } from "./enrolment.ts";

/** How long a connection may take to come about, with its address: as long as in a pairing. */
const connectMs = 60_000;

/** How a script left the radio. */
export interface Left {
  /** The script has connected it, and it still is. Otherwise it does what it did before the script. */
  readonly connected: boolean;
  /** Why the network that it is connected to will not last; null when it will, or when there is none. */
  readonly keepTrouble: string | null;
}

export interface ScriptStationOptions {
  readonly radio: StationRadio;
  readonly clock: Clock;
  readonly doings: Doings;
  /** The link as it is now. */
  readonly link: Link;
  /** Called with each link and the one before, except for connections that belong to an enrolment. */
  readonly onLink: (before: Link, now: Link) => void;
  /** The radio does not do as it is told. */
  readonly onTrouble: (error: unknown) => void;
}

export class ScriptStation {
  readonly #options: ScriptStationOptions;
  /** What the radio did before the script. */
  readonly #home: RadioSetup;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  #link: Link;
  /** What the radio is to do when no enrolment is under way. */
  #wanted: RadioSetup;
  /** What WPS has handed out. */
  #configured: Network | null = null;
  #isTouched = false;
  /** Enrolments under way, or waiting for an ended one to put things back. */
  #enrolments = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #connecting: { readonly limit: Timer; readonly end: () => void; isApplied: boolean } | null = null;

  constructor(options: ScriptStationOptions) {
    this.#options = options;
    this.#link = options.link;
    this.#home = options.link.state === "off" ? { mode: "off" } : { mode: "station", network: null };
    this.#wanted = this.#home;
    this.#watching = this.#watch();
  }

  get link(): Link {
    return this.#link;
  }

  get isEnrolling(): boolean {
    return this.#enrolments > 0;
  }

  get isConnecting(): boolean {
    return this.#connecting !== null;
  }

  /** Connects to the network that WPS has handed out, or to those that the radio was configured with. */
  connect(): void {
    this.#endConnecting();
    const { clock, doings } = this.#options;
    const connecting = {
      limit: clock.after(connectMs, () => this.#endConnecting()),
      end: doings.begin(),
      isApplied: false,
    };
    this.#connecting = connecting;
    this.apply({ mode: "station", network: this.#configured }, () => {
      connecting.isApplied = true;
      this.#checkConnected();
    });
  }

  /** Makes the radio do this from now on. */
  apply(setup: RadioSetup, then = () => {}): void {
    if (setup.mode !== "station") this.#endConnecting();
    this.#wanted = setup;
    this.#isTouched = true;
    const over = this.#options.doings.begin();
    this.#inTurn(() => this.#options.radio.apply(setup))
      .then(then, this.#options.onTrouble)
      .finally(over);
  }

  /**
   * One enrolment. After a success the station is configured and not connected; after anything else the radio does
   * again what it did before. Null: the signal has aborted it.
   */
  async enrol(signal: AbortSignal): Promise<Enrolment | null> {
    const { radio, clock } = this.#options;
    this.#endConnecting();
    this.#enrolments++;
    this.#isTouched = true;
    try {
      return await this.#inTurn(async () => {
        let result: Enrolment | null = null;
        try {
          result = await enrol(radio, clock, signal);
        } finally {
          if (result?.status !== WPS_STATUS.SUCCESS) await radio.apply(this.#wanted);
        }
        if (result?.status === WPS_STATUS.SUCCESS) this.#configured = result.network;
        return result;
      });
    } finally {
      this.#enrolments--;
    }
  }

  /** Ends all of it. @param keep whether a connection that the script has made may stay */
  async close(keep: boolean): Promise<Left> {
    const { radio } = this.#options;
    this.#endConnecting();
    await this.#turn;
    this.#closing.abort();
    await this.#watching;
    const wanted = this.#wanted;
    if (keep && wanted.mode === "station" && wanted.network !== null && isAt(await radio.link(), wanted.network))
      return { connected: true, keepTrouble: await keepOn(radio, wanted.network) };
    if (this.#isTouched) await radio.apply(this.#home);
    return { connected: false, keepTrouble: null };
  }

  async #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #watch(): Promise<void> {
    try {
      for await (const link of this.#options.radio.watch({ signal: this.#closing.signal })) {
        if (this.isEnrolling && link.state === "connected") continue;
        const before = this.#link;
        this.#link = link;
        this.#options.onLink(before, link);
        this.#checkConnected();
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#options.onTrouble(error);
    }
  }

  #checkConnected(): void {
    if (this.#connecting?.isApplied !== true || this.#link.address === null || this.#wanted.mode !== "station") return;
    if (isAt(this.#link, this.#wanted.network)) this.#endConnecting();
  }

  #endConnecting(): void {
    const connecting = this.#connecting;
    this.#connecting = null;
    connecting?.limit.cancel();
    connecting?.end();
  }
}

/** @param network null: any */
function isAt(link: Link, network: Network | null): boolean {
  if (link.state !== "connected" || link.bss === null) return false;
  return network === null || sameSsid(link.bss.ssid, network.ssid);
}

/** Writes the network into the radio's configuration; what stands in the way of that as a sentence. */
async function keepOn(radio: StationRadio, network: Network): Promise<string | null> {
  try {
    const trouble = await radio.keepTrouble();
    if (trouble === null) await radio.keep(network);
    return trouble;
  } catch (error) {
    if (error instanceof RadioError) return `${error.message} ${error.hint}`;
    throw error;
  }
}
