/**
 * The station service: one radio, its stored setup, and one pairing at a time. What a pairing does on the radio is
 * in `pairing.ts`, what survives a crash in `journal.ts`, who looks after the radio in `keeper.ts`; how people reach it
 * (HTTP, button, command line) is not known here.
 */
import type { Clock } from "../clock/clock.ts";
import type { Bss, EnrolMethod, Link, Network, Peer, StationRadio } from "../radio/station-radio.ts";
import type { Store } from "../store/store.ts";
import { Latest } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { generatePin, type Pin } from "../wsc/pin.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";
import { begun, ended, interrupted, Journal, succeeded } from "./journal.ts";
import { Keeper, onlyRadioOrStore } from "./keeper.ts";
import { fromRadio, type PairEvent, pair } from "./pairing.ts";
import { ethernetHint, type PairingError, pairingError, REASONS, successHint } from "./reasons.ts";
import type { Mode, StationRecord, StoredRun } from "./record.ts";
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

const neverPaired: PairingSession = {
  active: false,
  method: null,
  phase: null,
  message: null,
  peer: null,
  secondsLeft: 0,
  result: null,
  reason: null,
  hint: null,
};

type Ending = Extract<PairEvent, { type: "paired" | "failed" }>;

interface ActivePairing {
  /** Aborts with the reason why: `cancelled` or `stopped`. */
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

class StationService implements Station {
  readonly #radio: StationRadio;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settings: StationSettings;
  readonly #journal: Journal;
  readonly #keeper: Keeper;
  readonly #session: Latest<PairingSession>;
  readonly #onTrouble: (error: unknown) => void;
  /** Set from the moment a pairing is asked for until its end is settled, as far as it can be. */
  #pairing: ActivePairing | null = null;
  #closing = false;

