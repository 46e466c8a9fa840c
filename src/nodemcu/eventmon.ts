/** `wifi.eventmon`: tells a script when the station connects, gets an address, or loses its network. */

import { channelOf } from "../radio/channel.ts";
import type { Link } from "../radio/station-radio.ts";
import { checkOneOf } from "./misuse.ts";

/** The events, numbered as in the firmware. */
export const EVENT = { STA_CONNECTED: 0, STA_DISCONNECTED: 1, STA_GOT_IP: 3 } as const;

export type EventId = (typeof EVENT)[keyof typeof EVENT];

/** Why a station is not connected, as far as radios here can tell. Numbered as in the firmware. */
export const REASON = {
  UNSPECIFIED: 1,
  NO_AP_FOUND: 201,
  AUTH_FAIL: 202,
  ASSOC_FAIL: 203,
} as const;

export interface StaConnected {
  readonly SSID: string;
  /** With colons, in lower case. */
  readonly BSSID: string;
  /** 0 when the radio is on no channel that has a number. */
  readonly channel: number;
}

export interface StaDisconnected {
  readonly SSID: string;
  readonly BSSID: string;
  /** One of `wifi.eventmon.reason`. */
  readonly reason: number;
}

export interface StaGotIp {
  readonly IP: string;
  readonly netmask: string;
  /** `0.0.0.0` when there is none. */
  readonly gateway: string;
}

/** What each event tells. */
export interface EventTables {
  readonly [EVENT.STA_CONNECTED]: StaConnected;
  readonly [EVENT.STA_DISCONNECTED]: StaDisconnected;
  readonly [EVENT.STA_GOT_IP]: StaGotIp;
}

type Callback = (table: EventTables[EventId]) => void;

export class Eventmon {
  readonly STA_CONNECTED = EVENT.STA_CONNECTED;
  readonly STA_DISCONNECTED = EVENT.STA_DISCONNECTED;
  readonly STA_GOT_IP = EVENT.STA_GOT_IP;
  readonly reason = REASON;
  readonly #callbacks = new Map<EventId, Callback>();
  readonly #onTrouble: (error: unknown) => void;

  /** @param onTrouble gets what a callback throws */
  constructor(onTrouble: (error: unknown) => void) {
    this.#onTrouble = onTrouble;
  }

  /** One callback an event: a later one takes the place of an earlier one. Anything but a function unregisters. */
  register<E extends EventId>(event: E, callback?: (table: EventTables[E]) => void): void {
    checkOneOf("wifi.eventmon.register", event, EVENT);
    if (typeof callback === "function") this.#callbacks.set(event, callback as Callback);
    else this.#callbacks.delete(event);
  }

  unregister(event: EventId): void {
    checkOneOf("wifi.eventmon.unregister", event, EVENT);
    this.#callbacks.delete(event);
  }

  /** Nobody is told any more. */
  clear(): void {
    this.#callbacks.clear();
  }

  /** Tells what has changed from one link to the next. */
  follow(before: Link, now: Link): void {
    const left = wasAt(before) && (!wasAt(now) || before.bss?.bssid !== now.bss?.bssid);
    const came = wasAt(now) && (!wasAt(before) || left);
    if (left || (now.trouble !== null && now.trouble !== before.trouble))
      this.#tell(EVENT.STA_DISCONNECTED, { ...nameOf(before), reason: reasonOf(now.trouble) });
    if (came) this.#tell(EVENT.STA_CONNECTED, { ...nameOf(now), channel: channelOf(now.bss?.frequency ?? 0) ?? 0 });
    if (wasAt(now) && now.address !== null && (came || before.address?.ip !== now.address.ip)) {
      const { ip, mask, gateway } = now.address;
      this.#tell(EVENT.STA_GOT_IP, { IP: ip, netmask: mask, gateway: gateway ?? "0.0.0.0" });
    }
  }

  #tell<E extends EventId>(event: E, table: EventTables[E]): void {
    try {
      this.#callbacks.get(event)?.(table);
    } catch (error) {
      this.#onTrouble(error);
    }
  }
}

function wasAt(link: Link): boolean {
  return link.state === "connected";
}

function nameOf({ bss }: Link): { readonly SSID: string; readonly BSSID: string } {
  if (bss === null) return { SSID: "", BSSID: "00:00:00:00:00:00" };
  return { SSID: new TextDecoder().decode(bss.ssid), BSSID: bss.bssid };
}

function reasonOf(trouble: Link["trouble"]): number {
  switch (trouble) {
    case "notFound":
      return REASON.NO_AP_FOUND;
    case "wrongKey":
      return REASON.AUTH_FAIL;
    case "rejected":
      return REASON.ASSOC_FAIL;
    case null:
      return REASON.UNSPECIFIED;
  }
}
