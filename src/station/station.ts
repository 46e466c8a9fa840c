/**
 * The station service: one radio, its stored setup, and one pairing at a time. What a pairing does on the radio is in
 * `pairing.ts`, what survives a crash in `journal.ts`; how people reach it (HTTP, button, command line) is not known here.
 */
import type { Clock } from "../clock/clock.ts";
import type { Link, RadioSetup, StationRadio } from "../radio/station-radio.ts";
import type { Store } from "../store/store.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Pin } from "../wsc/pin.ts";
import type { Random } from "../wsc/random.ts";
import type { PairingSession } from "./session.ts";
import type { StationSettings } from "./settings.ts";

export type Mode = RadioSetup["mode"];

export interface StationOptions {
  readonly radio: StationRadio;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** What is left out is as in `defaultSettings`. */
  readonly settings?: Partial<StationSettings> | undefined;
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

  /** The session at once, at each change, and each second while it is active. Ends with the signal, or when the station is closed. */
  sessions(options: { readonly signal: AbortSignal }): AsyncIterable<PairingSession>;

  /** Begins a pairing; resolves once it is under way and safe from a crash. Throws a `RadioError` when the radio is gone. */
  startPairing(method: PairingMethod, options?: { readonly bssid?: MacAddress | undefined }): Promise<StartOutcome>;

  /** Cancels, and resolves when the device is back in the mode it came from. False: nothing was under way. */
  cancelPairing(): Promise<boolean>;

  /** What the radio does now. Throws a `RadioError` when it is gone. */
  link(): Promise<Link>;

  /** Gives the device another setup, stored. False, and nothing done, while a pairing runs. Throws a `RadioError` and changes nothing when the radio cannot do it. */
  setUp(setup: RadioSetup): Promise<boolean>;

  /** Ends a pairing under way as a cancel would, and stops looking after the radio, which stays as it is. Store and radio are the caller's to close. */
  close(): Promise<void>;
}

/**
 * Opens the station: ends what a crash left half done, and makes the radio do what is stored. A radio that is not
 * there yet is waited for in the background. Throws a `StoreError` when what is stored cannot be read.
 */
export async function openStation(_options: StationOptions): Promise<Station> {
  throw new Error("not built yet");
}
