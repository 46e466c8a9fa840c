/**
 * One WPS instance: an access point, what people have set on it, and what it is doing, in the words of access points'
 * own pages. It follows what happens and shows it; who may enrol is the Registrar's business.
 */
import type { Instant } from "../clock/clock.ts";
import type { AccessPoint, AccessPointEvent } from "../radio/access-point.ts";
import type { LockState } from "./device-pin.ts";
import type { RegistrarEvent, WindowMethod } from "./events.ts";
import type { InstanceSettings } from "./registrar-record.ts";
import {
  followTransactions,
  NO_TRANSACTIONS,
  type OperationalStatus,
  operationalStatus,
  type TransactionStatus,
  type Transactions,
} from "./status.ts";

export interface OpenWindow {
  readonly method: WindowMethod;
  readonly closesAt: Instant;
  /** When the access point is asked again to show it; null: it shows it. */
  readonly readyAt: Instant | null;
}

/** The fields, names and values of an access point's WPS page. */
export interface InstanceStatus {
  readonly wpsStatus: "Enabled" | "Disabled";
  readonly configurationState: "Configured" | "Unconfigured";
  readonly transactionStatus: TransactionStatus;
  readonly operationalStatus: OperationalStatus;
  /** null where the access point's own Registrar answers, which does not tell. */
  readonly lockdown: LockState | null;
  /** The window that is open. */
  readonly window: OpenWindow | null;
}

export class ServedInstance {
  readonly accessPoint: AccessPoint;
  settings: InstanceSettings;
  #transactions: Transactions = NO_TRANSACTIONS;
  #window: OpenWindow | null = null;
  /** Why the access point does not answer; null while it does. */
  #trouble: string | null = null;

  constructor(accessPoint: AccessPoint, settings: InstanceSettings) {
    this.accessPoint = accessPoint;
    this.settings = settings;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  /** Its own Registrar lets devices in, through the windows that are opened here. */
  get answersItself(): boolean {
    return this.accessPoint.facts.registrar === "own";
  }

  /** An access point that has WPS off is off, whatever is set here. */
  isEnabled(allEnabled: boolean): boolean {
    return allEnabled && this.settings.enabled && this.accessPoint.facts.wps !== "disabled";
  }

  /** Devices are let in here, when somebody opens a window: by our own Registrar, as nobody else is there to do so. */
  letsIn(allEnabled: boolean): boolean {
    return this.isEnabled(allEnabled) && this.settings.builtInRegistrar;
  }

  status(allEnabled: boolean, lock: LockState): InstanceStatus {
    const { wps } = this.accessPoint.facts;
    const enabled = this.isEnabled(allEnabled);
    return {
      wpsStatus: enabled ? "Enabled" : "Disabled",
      configurationState: wps === "unconfigured" ? "Unconfigured" : "Configured",
      transactionStatus: this.#transactions.last,
      operationalStatus: operationalStatus(this.#transactions, enabled),
      lockdown: this.answersItself ? null : lock,
      window: this.#window,
    };
  }

  /** WPS was switched on: nothing has happened yet. */
  begin(): void {
    this.#transactions = NO_TRANSACTIONS;
  }

  /** What the Registrar tells of this instance. */
  follow(event: RegistrarEvent): void {
    this.#transactions = followTransactions(this.#transactions, event);
    if (event.type === "windowOpened") this.#window = { method: event.method, closesAt: event.closesAt, readyAt: null };
    if (event.type === "windowPending" && this.#window !== null)
      this.#window = { ...this.#window, readyAt: event.readyAt, closesAt: event.closesAt };
    if (event.type === "windowClosed") this.#window = null;
  }

  /** What the access point tells of itself. True: something to be shown has changed. */
  hear(event: AccessPointEvent): boolean {
    switch (event.type) {
      case "gone":
        this.#trouble = `${event.trouble.message} ${event.trouble.hint}`;
        return true;
      case "back":
        this.#trouble = null;
        return true;
      case "changed":
        return true;
      default:
        return false;
    }
  }
}
