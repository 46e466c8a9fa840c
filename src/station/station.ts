/**
 * The station service: one radio, its stored setup, and one pairing at a time. What a pairing does on the radio is
 * in `pairing.ts`, what survives a crash in `journal.ts`; how people reach it (HTTP, button, command line) is not
 * known here.
 */
import type { Clock } from "../clock/clock.ts";
import {
  type EnrolMethod,
  type Link,
  type Network,
  type Peer,
  RadioError,
  type RadioSetup,
  type StationRadio,
} from "../radio/station-radio.ts";
import { type Store, StoreError } from "../store/store.ts";
import { Latest } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { generatePin, type Pin } from "../wsc/pin.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";
import { AddressBringer } from "./address.ts";
import { begun, ended, interrupted, Journal, radioSetup, settled, succeeded, withSetup } from "./journal.ts";
import { fromRadio, type PairEvent, pair } from "./pairing.ts";
import { type PairingError, pairingError, REASONS, successHint } from "./reasons.ts";
import type { Mode, StoredRun } from "./record.ts";
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

export type StartOutcome =
  /** `pin`: to be entered at the access point; null for push button. */
  | { readonly ok: true; readonly pin: Pin | null }
  /** A pairing runs already, or the service is being closed. */
  | { readonly ok: false; readonly error: "busy" | "closing" };

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
  startPairing(method: PairingMethod, options?: { readonly bssid?: MacAddress | undefined }): Promise<StartOutcome>;

  /** Cancels, and resolves when the device is back in the mode it came from. False: nothing was under way. */
  cancelPairing(): Promise<boolean>;

  /** What the radio does now. Throws a `RadioError` when it is gone. */
  link(): Promise<Link>;

  /**
   * Gives the device another setup, stored. False, and nothing done, while a pairing runs. Throws a `RadioError`
   * and changes nothing when the radio cannot do it.
   */
  setUp(setup: RadioSetup): Promise<boolean>;

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

