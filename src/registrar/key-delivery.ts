/**
 * Brings devices' keys to access points that read them from a file of their own: one file after the other, again until
 * it works, and with regard for whoever is enrolling. Which keys there are is not decided here.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import type { KeyedAccessPoint } from "./key-policy.ts";
import { SpareKeys } from "./spare-keys.ts";

/** One key in an access point's own file of keys. */
export interface FiledKey {
  /** null: of whichever station shows it, which is nobody yet. */
  readonly macAddress: MacAddress | null;
  /** 64 hex digits; null: it cannot be told any more, and what stands in the file for this device stays. */
  readonly key: Secret | null;
}

/** An access point's own file of keys, such as hostapd's `wpa_psk_file`. Several access points may read the same one. */
export interface KeyFile {
  /** Puts these keys in place of all that came from us, whole or not at all; leaves other people's lines alone. */
  write(keys: readonly FiledKey[]): Promise<void>;
}

export interface KeyDeliveryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The keys of the devices that may come to any of these access points. */
  readonly keysFor: (instances: readonly InstanceId[]) => readonly FiledKey[];
  /** Resolves when nobody is in the middle of an enrolment there, nor on its way in after one, or soon. */
  readonly whenIdle: (instance: InstanceId) => Promise<void>;
  /** Told of access points and files that could not be told. */
  readonly onTrouble: (error: unknown) => void;
}

/** Who reads a file, and what stands in it beside the devices' keys. */
interface Served {
  readonly readers: KeyedAccessPoint[];
  readonly spares: SpareKeys;
}

/** What could not be brought is tried again after so long. */
const retryMs = 10_000;

export class KeyDelivery {
  readonly #options: KeyDeliveryOptions;
  readonly #files = new Map<KeyFile, Served>();
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

  /** Takes an access point in. It is brought nothing yet. Gives the keys for its devices to come. */
  serve(accessPoint: KeyedAccessPoint, file: KeyFile): SpareKeys {
    const served = this.#files.get(file) ?? { readers: [], spares: new SpareKeys(this.#options.random) };
    served.readers.push(accessPoint);
    this.#files.set(file, served);
    return served.spares;
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
    const troubles = await Promise.all([...this.#files].map(([file, served]) => this.#bringOne(file, served)));
    this.#trouble = troubles.flat().find((trouble) => trouble !== null) ?? null;
    if (this.#trouble !== null && !this.#isClosed) {
      onTrouble(this.#trouble);
      this.#retry = clock.after(retryMs, () => void this.bring());
    }
    return this.#trouble;
  }

  async #bringOne(file: KeyFile, { readers, spares }: Served): Promise<readonly unknown[]> {
    const { keysFor, whenIdle } = this.#options;
    // An access point that reads its keys anew drops whoever has shown it none yet: in the middle of an enrolment, or
    // just out of it.
    const all = readers.map((accessPoint) => ({ accessPoint, idle: whenIdle(accessPoint.instance) }));
    try {
      const devices = keysFor(readers.map(({ instance }) => instance));
      await file.write([...spares.all.map((key) => ({ macAddress: null, key })), ...devices]);
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
