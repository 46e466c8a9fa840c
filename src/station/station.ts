/**
 * The station service: one radio, its stored setup, and one pairing at a time. What a pairing does on the radio is
 * in `pairing.ts`, what becomes of it in `journaled-pairing.ts`, what survives a crash in `journal.ts`, who looks after the
 * radio in `keeper.ts`; how people reach it (HTTP, button, command line) is not known here.
 */
import type { Clock } from "../clock/clock.ts";
import type { Bss, Link, Network, StationRadio } from "../radio/station-radio.ts";
import type { Store } from "../store/store.ts";
import { Latest } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { generatePin, type Pin } from "../wsc/pin.ts";
import type { Random } from "../wsc/random.ts";
import { interrupted, Journal } from "./journal.ts";
import { JournaledPairing, neverPaired, type PairingParts } from "./journaled-pairing.ts";
import { Keeper, onlyRadioOrStore } from "./keeper.ts";
import type { Mode, StationRecord } from "./record.ts";
import type { PairingSession } from "./session.ts";
import { defaultSettings, type StationSettings } from "./settings.ts";

export interface StationOptions {
  readonly radio: StationRadio;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** What is left out is as in `defaultSettings`. */
  readonly settings?: Partial<StationSettings> | undefined;
  /**
   * Told of trouble that nobody waits for the outcome of: a radio that went away (once each time), a disk that is
   * full, a mistake of ours. For the log. Without it, the first two are passed over, because they are tried again,
   * and a mistake is thrown.
   */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** `pin`: the one to use; without it one is made up, to be shown to the person. */
export type PairingMethod = { readonly method: "pbc" } | { readonly method: "pin"; readonly pin?: Pin | undefined };

export interface StartOptions {
  /** Pair with this access point only. */
  readonly bssid?: MacAddress | undefined;
  /** Whoever asked for it came over the network cable, and is told what speaks against that. */
  readonly overEthernet?: boolean | undefined;
}

export type StartOutcome =
  /** `pin`: to be entered at the access point; null for push button. */
  | { readonly ok: true; readonly pin: Pin | null }
  /** A pairing runs already, or the service is being closed. */
  | { readonly ok: false; readonly error: "busy" | "closing" };

/** The station's network, as a person sets it. */
export interface WifiSettings {
  /** The device is, or is to be, in station mode. */
  readonly enabled: boolean;
  /** null: none is stored; in station mode the radio joins those that it was configured with by somebody else. */
  readonly network: Network | null;
  /** Limit of the power that the radio sends with, in dBm, 0..21 in steps of 0.5; null: nobody set one. */
  readonly maxTxPower: number | null;
}

export interface Station {
  /** What the device is set up to be; in mid-pairing still what it was before. */
  readonly mode: Mode;

  /** The pairing under way, or the last one, also of a time before a restart. */
  session(): PairingSession;

  /**
   * The session at once, at each change, and each second while it is active. Ends with the signal, or when the
   * station is closed.
   */
  sessions(options: { readonly signal: AbortSignal }): AsyncIterable<PairingSession>;

  /**
   * Begins a pairing; resolves once it is under way and safe from a crash. Throws a `RadioError` when the radio is
   * gone.
   */
  startPairing(method: PairingMethod, options?: StartOptions): Promise<StartOutcome>;

  /** Cancels, and resolves when the device is back in the mode it came from. False: nothing was under way. */
  cancelPairing(): Promise<boolean>;

  /** What the radio does now. Throws a `RadioError` when it is gone. */
  link(): Promise<Link>;

  /** What is in sight now, strongest first. Throws a `RadioError` when the radio is gone or cannot look. */
  scan(options?: { readonly signal?: AbortSignal }): Promise<readonly Bss[]>;

  /** What is stored of the station's network. */
  wifi(): WifiSettings;

  /**
   * Stores other settings and brings the radio to them at once; a device in access point mode stays there unless they
   * are enabled. `busy`, and nothing done, while a pairing runs. What is acknowledged survives a power cut; when it
   * throws a `RadioError` or `StoreError`, nothing has changed.
   */
  setWifi(settings: WifiSettings): Promise<"done" | "busy">;