/** How long a radio that went away is waited for between two tries: at first, and at most. */
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

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
  readonly #session: Latest<PairingSession>;
  readonly #address: AddressBringer;
  readonly #closed = new AbortController();
  readonly #onTrouble: (error: unknown) => void;
  /** Set from the moment a pairing is asked for until its end is settled, as far as it can be. */
  #pairing: ActivePairing | null = null;
  /** The pairing itself is over; the link that comes now is nobody's but ours. */
  #exchangeOver = true;
  /** The radio does what the record says. */
  #settled = false;
  /** What the radio was found to be while nothing is stored. */
  #found: Mode = "station";
  /** Whatever changes the radio's setup waits here for its turn. */
  #turn: Promise<unknown> = Promise.resolve();
  #lookAgain = new AbortController();
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: StationOptions, journal: Journal) {
    this.#radio = options.radio;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#settings = { ...defaultSettings, ...options.settings };
    this.#journal = journal;
    this.#onTrouble = options.onTrouble ?? onlyRadioOrStore;
    this.#address = new AddressBringer(this.#settings.address, options.clock);
    const { run, last } = journal.record;
    this.#session = new Latest(run !== null ? (run.ended ?? interrupted(run)) : (last ?? neverPaired));
  }

  async start(): Promise<void> {
    await this.#inTurn(() => this.#settle()).catch(this.#onTrouble);
    this.#keeping = this.#keep(this.#closed.signal);
  }

  get mode(): Mode {
    const { setup, run } = this.#journal.record;
    return setup?.mode ?? run?.mode ?? this.#found;
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

  async startPairing(
    method: PairingMethod,
    options: { readonly bssid?: MacAddress | undefined } = {},
  ): Promise<StartOutcome> {
    if (this.#closed.signal.aborted) return { ok: false, error: "closing" };
    if (this.#pairing !== null) return { ok: false, error: "busy" };
    const pin = method.method === "pin" ? (method.pin ?? generatePin(this.#random)) : null;
    const stop = new AbortController();
    const begun = this.#inTurn(() => this.#begin(method.method));
    const done = begun.then(
      (run) => this.#inTurn(() => this.#pair(run, pin, options.bssid, stop.signal)),
      () => {},
    );
    this.#pairing = { stop, done };
    try {
      await begun;
    } catch (error) {
      this.#pairing = null;
      // The keeper may have left the radio to the pairing that did not come about.
      if (!this.#settled) this.#lookAgain.abort();
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

  async setUp(setup: RadioSetup): Promise<boolean> {
    if (this.#pairing !== null || this.#closed.signal.aborted) return false;
    await this.#inTurn(async () => {
      if (this.#journal.record.run !== null) await this.#settle();
      try {
        await this.#radio.apply(setup);
        const { record } = this.#journal;
        await this.#journal.write({ ...record, setup: withSetup(record.setup, setup) });
        this.#settled = true;
      } catch (error) {
        this.#settled = false;
        this.#lookAgain.abort();
        throw error;
      }
    });
    return true;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#pairing?.stop.abort("stopped");
    await this.#pairing?.done;
    await this.#turn;
    await this.#keeping;
    this.#address.stop();
    this.#session.close();
  }

  /** Writes the journal of a pairing; the radio is untouched until that is done. */
  async #begin(method: "pbc" | "pin"): Promise<StoredRun> {
    // A run that ended while the radio was away.
    if (this.#journal.record.run !== null) await this.#settle();
    const residue = await this.#radio.residue();
    if (this.#journal.record.setup === null) this.#found = foundMode(await this.#radio.link());
    const run = { startedAt: this.#clock.now(), method, mode: this.mode, residue };
    const record = begun(this.#journal.record, run);
    await this.#journal.write(record);
    this.#exchangeOver = false;
    this.#session.set({ ...neverPaired, active: true, method, phase: "searching", secondsLeft: WALK_TIME_MS / 1000 });
    return { ...run, ended: null };
  }

  /** A pairing from its journal to its end. */
  async #pair(run: StoredRun, pin: Pin | null, bssid: MacAddress | undefined, signal: AbortSignal): Promise<void> {
    const stopCounting = this.#countDown(run.startedAt + WALK_TIME_MS);
    try {
      const method: EnrolMethod = pin === null ? { type: "pushButton" } : { type: "pin", pin: new Secret(pin) };
      const ending = await this.#follow(run, method, bssid, signal).catch(this.#mistake);
      this.#exchangeOver = true;
      const session =
        ending.type === "paired"
          ? await this.#succeed(run, ending.network)
          : await this.#fail(run, ending.error, signal);
      stopCounting();
      // Whoever hears of the end may begin the next one at once.
      this.#pairing = null;
      this.#session.set(session);
    } finally {
      this.#exchangeOver = true;
      stopCounting();
      this.#pairing = null;
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
    bssid: MacAddress | undefined,
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
      this.#session.set({ ...this.#session.value, ...progressOf(event) });
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
    this.#settled = true;
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
    await this.#settle().catch((trouble: unknown) => {
      this.#onTrouble(trouble);
      // The radio is away, or the disk full: the keeper goes on with it.
      this.#lookAgain.abort();
    });
    return session;
  }

  #endedSession(): PairingSession {
    return { ...this.#session.value, active: false, phase: "ended", message: null, secondsLeft: 0 };
  }

  /** Brings the radio to what the record says, and a run in the record to its end. May be repeated at will. */
  async #settle(): Promise<void> {
    this.#settled = false;
    const { record } = this.#journal;
    if (record.run !== null) {
      const next = settled(record, record.run, this.#settings.afterFailedPairing);
      await this.#radio.clearAfterCrash(record.run.residue);
      await this.#radio.apply(next.apply);
      await this.#journal.write(next.record);
    } else if (record.setup !== null) await this.#radio.apply(radioSetup(record.setup));
    this.#settled = true;
  }

  /** What a pairing under way leaves for us to do, which is nothing: it settles its own end. */
  async #settleAgain(): Promise<void> {
    if (!this.#settled && this.#pairing === null) await this.#settle();
  }

  /** Watches the radio, and when it comes back after it was gone, tells it again what it is to do. */
  async #keep(closed: AbortSignal): Promise<void> {
    let pause = firstPauseMs;
    while (!closed.aborted) {
      try {
        await this.#inTurn(async () => {
          await this.#settleAgain();
          // Within the turn: whatever fails to settle in a later one is heard of.
          this.#lookAgain = new AbortController();
        });
        for await (const link of this.#radio.watch({ signal: AbortSignal.any([closed, this.#lookAgain.signal]) })) {
          pause = firstPauseMs;
          if (this.#exchangeOver) this.#found = foundMode(link);
          this.#address.onLink(link, this.#exchangeOver);
        }
      } catch (error) {
        if (pause === firstPauseMs) this.#onTrouble(error);
      }
      if (closed.aborted) return;
      if (!this.#lookAgain.signal.aborted) this.#settled = false;
      this.#address.stop();
      await this.#clock.sleep(pause, { signal: closed }).catch(() => {});
      pause = Math.min(2 * pause, longestPauseMs);
    }
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

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** Passes over what is tried again; a mistake of ours is thrown on. */
function onlyRadioOrStore(error: unknown): void {
  if (!(error instanceof RadioError || error instanceof StoreError)) throw error;
}

function foundMode(link: Link): Mode {
  return link.state === "off" ? "off" : "station";
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
