/**
 * Brings devices' keys to access points that read them from a file of their own: files are written at once, and read
 * anew with regard for whoever is enrolling; again until it works. Which keys there are is not decided here.
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
  /** Resolves when nobody is in the middle of an enrolment there, nor on its way in after one, or after so long. */
  readonly whenIdle: (instance: InstanceId, withinMs: number) => Promise<void>;
  /** Told of access points and files that could not be told. */
  readonly onTrouble: (error: unknown) => void;
}

/** How long an access point may be left with the keys that it knows, for the sake of whoever is enrolling. */
export type Patience = "little" | "much";

const patienceMs: Readonly<Record<Patience, number>> = { little: 5_000, much: 30_000 };

/** What could not be brought is tried again after so long. */
const retryMs = 10_000;

/** Who reads a file, and what stands in it beside the devices' keys. */
interface Served {
  readonly readers: Reader[];
  readonly spares: SpareKeys;
  /** The file could not be written; null: it was. */
  trouble: unknown;
}

interface Reader {
  readonly accessPoint: KeyedAccessPoint;
  /** It is about to read the file anew, whatever is in it by then. */
  readonly soon: Map<Patience, Promise<void>>;
  /** It could not; null: it did. */
  trouble: unknown;
}

export class KeyDelivery {
  readonly #options: KeyDeliveryOptions;
  readonly #files = new Map<KeyFile, Served>();
  #writing: Promise<void> = Promise.resolve();
  /** Has not begun yet, and writes for whoever asks meanwhile. */
  #nextWriting: Promise<void> | null = null;
  #retry: Timer | null = null;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(options: KeyDeliveryOptions) {
    this.#options = options;
  }

  /** Whether all access points have been told what there is to know. */
  get isDone(): boolean {
    return this.#trouble === null;
  }

  get #trouble(): unknown {
    const troubles = [...this.#files.values()].flatMap(({ trouble, readers }) => [trouble, ...readers.map(troubleOf)]);
    return troubles.find((trouble) => trouble !== null) ?? null;
  }

  /** Takes an access point in. It is brought nothing yet. Gives the keys for its devices to come. */
  serve(accessPoint: KeyedAccessPoint, file: KeyFile): SpareKeys {
    const served = this.#files.get(file) ?? newlyServed(this.#options.random);
    served.readers.push({ accessPoint, soon: new Map(), trouble: null });
    this.#files.set(file, served);
    return served.spares;
  }

  /**
   * Brings every file and access point to what is so now. Gives the trouble that kept it from some of them; null: none.
   * They are tried again until it works.
   */
  async bring(patience: Patience = "little"): Promise<unknown> {
    const brought = this.#bring(patience);
    this.#underWay.add(brought);
    try {
      return await brought;
    } finally {
      this.#underWay.delete(brought);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await Promise.all(this.#underWay);
  }

  async #bring(patience: Patience): Promise<unknown> {
    const { clock, onTrouble } = this.#options;
    await this.#write();
    await Promise.all(
      [...this.#files.values()].flatMap(({ readers, trouble }) =>
        trouble === null ? readers.map((reader) => this.#reload(reader, patience)) : [],
      ),
    );
    // Of everything: one who asked later may be done, and have failed, before.
    const trouble = this.#trouble;
    this.#retry?.cancel();
    if (trouble !== null && !this.#isClosed) {
      onTrouble(trouble);
      this.#retry = clock.after(retryMs, () => void this.bring());
    }
    return trouble;
  }

  #write(): Promise<void> {
    if (this.#nextWriting === null) {
      this.#nextWriting = this.#writing.then(() => {
        this.#nextWriting = null;
        return this.#writeAll();
      });
      this.#writing = this.#nextWriting;
    }
    return this.#nextWriting;
  }

  async #writeAll(): Promise<void> {
    await Promise.all([...this.#files].map(([file, served]) => this.#writeOne(file, served)));
  }

  async #writeOne(file: KeyFile, served: Served): Promise<void> {
    const { readers, spares } = served;
    try {
      const devices = this.#options.keysFor(readers.map(({ accessPoint }) => accessPoint.instance));
      await file.write([...spares.all.map((key) => ({ macAddress: null, key })), ...devices]);
      served.trouble = null;
    } catch (trouble) {
      served.trouble = trouble;
    }
  }

  #reload(reader: Reader, patience: Patience): Promise<void> {
    const soon = reader.soon.get(patience) ?? this.#reloadWhenIdle(reader, patience);
    reader.soon.set(patience, soon);
    return soon;
  }

  /**
   * An access point that reads its keys anew drops whoever has shown it none yet: in the middle of an enrolment, or just
   * out of it.
   */
  async #reloadWhenIdle(reader: Reader, patience: Patience): Promise<void> {
    const { accessPoint, soon } = reader;
    await this.#options.whenIdle(accessPoint.instance, patienceMs[patience]);
    // What is written from now on may come too late for it.
    soon.delete(patience);
    try {
      await accessPoint.reloadKeys();
      reader.trouble = null;
    } catch (trouble) {
      reader.trouble = trouble;
    }
  }
}

const troubleOf = ({ trouble }: Reader): unknown => trouble;

function newlyServed(random: Random): Served {
  return { readers: [], spares: new SpareKeys(random), trouble: null };
}