  /** Changes the mode likewise; the station's network stays stored. */
  setMode(mode: Mode): Promise<"done" | "busy" | "no-hotspot">;

  /**
   * Ends a pairing under way as a cancel would, and stops looking after the radio, which stays as it is. Store and
   * radio are the caller's to close.
   */
  close(): Promise<void>;
}

/**
 * Opens the station: ends what a crash left half done, and makes the radio do what is stored. A radio that is not
 * there yet is waited for in the background. Throws a `StoreError` when what is stored cannot be read.
 */
export async function openStation(options: StationOptions): Promise<Station> {
  const station = new StationService(options, await Journal.open(options.store));
  await station.start();
  return station;
}

class StationService implements Station {
  readonly #radio: StationRadio;
  readonly #random: Random;
  readonly #settings: StationSettings;
  readonly #journal: Journal;
  readonly #keeper: Keeper;
  readonly #session: Latest<PairingSession>;
  readonly #parts: PairingParts;
  /** Set from the moment a pairing is asked for until its end is settled, as far as it can be. */
  #pairing: JournaledPairing | null = null;
  #closing = false;

  constructor(options: StationOptions, journal: Journal) {
    const { radio, clock, random, onTrouble = onlyRadioOrStore } = options;
    const settings = { ...defaultSettings, ...options.settings };
    const { run, last } = journal.record;
    this.#radio = radio;
    this.#random = random;
    this.#settings = settings;
    this.#journal = journal;
    this.#keeper = new Keeper({ radio, clock, settings, journal, onTrouble });
    this.#session = new Latest(run !== null ? (run.ended ?? interrupted(run)) : (last ?? neverPaired));
    this.#parts = { radio, clock, settings, journal, keeper: this.#keeper, session: this.#session, onTrouble };
  }

  start(): Promise<void> {
    return this.#keeper.start();
  }

  get mode(): Mode {
    return this.#keeper.mode;
  }

  session(): PairingSession {
    return this.#session.value;
  }

  sessions({ signal }: { readonly signal: AbortSignal }): AsyncIterable<PairingSession> {
    return this.#session.follow(signal);
  }

  link(): Promise<Link> {
    return this.#radio.link();
  }

  scan(options: { readonly signal?: AbortSignal } = {}): Promise<readonly Bss[]> {
    return this.#radio.scan(options);
  }

  wifi(): WifiSettings {
    const { setup, maxTxPower } = this.#journal.record;
    return { enabled: this.mode === "station", network: setup?.network ?? null, maxTxPower };
  }

  setWifi({ enabled, network, maxTxPower }: WifiSettings): Promise<"done" | "busy"> {
    return this.#change((record) => {
      const mode = enabled ? "station" : this.mode === "accessPoint" ? "accessPoint" : "off";
      return { ...record, setup: { mode, network }, maxTxPower };
    });
  }

  async setMode(mode: Mode): Promise<"done" | "busy" | "no-hotspot"> {
    if (mode === "accessPoint" && this.#settings.hotspot === null) return "no-hotspot";
    return this.#change((record) => ({ ...record, setup: { mode, network: record.setup?.network ?? null } }));
  }

  async startPairing(asked: PairingMethod, { bssid, overEthernet = false }: StartOptions = {}): Promise<StartOutcome> {
    if (this.#closing) return { ok: false, error: "closing" };
    if (this.#pairing !== null) return { ok: false, error: "busy" };
    const { method } = asked;
    const pin = asked.method === "pin" ? (asked.pin ?? generatePin(this.#random)) : null;
    const over = () => {
      this.#pairing = null;
    };
    this.#pairing = new JournaledPairing(this.#parts, { method, pin, bssid, overEthernet, over });
    await this.#pairing.begin();
    return { ok: true, pin };
  }

  async cancelPairing(): Promise<boolean> {
    if (this.#pairing === null) return false;
    await this.#pairing.stop("cancelled");
    return this.session().result === "cancelled";
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#pairing?.stop("stopped");
    await this.#keeper.close();
    this.#session.close();
  }

  async #change(next: (record: StationRecord) => StationRecord): Promise<"done" | "busy"> {
    if (this.#pairing !== null || this.#closing) return "busy";
    await this.#keeper.change(next);
    return "done";
  }
}
