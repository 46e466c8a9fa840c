/**
 * How a pairing survives a crash: which record is written when, and what follows from the one that is found at the
 * next start. Writes only; what the radio is told in between is the business of `station.ts`.
 *
 * The promise: killed at any point, the device ends in its old state or in its new one, never between. Why it
 * holds:
 *
 * 1. Setup, run and last result stand in one record under one key, and the store writes a value whole and durably
 *    or not at all. So there is only ever one truth on disk, and no order among several writes to get wrong.
 * 2. A record with a run is written before the radio is touched. A crash before that write leaves the old record
 *    and an untouched radio. From it on, every crash leaves a record with a run until the radio is where it
 *    belongs.
 * 3. Success is a single write: the new network comes in and the run goes out. It happens when the device is
 *    connected and addressed, and before anybody is told. Before it: a run is found, and undone. After it: the new
 *    setup is found, and applied again, which harms nothing.
 * 4. A failure takes two writes. The first puts its result into the run, so that a crash during the clearing up is
 *    not taken for another end (a cancel leads back to where it began, a failure out of access point mode does
 *    not). Then the radio is told its setup, and only when it has taken that over, the second write takes the run
 *    out.
 * 5. What is done when a run is found (clear what the run left in the radio, apply the setup, write) is the same at
 *    a start, after a failure and when a lost radio is back; each of its steps may be repeated any number of times.
 *    So a crash in the middle of it is mended by doing it again.
 */
import type { Network, RadioSetup } from "../radio/station-radio.ts";
import { type Store, StoreError } from "../store/store.ts";
import { endingWords, pairingError } from "./reasons.ts";
import {
  decodeRecord,
  emptyRecord,
  encodeRecord,
  type StationRecord,
  type StoredRun,
  type StoredSetup,
} from "./record.ts";
import type { PairingSession } from "./session.ts";
import type { StationSettings } from "./settings.ts";

const key = "station";

/** The record as it stands in the store, and the one way to change it. */
export class Journal {
  readonly #store: Store;
  #record: StationRecord;

  private constructor(store: Store, record: StationRecord) {
    this.#store = store;
    this.#record = record;
  }

  /** @throws StoreError when what is stored cannot be read; it is left as it is */
  static async open(store: Store): Promise<Journal> {
    const entry = await store.get(key);
    if (entry === null) return new Journal(store, emptyRecord);
    const record = decodeRecord(entry.value);
    if (record.ok) return new Journal(store, record.value);
    throw new StoreError(
      "unreadable",
      `${record.error} It was left as it is.`,
      "Run the openwps that wrote it, or move the state folder away to start afresh.",
    );
  }

  get record(): StationRecord {
    return this.#record;
  }

  /** Resolves when the record would survive a power cut; a failed write changes nothing. */
  async write(record: StationRecord): Promise<void> {
    await this.#store.put(key, encodeRecord(record));
    this.#record = record;
  }

  /** Goes on with a record that the disk refuses now; the next write brings it there. */
  hold(record: StationRecord): void {
    this.#record = record;
  }
}

/** A pairing begins. */
export function begun(record: StationRecord, run: Omit<StoredRun, "ended">): StationRecord {
  return { ...record, run: { ...run, ended: null } };
}

/** It has failed or was cancelled; the radio is still as the run left it. */
export function ended(record: StationRecord, run: StoredRun, session: PairingSession): StationRecord {
  return { ...record, run: { ...run, ended: session } };
}

/** It has succeeded, and the radio has the network. */
export function succeeded(record: StationRecord, network: Network, session: PairingSession): StationRecord {
  return { ...record, setup: { mode: "station", network }, run: null, last: session };
}

/** How a run ended that a crash cut off. */
export function interrupted({ method }: StoredRun): PairingSession {
  const error = pairingError("interrupted");
  return { active: false, method, phase: "ended", message: null, peer: null, secondsLeft: 0, ...endingWords(error) };
}

/**
 * What a record comes to once the radio has been brought to the end of the run in it, and what the radio is to do.
 */
export function settled(
  record: StationRecord,
  run: StoredRun,
  settings: StationSettings,
): { readonly record: StationRecord; readonly apply: RadioSetup } {
  const last = run.ended ?? interrupted(run);
  // Out of access point mode a failure switches Wi-Fi off, unless a person cancelled or wants it otherwise.
  const off = run.mode === "accessPoint" && last.result !== "cancelled" && settings.afterFailedPairing === "off";
  const setup = off ? { mode: "off" as const, network: record.setup?.network ?? null } : record.setup;
  const apply = wanted(setup, settings) ?? (run.mode === "off" ? { mode: "off" } : { mode: "station", network: null });
  return { record: { ...record, setup, run: null, last }, apply };
}

/**
 * What the radio is to do by the stored setup and, where there is none, by the configuration; null: it is left to
 * itself. Without a hotspot in the configuration access point mode is off.
 */
export function wanted(setup: StoredSetup | null, { hotspot, unconfigured }: StationSettings): RadioSetup | null {
  const mode = setup?.mode ?? ({ leave: null, hotspot: "accessPoint", off: "off" } as const)[unconfigured];
  switch (mode) {
    case null:
      return null;
    case "off":
      return { mode };
    case "station":
      return { mode, network: setup?.network ?? null };
    case "accessPoint":
      return hotspot === null ? { mode: "off" } : { mode, hotspot };
  }
}
