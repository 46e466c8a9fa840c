/**
 * What has happened: every run with its messages, keys blacked out, and everything that people or time changed. Told to
 * onlookers as it comes; how it is kept is in `activity-log.ts`. Decides nothing.
 */
import type { Instant } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import { Outlet } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import { deviceTypeText } from "../wsc/device.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import { redacted } from "../wsc/redaction.ts";
import type { RegistrarIdentity } from "../wsc/session/enrollee.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";
import {
  type ActivityEntry,
  ActivityLog,
  type AuditEntry,
  type Participant,
  type RunEntry,
  type TranscriptMessage,
} from "./activity-log.ts";
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

/** Notes something that happened just now. @param action see {@link AuditEntry} */
export type Audit = (
  action: string,
  about?: Partial<Pick<AuditEntry, "instance" | "station" | "detail" | "keys">>,
) => Promise<void>;

/** Messages of one run that are kept; no run has more, repeats aside. */
const mostMessages = 64;
/** Runs that may be under way; of more than these the oldest are not recorded. */
const mostRuns = 256;
/** Entries kept for an onlooker that does not keep up. */
const kept = 1000;

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
  readonly #log: ActivityLog;
  readonly #running = new Map<string, RunUnderWay>();
  readonly #outlet = new Outlet<ActivityEntry>(kept);

  private constructor(log: ActivityLog) {
    this.#log = log;
  }

  /** Entries that cannot be read are passed over: this is a log, and no reason not to start. */
  static async open(options: { readonly store: Store; readonly onTrouble: (error: unknown) => void }) {
    return new Activity(await ActivityLog.open(options));
  }

  /** Oldest first. */
  get entries(): readonly ActivityEntry[] {
    return this.#log.entries;
  }

  /** Each entry that is added from this call on. */
  follow(signal: AbortSignal): AsyncIterable<ActivityEntry> {
    return this.#outlet.listen(signal);
  }

  /** Something happened that is no run. On disk when it resolves, where the disk takes it. */
  note(entry: Omit<AuditEntry, "type" | "id">): Promise<void> {
    return this.#add({ type: "audit", id: this.#log.nextId, ...entry });
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
    await this.#log.settled();
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
    return this.#add({ type: kind, id: this.#log.nextId, at, endedAt, instance, station, method, outcome, transcript });
  }

  #add(entry: ActivityEntry): Promise<void> {
    const written = this.#log.add(entry);
    this.#outlet.tell(entry);
    return written;
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
