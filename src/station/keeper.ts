/**
 * Who looks after the radio: it does what the record says, at the start, after each pairing, after each change, and
 * again whenever it comes back from wherever it was. What a pairing is, is not known here; while one is under way the
 * radio is lent to it.
 */
import type { Clock } from "../clock/clock.ts";
import { type Link, RadioError, type StationRadio } from "../radio/station-radio.ts";
import { StoreError } from "../store/store.ts";
import { AddressBringer } from "./address.ts";
import { type Journal, settled, wanted } from "./journal.ts";
import type { Mode, StationRecord } from "./record.ts";
import type { StationSettings } from "./settings.ts";

/** How long a radio that went away is waited for between two tries: at first, and at most. */
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

export class Keeper {
  readonly #radio: StationRadio;
  readonly #clock: Clock;
  readonly #settings: StationSettings;
  readonly #journal: Journal;
  readonly #address: AddressBringer;
  readonly #onTrouble: (error: unknown) => void;
  readonly #closed = new AbortController();
  /** A pairing has it: what is to be settled, it settles at its end. */
  #lent = false;
  /** The links that come now are a pairing's, which brings itself an address. */
  #inExchange = false;
  /** The radio does what the record says, all of it, and has not been away since. */
  #settled = false;
  /** What the radio was found to be while nothing is stored. */
  #found: Mode = "station";
  /** Whatever changes the radio's setup waits here for its turn. */
  #turn: Promise<unknown> = Promise.resolve();
  #lookAgain = new AbortController();
  #keeping: Promise<void> = Promise.resolve();

  /** @param options.onTrouble told of what nobody waits for */
  constructor(options: {
    readonly radio: StationRadio;
    readonly clock: Clock;
    readonly settings: StationSettings;
    readonly journal: Journal;
    readonly onTrouble: (error: unknown) => void;
  }) {
    this.#radio = options.radio;
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#journal = options.journal;
    this.#onTrouble = options.onTrouble;
    this.#address = new AddressBringer(options.settings.address, options.clock);
  }

  /** Brings the radio to what the record says, as far as it is there, and looks after it from now on. */
  async start(): Promise<void> {
    await this.inTurn(() => this.settle()).catch(this.#onTrouble);
    this.#keeping = this.#keep(this.#closed.signal);
  }

  /** Stops looking after the radio, which stays as it is. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#turn;
    await this.#keeping;
    this.#address.stop();
  }

  /** What the device is set up to be; during a pairing what it was before. */
  get mode(): Mode {
    const { setup, run } = this.#journal.record;
    if (setup === null && run !== null) return run.mode;
    return wanted(setup, this.#settings)?.mode ?? this.#found;
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  lend(): void {
    this.#lent = true;
  }

  /** A pairing that was to have the radio has given it up, or is over. */
  takeBack(): void {
    this.#lent = false;
    this.#inExchange = false;
    if (!this.#settled) this.#lookAgain.abort();
  }

  /** From now on, and until it is over, links are the pairing's. */
  exchangeBegins(): void {
    this.#inExchange = true;
  }

  exchangeIsOver(): void {
    this.#inExchange = false;
  }

  /** Finds out what the radio is while nothing is stored. */
  async findOut(): Promise<void> {
    if (this.#journal.record.setup === null) this.#found = foundMode(await this.#radio.link());
  }

  /**
   * Brings the radio to what the record says, and a run in the record to its end. May be repeated at will; within a
   * turn.
   */
  async settle(): Promise<void> {
    this.#settled = false;
    const { record } = this.#journal;
    const next = record.run === null ? null : settled(record, record.run, this.#settings);
    if (record.run !== null) await this.#radio.clearAfterCrash(record.run.residue);
    await this.#limitPower(record.maxTxPower);
    const setup = next?.apply ?? wanted(record.setup, this.#settings);
    if (setup !== null) await this.#radio.apply(setup);
    if (next !== null) await this.#journal.write(next.record);
    this.#settled = true;
  }

  /**
   * Gives radio and record another setup. Throws, and nothing has changed, when the radio or the disk refuses; the
   * radio is then brought back to what the record says. Killed in the middle, the record decides as well. The limit of
   * its power comes after the record: one that stands in none would outlive a kill.
   */
  change(next: (record: StationRecord) => StationRecord): Promise<void> {
    return this.inTurn(async () => {
      if (this.#journal.record.run !== null) await this.settle();
      const { record } = this.#journal;
      const changed = next(record);
      try {
        const setup = wanted(changed.setup, this.#settings);
        if (setup !== null) await this.#radio.apply(setup);
        await this.#journal.write(changed);
        if (changed.maxTxPower !== record.maxTxPower) await this.#radio.limitPower(changed.maxTxPower);
      } catch (error) {
        this.#settled = false;
        this.#lookAgain.abort();
        if (this.#journal.record !== record) await this.writeOrHold(record);
        throw error;
      }
    });
  }

  /** Goes on with a record that the disk may refuse to take now. */
  async writeOrHold(record: StationRecord): Promise<void> {
    await this.#journal.write(record).catch((trouble: unknown) => {
      this.#onTrouble(trouble);
      this.#journal.hold(record);
    });
  }

  /** A limit that cannot be set any more keeps nobody from the network. */
  async #limitPower(dBm: number | null): Promise<void> {
    if (dBm === null) return;
    try {
      await this.#radio.limitPower(dBm);
    } catch (error) {
      if (!(error instanceof RadioError) || error.kind === "gone") throw error;
      this.#onTrouble(error);
    }
  }

  /** Watches the radio, and when it comes back after it was gone, tells it again what it is to do. */
  async #keep(closed: AbortSignal): Promise<void> {
    let pause = firstPauseMs;
    while (!closed.aborted) {
      try {
        await this.inTurn(async () => {
          if (!this.#settled && !this.#lent) await this.settle();
          // Within the turn: whatever fails to settle in a later one is heard of.
          this.#lookAgain = new AbortController();
        });
        for await (const link of this.#radio.watch({ signal: AbortSignal.any([closed, this.#lookAgain.signal]) })) {
          pause = firstPauseMs;
          if (!this.#inExchange) this.#found = foundMode(link);
          this.#address.onLink(link, !this.#inExchange);
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
}

/** Passes over what is tried again; a mistake of ours is thrown on. */
export function onlyRadioOrStore(error: unknown): void {
  if (!(error instanceof RadioError || error instanceof StoreError)) throw error;
}

function foundMode(link: Link): Mode {
  return link.state === "off" ? "off" : "station";
}
