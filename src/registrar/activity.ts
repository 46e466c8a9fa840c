/**
 * What has happened: every run with its messages, keys blacked out, and everything that people or time changed. Kept on
 * disk up to a number of entries; told to onlookers as it comes. Decides nothing.
 */
import type { Instant } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import { Outlet } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import { deviceTypeText } from "../wsc/device.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { MessageType } from "../wsc/messages.ts";
import { redacted } from "../wsc/redaction.ts";
import type { RegistrarIdentity } from "../wsc/session/enrollee.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";
import {
  type OwnEvent,
  type RegistrarEvent,
  type SelectionEvent,
  type WindowEvent,
  type WindowMethod,
  windowMethodOf,
} from "./events.ts";
import {
  configErrorWords,
  configured,
  enrolled,
  failure,
  type Outcome,
  proxied,
  refusal,
  settingsRead,
} from "./outcomes.ts";

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

/** Notes something that happened just now. @param action see {@link AuditEntry} */
export type Audit = (
  action: string,
  about?: Partial<Pick<AuditEntry, "instance" | "station" | "detail" | "keys">>,
) => Promise<void>;

/** Entries that are kept. */
const most = 500;
/** Messages of one run that are kept; no run has more, repeats aside. */
const mostMessages = 64;
/** Runs that may be under way; of more than these the oldest are not recorded. */
const mostRuns = 256;
const kept = 1000;
const prefix = "registrar/activity/";

interface RunUnderWay {
  readonly at: Instant;
  readonly instance: InstanceId;
  station: Participant;
  kind: RunEntry["type"];
  method: WindowMethod | null;
  outcome: Outcome | null;
  readonly transcript: TranscriptMessage[];
}

export class Activity {
  readonly #store: Store;
  readonly #onTrouble: (error: unknown) => void;
  readonly #entries: ActivityEntry[];
  readonly #running = new Map<string, RunUnderWay>();
  readonly #outlet = new Outlet<ActivityEntry>(kept);
  #nextId: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: Store, onTrouble: (error: unknown) => void, entries: ActivityEntry[]) {
    this.#store = store;
    this.#onTrouble = onTrouble;
    this.#entries = entries;
    this.#nextId = (entries.at(-1)?.id ?? 0) + 1;
  }

  /** Entries that cannot be read are passed over: this is a log, and no reason not to start. */
  static async open({ store, onTrouble }: { readonly store: Store; readonly onTrouble: (error: unknown) => void }) {
    const entries: ActivityEntry[] = [];
    for await (const { value } of store.range(prefix)) {
      const entry = decode(value);
      if (entry !== null) entries.push(entry);
    }
    return new Activity(store, onTrouble, entries);
  }

  /** Oldest first. */
  get entries(): readonly ActivityEntry[] {
    return this.#entries;
  }

  /** Each entry that is added from this call on. */
  follow(signal: AbortSignal): AsyncIterable<ActivityEntry> {
    return this.#outlet.listen(signal);
  }

  /** Something happened that is no run. On disk when it resolves, where the disk takes it. */
  note(entry: Omit<AuditEntry, "type" | "id">): Promise<void> {
    return this.#add({ type: "audit", id: this.#nextId++, ...entry });
  }

  /** What the Registrar tells. */
  record(event: RegistrarEvent): void {
    const { at, instance } = event;
    if ("peer" in event) this.#recordRun(event);
    else if (event.type === "enrolledThere") {
      const { method, uuid } = event;
      const station = { ...nobody, macAddress: event.station, uuid };
      void this.#end({ at, instance, station, kind: "enrolment", method, outcome: enrolled, transcript: [] }, at);
    } else {
      const words = eventWords(event);
      if (words !== null) void this.note({ at, instance, station: null, ...words, keys: eventKeys(event) });
    }
  }

  /** Waits until all is on disk. */
  async close(): Promise<void> {
    this.#outlet.end();
    await this.#writing;
  }

  #recordRun(event: Extract<RegistrarEvent, { readonly peer: MacAddress | null }>): void {
    const { instance, peer, at } = event;
    const who = { ...nobody, macAddress: peer, address: event.peer === null ? event.address : null };
    const key = `${instance} ${who.macAddress ?? who.address}`;
    const run = this.#running.get(key) ?? this.#begin(key, instance, who, at);
    switch (event.type) {
      case "message": {
        const { direction, message, bytes } = event;
        if (run.transcript.length < mostMessages)
          run.transcript.push({ at, direction, message, bytes: toHex(redacted(bytes)) });
        break;
      }
      case "enrolmentStarted":
      case "refused":
        run.station = enrolleeIn(event.peer, event.enrollee);
        run.method = windowMethodOf(event.enrollee);
        if (event.type === "refused") run.outcome = refusal(event.reason);
        break;
      case "enrolmentSucceeded":
        run.outcome = enrolled;
        break;
      case "enrolmentFailed":
        run.outcome = failure(event.error, event.outcome === "credentialGiven");
        break;
      case "proxyingStarted":
        // Turned away here, it came in elsewhere.
        run.outcome = null;
        break;
      case "proxied":
        run.outcome = proxied;
        break;
      case "proxyingFailed":
        run.outcome = failure(event.error);
        break;
      case "configuringStarted":
      case "settingsRead":
      case "configured":
      case "configuringFailed":
        run.kind = "configuration";
        if (event.registrar !== null) run.station = registrarIn(who, event.registrar);
        if (event.type === "settingsRead") run.outcome = settingsRead;
        if (event.type === "configured") run.outcome = configured;
        if (event.type === "configuringFailed") run.outcome = failure(event.error);
        break;
      case "runEnded":
        this.#running.delete(key);
        void this.#end(run, at);
    }
  }

  #begin(key: string, instance: InstanceId, station: Participant, at: Instant): RunUnderWay {
    const oldest = this.#running.size >= mostRuns ? this.#running.keys().next().value : undefined;
    if (oldest !== undefined) this.#running.delete(oldest);
    const run: RunUnderWay = { at, instance, station, kind: "enrolment", method: null, outcome: null, transcript: [] };
    this.#running.set(key, run);
    return run;
  }

  #end(run: RunUnderWay, endedAt: Instant): Promise<void> {
    // Whoever said nothing that could be understood was there all the same.
    const outcome = run.outcome ?? failure({ kind: "cutOff", awaited: "M1" });
    const { kind, at, instance, station, method, transcript } = run;
    return this.#add({ type: kind, id: this.#nextId++, at, endedAt, instance, station, method, outcome, transcript });
  }

  #add(entry: ActivityEntry): Promise<void> {
    this.#entries.push(entry);
    const gone = this.#entries.splice(0, Math.max(0, this.#entries.length - most));
    this.#outlet.tell(entry);
    this.#writing = this.#writing
      .then(async () => {
        await this.#store.put(keyOf(entry.id), new TextEncoder().encode(JSON.stringify(entry)));
        for (const { id } of gone) await this.#store.delete(keyOf(id));
      })
      .catch(this.#onTrouble);
    return this.#writing;
  }
}

