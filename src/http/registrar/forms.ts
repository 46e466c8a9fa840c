/** How the registrar's API writes what it shows: instants, addresses, statuses. Only forms, no decisions. */

import type { Clock, Instant } from "../../clock/clock.ts";
import type { LockState } from "../../registrar/device-pin.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import { type TSchema, Type } from "../../schema/type.ts";
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";

/** What each API file gets besides the app. */
export interface RegistrarApi {
  readonly service: RegistrarService;
  readonly clock: Clock;
}

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** An address as this API writes it. */
export const Mac = Type.String({ pattern: "^[0-9A-F]{12}$", description: "12 upper-case hex digits" });

/** The address in a path, in any spelling; null for none. */
export const macIn = (text: string): MacAddress | null => parseMacAddress(text);

/** Names a device in an address. */
export const OfMac = Type.Object({ mac: Type.String({ description: "Its MAC address, in any spelling" }) });

/** An instant as this API writes it. */
export const Time = Type.String({ format: "date-time", description: "ISO 8601, in UTC" });

export const timeText = (at: Instant): string => new Date(at).toISOString();

export const timeOrNull = (at: Instant | null): string | null => (at === null ? null : timeText(at));

/** Whole seconds from now until then, never negative; null for never. */
export function secondsUntil(at: Instant | null, now: Instant): number | null {
  return at === null ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

export const EnabledOrDisabled = Type.Enum(["Enabled", "Disabled"]);
export const enabledText = (enabled: boolean) => (enabled ? ("Enabled" as const) : ("Disabled" as const));

export const Method = Type.Enum(["pbc", "pin"]);
/** How devices come in, in this API's words. */
export const apiMethod = { pushButton: "pbc", pin: "pin" } as const;

/** The lock against wrong device PINs. */
export const Lockdown = Type.Object({
  status: Type.Enum(["Locked", "Unlocked"]),
  secondsLeft: nullable(Type.Integer({ description: "null while it is open, and for one that only a person opens" })),
  timestamp: nullable(Time),
  failedAttempts: Type.Integer(),
});

export function lockdownBody({ locked, until, lockedAt, failures }: LockState, now: Instant) {
  return {
    status: locked ? ("Locked" as const) : ("Unlocked" as const),
    secondsLeft: secondsUntil(until, now),
    timestamp: timeOrNull(lockedAt),
    failedAttempts: failures,
  };
}