  constructor(options: StationOptions, journal: Journal) {
    const { radio, clock, random, onTrouble = onlyRadioOrStore } = options;
    this.#radio = radio;
    this.#clock = clock;
    this.#random = random;
    this.#settings = { ...defaultSettings, ...options.settings };
    this.#journal = journal;
    this.#onTrouble = onTrouble;
    this.#keeper = new Keeper({ radio, clock, settings: this.#settings, journal, onTrouble });
    const { run, last } = journal.record;
    this.#session = new Latest(run !== null ? (run.ended ?? interrupted(run)) : (last ?? neverPaired));
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

  async startPairing(method: PairingMethod, options: StartOptions = {}): Promise<StartOutcome> {
    if (this.#closing) return { ok: false, error: "closing" };
    if (this.#pairing !== null) return { ok: false, error: "busy" };
    const pin = method.method === "pin" ? (method.pin ?? generatePin(this.#random)) : null;
    const stop = new AbortController();
    const begun = this.#keeper.inTurn(() => this.#begin(method.method, options));
    const done = begun.then(
      (run) => this.#keeper.inTurn(() => this.#pair(run, pin, options, stop.signal)),
      () => {},
    );
    this.#pairing = { stop, done };
    this.#keeper.lend();
    try {
      await begun;
    } catch (error) {
      this.#pairing = null;
      this.#keeper.takeBack();
      throw error;
    }
    return { ok: true, pin };
  }

  async cancelPairing(): Promise<boolean> {
    if (this.#pairing === null) return false;
    const { stop, done } = this.#pairing;
    stop.abort("cancelled");
    await done;
    return this.session().result === "cancelled";
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#pairing?.stop.abort("stopped");
    await this.#pairing?.done;
    await this.#keeper.close();
    this.#session.close();
  }

  async #change(next: (record: StationRecord) => StationRecord): Promise<"done" | "busy"> {
    if (this.#pairing !== null || this.#closing) return "busy";
    await this.#keeper.change(next);
    return "done";
  }

  /** Writes the journal of a pairing; the radio is untouched until that is done. */
  async #begin(method: "pbc" | "pin", { overEthernet = false }: StartOptions): Promise<StoredRun> {
    // A run that ended while the radio was away.
    if (this.#journal.record.run !== null) await this.#keeper.settle();
    const residue = await this.#radio.residue();
    await this.#keeper.findOut();
    const run = { startedAt: this.#clock.now(), method, mode: this.mode, residue };
    await this.#journal.write(begun(this.#journal.record, run));
    this.#keeper.exchangeBegins();
    const hint = overEthernet ? ethernetHint : null;
    const secondsLeft = WALK_TIME_MS / 1000;
    this.#session.set({ ...neverPaired, active: true, method, phase: "searching", secondsLeft, hint });
    return { ...run, ended: null };
  }

  /** A pairing from its journal to its end. */
  async #pair(run: StoredRun, pin: Pin | null, options: StartOptions, signal: AbortSignal): Promise<void> {
    const stopCounting = this.#countDown(run.startedAt + WALK_TIME_MS);
    try {
      const method: EnrolMethod = pin === null ? { type: "pushButton" } : { type: "pin", pin: new Secret(pin) };
      const ending = await this.#follow(run, method, options, signal).catch(this.#mistake);
      this.#keeper.exchangeIsOver();
      const session =
        ending.type === "paired"
          ? await this.#succeed(run, ending.network)
          : await this.#fail(run, ending.error, signal);
      stopCounting();
      // Whoever hears of the end may begin the next one at once.
      this.#pairing = null;
      this.#session.set(session);
    } finally {
      stopCounting();
      this.#pairing = null;
      this.#keeper.takeBack();
    }
  }

  /** A mistake of ours, in here or in a backend, ends the pairing like any failure. */
  readonly #mistake = (error: unknown): Ending => {
    this.#onTrouble(error);
    return { type: "failed", error: pairingError("internal") };
  };

  /** Leads the pairing to its last event, and shows on the way where it is. */
  async #follow(
    run: StoredRun,
    method: EnrolMethod,
    { bssid, overEthernet = false }: StartOptions,
    signal: AbortSignal,
  ): Promise<Ending> {
    try {
      if (run.mode === "accessPoint") await this.#radio.apply({ mode: "off" });
    } catch (error) {
      return { type: "failed", error: fromRadio(error) };
    }
    const { address } = this.#settings;
    const events = pair({ radio: this.#radio, clock: this.#clock, method, bssid, signal, address, restore: null });
    for await (const event of events) {
      if (event.type === "paired" || event.type === "failed") return event;
      const progress = progressOf(event);
      const hint = progress.hint ?? (event.type === "searching" && overEthernet ? ethernetHint : null);
      this.#session.set({ ...this.#session.value, ...progress, hint });
    }
    throw new Error("a pairing ended without its last event");
  }

  async #succeed(run: StoredRun, network: Network): Promise<PairingSession> {
    const session = { ...this.#endedSession(), result: "success", reason: null, hint: successHint } as const;
    try {
      await this.#journal.write(succeeded(this.#journal.record, network, session));
    } catch (error) {
      this.#onTrouble(error);
      return this.#fail(run, pairingError("not-stored"), null);
    }
    this.#keeper.isSettled();
    return session;
  }

  /** @param signal tells who cancelled, if that is what it was */
  async #fail(run: StoredRun, error: PairingError, signal: AbortSignal | null): Promise<PairingSession> {
    const session: PairingSession = { ...this.#endedSession(), ...wordsFor(error, signal) };
    const record = ended(this.#journal.record, run, session);
    await this.#journal.write(record).catch((trouble: unknown) => {
      this.#onTrouble(trouble);
      this.#journal.hold(record);
    });
    // The radio is away, or the disk full: the keeper goes on with it.
    await this.#keeper.settle().catch(this.#onTrouble);
    return session;
  }

  #endedSession(): PairingSession {
    return { ...this.#session.value, active: false, phase: "ended", message: null, secondsLeft: 0 };
  }

  #countDown(end: number): () => void {
    const tick = () => {
      const secondsLeft = Math.max(0, Math.ceil((end - this.#clock.now()) / 1000));
      if (secondsLeft !== this.#session.value.secondsLeft) this.#session.set({ ...this.#session.value, secondsLeft });
      timer = this.#clock.after(1000, tick);
    };
    let timer = this.#clock.after(1000, tick);
    return () => timer.cancel();
  }
}

/** What an event changes in the session. */
function progressOf(event: Exclude<PairEvent, { type: "paired" | "failed" }>): Partial<PairingSession> {
  const phase = event.type;
  switch (event.type) {
    case "searching":
      return { phase, message: null, peer: null, hint: event.outlook && REASONS[event.outlook].hint };
    case "exchanging":
      return { phase, message: event.message, peer: shown(event.peer), hint: null };
    case "associating":
    case "connecting":
    case "addressing":
      return { phase, message: null, peer: shown(event.peer), hint: null };
  }
}

function shown({ bssid, ssid, name }: Peer): NonNullable<PairingSession["peer"]> {
  return { bssid, ssid: ssid && new TextDecoder().decode(ssid), name };
}

/** A person's own cancel needs no explanation; that of a service being stopped does. */
function wordsFor(error: PairingError, signal: AbortSignal | null): Pick<PairingSession, "result" | "reason" | "hint"> {
  if (error.reason !== "cancelled") return { result: error.result, reason: error.reason, hint: error.hint };
  if (signal?.reason !== "stopped") return { result: "cancelled", reason: null, hint: null };
  const { result, reason, hint } = pairingError("stopped");
  return { result, reason, hint };
}
