/**
 * The PIN by which external Registrars get at an access point: set for some minutes when a person asks for
 * it, rather than for good; and what it comes to together with the setup lock. A pure step; `now` is as in push-button.ts.
 */
import { type Pin, pinPassword } from "../pin.ts";
import type { ApAccess } from "../session/access-point-enrollee.ts";
import type { DevicePassword } from "../session/session.ts";
import { isLocked, type SetupLockState } from "./setup-lock.ts";

/** How long a PIN serves that a person asked for, if nothing else is said. */
export const AP_PIN_LIFETIME_MS = 300_000;

/** null: no PIN, hence no way in. */
export type ApPinState = {
  readonly password: DevicePassword;
  /** null: until it is taken away. */
  readonly expiresAt: number | null;
} | null;

/** What happens to the PIN. */
export type ApPinInput =
  /** The setup lock is to be told (`pinSet`). */
  | { readonly type: "set"; readonly pin: Pin; readonly lifetimeMs: number | null }
  | { readonly type: "withdrawn" }
  | { readonly type: "tick" };

/** What is to be done about it. */
export type ApPinAction =
  /** `until`: wake the policy up then, by a tick; null: never. */
  | { readonly type: "enabled"; readonly until: number | null }
  | { readonly type: "disabled"; readonly reason: "expired" | "withdrawn" };

interface Step {
  readonly state: ApPinState;
  readonly actions: readonly ApPinAction[];
}

/** One step of the PIN's life. `now` in milliseconds, as all instants in and out. */
export function stepApPin(state: ApPinState, input: ApPinInput, now: number): Step {
  switch (input.type) {
    case "set": {
      const expiresAt = input.lifetimeMs === null ? null : now + input.lifetimeMs;
      return {
        state: { password: pinPassword(input.pin), expiresAt },
        actions: [{ type: "enabled", until: expiresAt }],
      };
    }
    case "withdrawn":
      return state === null
        ? { state, actions: [] }
        : { state: null, actions: [{ type: "disabled", reason: "withdrawn" }] };
    case "tick":
      return hasExpired(state, now)
        ? { state: null, actions: [{ type: "disabled", reason: "expired" }] }
        : { state, actions: [] };
  }
}

function hasExpired(state: ApPinState, now: number): boolean {
  return state !== null && state.expiresAt !== null && now >= state.expiresAt;
}

/**
 * What an external Registrar that comes now may do. A PIN whose time is over counts as none before its tick, too.
 * @param most what it may do at best: some access points let themselves be read, but not written
 */
export function apAccess(
  pin: ApPinState,
  lock: SetupLockState,
  now: number,
  most: "read" | "readAndWrite" = "readAndWrite",
): ApAccess {
  if (pin === null || hasExpired(pin, now) || isLocked(lock, now)) return { type: "none" };
  return { type: most, passwords: [pin.password] };
}