/** null: nothing that anybody would look for later. */
function eventWords(event: WindowEvent | OwnEvent | SelectionEvent): Pick<AuditEntry, "action" | "detail"> | null {
  switch (event.type) {
    case "windowOpened":
      return { action: "window-opened", detail: event.method === "pin" ? "by PIN" : "by push button" };
    case "windowClosed":
      return { action: "window-closed", detail: event.reason };
    case "overlap":
      return { action: "overlap", detail: null };
    case "failedThere":
      return { action: "enrolment-failed-there", detail: configErrorWords(event.configError) };
    case "registrarSelected":
      return { action: "registrar-selected", detail: registrarWords(event) };
    case "registrarUnselected":
      return { action: "registrar-unselected", detail: registrarWords(event) };
    case "windowPending":
    case "startedThere":
    case "endedThere":
    case "enrolledThere":
      return null;
  }
}

/** What the words say, as stable keys. */
function eventKeys(event: RegistrarEvent): readonly string[] {
  switch (event.type) {
    case "windowOpened":
      return [event.method];
    case "windowClosed":
      return [event.reason];
    case "failedThere":
      return event.configError === CONFIG_ERROR.passwordAuthenticationFailure ? ["wrongPin"] : [];
    default:
      return [];
  }
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

/** Who it is, as far as it says so. */
const registrarWords = ({ from, uuid }: SelectionEvent) => (uuid === null ? from : `${from}, UUID ${uuid}`);

const nobody = {
  macAddress: null,
  address: null,
  uuid: null,
  deviceName: null,
  manufacturer: null,
  modelName: null,
  deviceType: null,
};

function enrolleeIn(macAddress: MacAddress, enrollee: EnrolleeIdentity): Participant {
  const { deviceName, manufacturer, modelName } = enrollee;
  const uuid = toHex(enrollee.uuid);
  return {
    macAddress,
    address: null,
    uuid,
    deviceName,
    manufacturer,
    modelName,
    deviceType: deviceTypeText(enrollee.primaryDeviceType),
  };
}

function registrarIn(who: Participant, registrar: RegistrarIdentity): Participant {
  const { deviceName, manufacturer, modelName } = registrar;
  const uuid = registrar.uuid && toHex(registrar.uuid);
  return { ...who, uuid, deviceName, manufacturer, modelName, deviceType: null };
}
