/**
 * From what a key does to a press: told at its release, once however its contact bounces, and not at all when it was
 * held long. A pure step; time comes in, wake-ups go out.
 */
import type { Instant } from "../../clock/clock.ts";
import { KEY_WPS_BUTTON } from "./input-devices.ts";
import { EV, type InputEvent, SYN } from "./input-event.ts";

/** A key held that long is meant for something else, such as a reset. */
export const longPressMs = 3_000;
/** A contact that opens and closes again within that time has bounced. Nobody presses twice as fast. */
export const bounceMs = 50;

export type PressState =
  /** Not held, as far as we know: it may be, since before we looked. */
  | { readonly name: "released" }
  | { readonly name: "held"; readonly since: Instant }
  /** Released, if it does not bounce. */
  | { readonly name: "settling"; readonly since: Instant; readonly releasedAt: Instant }
  /** The kernel dropped events, and what it gives until the next report is what is left of others. */
  | { readonly name: "dropped" };

export type PressInput =
  | { readonly type: "event"; readonly event: InputEvent }
  /** The wake-up that was asked for. */
  | { readonly type: "tick" }
  /** The device is gone. */
  | { readonly type: "gone" };

export interface PressStep {
  readonly state: PressState;
  /** A short press has ended. */
  readonly pressed: boolean;
  /** When to come back with a tick; null: not needed. */
  readonly wakeInMs: number | null;
}

export const released: PressState = { name: "released" };

export function stepPress(state: PressState, input: PressInput, now: Instant): PressStep {
  switch (input.type) {
    case "gone":
      return quiet(released);
    case "tick":
      return state.name === "settling" ? settle(state, now) : quiet(state);
    case "event":
      return onEvent(state, input.event, now);
  }
}

function onEvent(state: PressState, { type, code, value }: InputEvent, now: Instant): PressStep {
  // A press in whose course something was lost is forgotten: its release may be what was lost.
  if (type === EV.syn && code === SYN.dropped) return quiet({ name: "dropped" });
  if (state.name === "dropped") return quiet(type === EV.syn && code === SYN.report ? released : state);
  if (type !== EV.key || code !== KEY_WPS_BUTTON) return quiet(state);
  // Any other value is the auto-repeat of a key that is held.
  if (value === 1) return onDown(state, now);
  return value === 0 ? onUp(state, now) : quiet(state);
}

function onDown(state: Exclude<PressState, { name: "dropped" }>, now: Instant): PressStep {
  switch (state.name) {
    case "released":
      return quiet({ name: "held", since: now });
    case "held":
      return quiet(state);
    case "settling": {
      if (now - state.releasedAt < bounceMs) return quiet({ name: "held", since: state.since });
      // The tick is late.
      return { ...settle(state, now), state: { name: "held", since: now } };
    }
  }
}

function onUp(state: Exclude<PressState, { name: "dropped" }>, now: Instant): PressStep {
  if (state.name !== "held") return quiet(state);
  return { state: { name: "settling", since: state.since, releasedAt: now }, pressed: false, wakeInMs: bounceMs };
}

function settle(state: Extract<PressState, { name: "settling" }>, now: Instant): PressStep {
  // A tick that was asked for at an earlier release.
  if (now - state.releasedAt < bounceMs) return quiet(state);
  return { state: released, pressed: state.releasedAt - state.since < longPressMs, wakeInMs: null };
}

function quiet(state: PressState): PressStep {
  return { state, pressed: false, wakeInMs: null };
}
