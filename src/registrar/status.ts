/**
 * What a WPS instance is doing, in the words of access points' own pages: a pure reading of what the Registrar tells.
 * Whether WPS is on at all, how the network is set up and whether setup is locked is known elsewhere.
 */
import type { RegistrarEvent, RunEvent } from "./events.ts";

/** How the last transaction ended; `None` before the first one. */
export type TransactionStatus = "None" | "Success" | "WPS Message Error" | "Timed Out";

/** `Ready`: idle, or a window is open and nobody has come. */
export type OperationalStatus = "Disabled" | "Ready" | "Configuring" | "Proxying" | "Adding Enrollee";

/** What a run makes of the access point while it lasts. */
type Activity = Extract<OperationalStatus, "Configuring" | "Proxying" | "Adding Enrollee">;

interface Running {
  readonly peer: string;
  readonly activity: Activity;
  /** Of the access point's own Registrar, which does not tell of every end. */
  readonly isThere: boolean;
}

export interface Transactions {
  readonly last: TransactionStatus;
  /** Runs under way, by the address of the one who takes part, the latest last. */
  readonly running: readonly Running[];
}

/** As it begins, and begins again when WPS is switched on. */
export const NO_TRANSACTIONS: Transactions = { last: "None", running: [] };

/** What an event of this instance makes of it. */
export function followTransactions(state: Transactions, event: RegistrarEvent): Transactions {
  switch (event.type) {
    case "enrolmentStarted":
      return begin(state, addressOf(event), "Adding Enrollee");
    case "startedThere":
      return begin(state, event.station, "Adding Enrollee", true);
    case "configuringStarted":
      return begin(state, addressOf(event), "Configuring");
    case "proxyingStarted":
      return begin(state, addressOf(event), "Proxying");
    case "enrolmentSucceeded":
    case "settingsRead":
    case "configured":
    case "proxied":
      return end(state, addressOf(event), "Success");
    case "enrolmentFailed":
    case "configuringFailed":
    case "proxyingFailed":
      return end(state, addressOf(event), event.error.kind === "cutOff" ? "Timed Out" : "WPS Message Error");
    case "windowClosed":
      // A window that somebody was let in by has ended with that run already; `stop` says nothing of its own.
      return {
        last: event.reason === "timeout" ? "Timed Out" : state.last,
        running: state.running.filter(({ isThere }) => !isThere),
      };
    case "endedThere":
      return end(state, event.station, state.last);
    case "enrolledThere":
      return end(state, event.station, "Success");
    case "overlap":
    case "failedThere":
      return { ...state, last: "WPS Message Error" };
    default:
      return state;
  }
}

/** The operational status, of an instance that is enabled or not. */
export function operationalStatus({ running }: Transactions, enabled: boolean): OperationalStatus {
  return enabled ? (running.at(-1)?.activity ?? "Ready") : "Disabled";
}

function begin(state: Transactions, peer: string, activity: Activity, isThere = false): Transactions {
  return { ...state, running: [...state.running.filter((run) => run.peer !== peer), { peer, activity, isThere }] };
}

function end(state: Transactions, peer: string, last: TransactionStatus): Transactions {
  return { last, running: state.running.filter((run) => run.peer !== peer) };
}

const addressOf = (event: RunEvent) => (event.peer === null ? event.address : event.peer);
