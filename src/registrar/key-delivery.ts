/**
 * Brings devices' keys to access points that read them from a file of their own: one file after the other, again until
 * it works, and with regard for whoever is enrolling. Which keys there are is not decided here.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Secret } from "../wsc/secret.ts";
import type { KeyedAccessPoint } from "./key-policy.ts";

/** One key in an access point's own file of keys. */
export interface FiledKey {
  readonly macAddress: MacAddress;
  /** 64 hex digits. */
  readonly key: Secret;
}

/** An access point's own file of keys, such as hostapd's `wpa_psk_file`. Several access points may read the same one. */
export interface KeyFile {
  /** Puts these keys in place of all that came from us, whole or not at all; leaves other people's lines alone. */
  write(keys: readonly FiledKey[]): Promise<void>;
}

export interface KeyDeliveryOptions {
  readonly clock: Clock;
  /** The keys of the devices that may come to any of these access points. */
  readonly keysFor: (instances: readonly InstanceId[]) => readonly FiledKey[];
  /** Resolves when nobody is in the middle of an enrolment there, or soon. */
  readonly whenIdle: (instance: InstanceId) => Promise<void>;
  /** Told of access points and files that could not be told. */
  readonly onTrouble: (error: unknown) => void;
}

/** What could not be brought is tried again after so long. */
const retryMs = 10_000;

export class KeyDelivery {
  readonly #options: KeyDeliveryOptions;
  readonly #readers = new Map<KeyFile, KeyedAccessPoint[]>();
  #underWay: Promise<unknown> = Promise.resolve();
  /** Has not begun yet, and does for whoever asks meanwhile. */
  #next: Promise<unknown> | null = null;
  #retry: Timer | null = null;
  #trouble: unknown = null;
  #isClosed = false;

  constructor(options: KeyDeliveryOptions) {
    this.#options = options;
  }

  /** Whether all access points have been told what there is to know. */
  get isDone(): boolean {
    return this.#trouble === null;
  }

  /** Takes an access point in. It is brought nothing yet. */
  serve(accessPoint: KeyedAccessPoint, file: KeyFile): void {
    this.#readers.set(file, [...(this.#readers.get(file) ?? []), accessPoint]);
  }

  /**
   * Brings every file and access point to what is so now. Gives the trouble that kept it from some of them; null: none.
   * They are tried again until it works.
   */
  bring(): Promise<unknown> {
    this.#next ??= this.#underWay.then(() => {
      this.#next = null;
      this.#underWay = this.#bring();
      return this.#underWay;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await (this.#next ?? this.#underWay);
  }

  async #bring(): Promise<unknown> {
    const { clock, onTrouble } = this.#options;
    this.#retry?.cancel();
    const troubles = await Promise.all([...this.#readers].map(([file, readers]) => this.#bringOne(file, readers)));
    this.#trouble = troubles.flat().find((trouble) => trouble !== null) ?? null;
    if (this.#trouble !== null && !this.#isClosed) {
      onTrouble(this.#trouble);
      this.#retry = clock.after(retryMs, () => void this.bring());
    }
    return this.#trouble;
  }

  async #bringOne(file: KeyFile, readers: readonly KeyedAccessPoint[]): Promise<readonly unknown[]> {
    // An access point that reads its keys anew drops whoever is in the middle of an enrolment; and who comes out of one
    // is back with his key within a tenth of a second. So the file is ready by then.
    const { keysFor, whenIdle } = this.#options;
    const all = readers.map((accessPoint) => ({ accessPoint, idle: whenIdle(accessPoint.instance) }));
    try {
      await file.write(keysFor(readers.map(({ instance }) => instance)));
    } catch (trouble) {
      return [trouble];
    }
    return Promise.all(all.map(({ accessPoint, idle }) => this.#reload(accessPoint, idle)));
  }

  async #reload(accessPoint: KeyedAccessPoint, idle: Promise<void>): Promise<unknown> {
    try {
      await idle;
      await accessPoint.reloadKeys();
      return null;
    } catch (trouble) {
      return trouble;
    }
  }
}
