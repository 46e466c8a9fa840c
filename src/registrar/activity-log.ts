/**
 * The entries of the activity, in memory as on disk, and no more of them than are to be kept. What they say is made up
 * in `activity.ts`.
 */
import type { Instant } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { MessageType } from "../wsc/messages.ts";
import type { WindowMethod } from "./events.ts";
import type { Outcome } from "./outcomes.ts";

/** Who took part in a run, in its own words; what it did not say is null. */
export interface Participant {
  /** Of a station; null for a Registrar on the network. */
  readonly macAddress: MacAddress | null;
  /** Numeric, of a Registrar on the network; null for a station. */
  readonly address: string | null;
  /** 32 hex digits. */
  readonly uuid: string | null;
  readonly deviceName: string | null;
  readonly manufacturer: string | null;
  readonly modelName: string | null;
  readonly deviceType: string | null;
}

export interface TranscriptMessage {
  readonly at: Instant;
  /** `in`: from the station. */
  readonly direction: "in" | "out";
  readonly message: MessageType;
  /** Hex, with zeros for what was sealed. */
  readonly bytes: string;
}

export interface RunEntry {
  readonly type: "enrolment" | "configuration";
  readonly id: number;
  readonly at: Instant;
  readonly endedAt: Instant;
  readonly instance: InstanceId;
  readonly station: Participant;
  readonly method: WindowMethod | null;
  readonly outcome: Outcome;
  readonly transcript: readonly TranscriptMessage[];
}

/** Something that a person, the access point or time did. */
export interface AuditEntry {
  readonly type: "audit";
  readonly id: number;
  readonly at: Instant;
  /** A stable key, such as `window-opened`. */
  readonly action: string;
  readonly instance: InstanceId | null;
  readonly station: MacAddress | null;
  /** What there is to say besides; never a key or a PIN. */
  readonly detail: string | null;
  /** The same as stable keys, where it is no name. */
  readonly keys?: readonly string[];
}

export type ActivityEntry = RunEntry | AuditEntry;

/** Entries that are kept. */
const most = 500;
/** Of these, what anybody can make happen: whoever is in range, or on the network, can have as many as he likes. */
const mostOfAnybody = 250;
const prefix = "registrar/activity/";

export class ActivityLog {
  readonly #store: Store;
  readonly #onTrouble: (error: unknown) => void;
  readonly #entries: ActivityEntry[];
  /** Not on disk yet: entries, and null for those that are to go from there. */
  #unwritten = new Map<number, ActivityEntry | null>();
  #underWay: Promise<void> = Promise.resolve();
  /** Has not begun yet, and writes whatever is added meanwhile. */
  #next: Promise<void> | null = null;
  #nextId: number;

  private constructor(store: Store, onTrouble: (error: unknown) => void, entries: ActivityEntry[]) {
    this.#store = store;
    this.#onTrouble = onTrouble;
    this.#entries = entries;
    this.#nextId = (entries.at(-1)?.id ?? 0) + 1;
  }

  /** Entries that cannot be read are passed over. */
  static async open({ store, onTrouble }: { readonly store: Store; readonly onTrouble: (error: unknown) => void }) {
    const entries: ActivityEntry[] = [];
    for await (const { value } of store.range(prefix)) {
      const entry = decode(value);
      if (entry !== null) entries.push(entry);
    }
    return new ActivityLog(store, onTrouble, entries);
  }

  /** Oldest first. */
  get entries(): readonly ActivityEntry[] {
    return this.#entries;
  }

  /** The number of the entry that is added next. */
  get nextId(): number {
    return this.#nextId;
  }

  /** On disk when it resolves, where the disk takes it. One that had to go by then never gets there. */
  add(entry: ActivityEntry): Promise<void> {
    this.#nextId = entry.id + 1;
    this.#entries.push(entry);
    this.#unwritten.set(entry.id, entry);
    while (this.#entries.length > most) this.#dropOne();
    this.#next ??= this.#underWay.then(() => {
      this.#next = null;
      this.#underWay = this.#write();
      return this.#underWay;
    });
    return this.#next;
  }

  /** Resolves when all is on disk. */
  async settled(): Promise<void> {
    await (this.#next ?? this.#underWay);
  }

  #dropOne(): void {
    const isFull = this.#entries.filter(isOfAnybody).length > mostOfAnybody;
    const [gone] = this.#entries.splice(isFull ? this.#entries.findIndex(isOfAnybody) : 0, 1);
    if (gone === undefined) return;
    if (this.#unwritten.get(gone.id) === gone) this.#unwritten.delete(gone.id);
    else this.#unwritten.set(gone.id, null);
  }

  async #write(): Promise<void> {
    const unwritten = this.#unwritten;
    this.#unwritten = new Map();
    for (const [id, entry] of unwritten) {
      const written =
        entry === null
          ? this.#store.delete(keyOf(id))
          : this.#store.put(keyOf(id), new TextEncoder().encode(JSON.stringify(entry)));
      await written.catch(this.#onTrouble);
    }
  }
}

/** A run that came to nothing, or what a Registrar on the network says of itself. */
function isOfAnybody(entry: ActivityEntry): boolean {
  if (entry.type !== "audit") return entry.outcome.result !== "success";
  return entry.action === "registrar-selected" || entry.action === "registrar-unselected";
}

/** Keys in the order of their numbers. */
const keyOf = (id: number) => prefix + String(id).padStart(12, "0");

function decode(value: Uint8Array): ActivityEntry | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(value));
    const known = typeof json === "object" && json !== null && "type" in json && "id" in json && "at" in json;
    return known && ["enrolment", "configuration", "audit"].includes(String(json.type))
      ? (json as ActivityEntry)
      : null;
  } catch {
    return null;
  }
}
