/**
 * Devices that are kept out by their address after their key was taken back, until no access point remembers that key.
 * Noted on disk before anything is done, so that a crash keeps nobody out for good, and lets nobody back in too soon.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { KeyedAccessPoint } from "./key-policy.ts";

/** hostapd remembers for 30 s which keys it was told for a station. */
const deniedMs = 31_000;

const prefix = "registrar/denied/";

export interface DenialsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** A key that was taken back has left every access point's own memory. Asked before a device is let back. */
  readonly isKeyGone: () => boolean;
  readonly onTrouble: (error: unknown) => void;
}

export class Denials {
  readonly #options: DenialsOptions;
  readonly #accessPoints: KeyedAccessPoint[] = [];
  readonly #denied = new Map<MacAddress, Timer>();

  constructor(options: DenialsOptions) {
    this.#options = options;
  }

  /** Takes an access point in, and keeps out of it whom a crash may have let slip. */
  async serve(accessPoint: KeyedAccessPoint): Promise<void> {
    this.#accessPoints.push(accessPoint);
    for await (const { key } of this.#options.store.range(prefix)) {
      const station = parseMacAddress(key.slice(prefix.length));
      if (station !== null) await this.deny(station);
    }
  }

  /** A device is about to be denied: whatever happens from now on, it will be, and not for good. */
  async note(station: MacAddress): Promise<void> {
    await this.#options.store.put(prefix + station, new Uint8Array());
  }

  /** Sends a device away and keeps it out. Gives the trouble with an access point that was not told; null: none. */
  async deny(station: MacAddress): Promise<unknown> {
    this.#wait(station);
    return this.#each((accessPoint) => accessPoint.deny(station));
  }

  /** An access point has forgotten whom it was told to keep out. */
  async cameBack(accessPoint: KeyedAccessPoint): Promise<void> {
    for (const station of this.#denied.keys()) await accessPoint.deny(station);
  }

  close(): void {
    for (const timer of this.#denied.values()) timer.cancel();
  }

  #wait(station: MacAddress): void {
    const { clock, onTrouble } = this.#options;
    this.#denied.get(station)?.cancel();
    const timer = clock.after(deniedMs, () => void this.#allow(station, timer).catch(onTrouble));
    this.#denied.set(station, timer);
  }

  /**
   * One that cannot be let back everywhere is tried again: it may have enrolled anew in the meantime.
   * @param timer that rang; another one by now means that it is denied once more
   */
  async #allow(station: MacAddress, timer: Timer): Promise<void> {
    const isDue = () => this.#denied.get(station) === timer;
    const trouble = this.#options.isKeyGone()
      ? await this.#each(async (accessPoint) => (isDue() ? accessPoint.allow(station) : undefined))
      : "its key is not gone";
    if (!isDue()) return;
    if (trouble !== null) return this.#wait(station);
    this.#denied.delete(station);
    await this.#options.store.delete(prefix + station);
  }

  async #each(tell: (accessPoint: KeyedAccessPoint) => Promise<void>): Promise<unknown> {
    let first: unknown = null;
    for (const accessPoint of this.#accessPoints)
      await tell(accessPoint).catch((trouble: unknown) => {
        this.#options.onTrouble(trouble);
        first ??= trouble;
      });
    return first;
  }
}
