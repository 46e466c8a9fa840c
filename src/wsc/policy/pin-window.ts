/**
 * The PIN window of an access point and the life of the PIN in it: it is for whoever knows it, serves
 * one run at a time, and ends with its window. A pure step; `now` is as in push-button.ts.
 */
import { type Pin, pinPassword } from "../pin.ts";
import type { DevicePassword } from "../session/session.ts";
import { type CloseReason, type PolicyStep, type RunOutcome, WALK_TIME_MS } from "./window.ts";

/** A PIN that is bound to no device serves so many runs: one more try after a run that gave nothing away. */
const MOST_RUNS = 2;

/** null: no window. */
export type PinWindowState = {
  readonly password: DevicePassword;
  readonly closesAt: number;
  /** A run that was admitted is under way: the PIN is locked. */
  readonly busy: boolean;
  /** How many were admitted. */
  readonly runs: number;
} | null;

/** What happens to the window, and who asks for it. */
export type PinWindowInput =
  /** A person typed the device's PIN. It replaces one that was there. */
  | { readonly type: "entered"; readonly pin: Pin }
  /** M1 with a PIN's Device Password ID. Answered by `admit` or `refuse`. */
  | { readonly type: "asked" }
  /** The run that was admitted is over. */
  | { readonly type: "ended"; readonly outcome: RunOutcome }
  /** `reason` without which a person did it. */
  | { readonly type: "stopped"; readonly reason?: CloseReason | undefined }
  | { readonly type: "tick" };

type Step = PolicyStep<PinWindowState>;

/** One step. `now` in milliseconds, as all instants in and out. */
export function stepPinWindow(before: PinWindowState, input: PinWindowInput, now: number): Step {
  const { state, actions } = before !== null && now >= before.closesAt ? close("timeout") : stay(before);
  const step = take(state, input, now);
  return { state: step.state, actions: [...actions, ...step.actions] };
}

function take(state: PinWindowState, input: PinWindowInput, now: number): Step {
  switch (input.type) {
    case "entered": {
      const closesAt = now + WALK_TIME_MS;
      const window = { password: pinPassword(input.pin), closesAt, busy: false, runs: 0 };
      return { state: window, actions: [{ type: "opened", closesAt }] };
    }
    case "asked":
      return onAsked(state);
    case "ended":
      return state === null ? stay(state) : onEnded(state, input.outcome);
    case "stopped":
      return state === null ? stay(state) : close(input.reason ?? "stopped");
    case "tick":
      return stay(state);
  }
}

function onAsked(state: PinWindowState): Step {
  if (state === null || state.busy)
    return { state, actions: [{ type: "refuse", reason: state === null ? "noWindow" : "busy" }] };
  return {
    state: { ...state, busy: true, runs: state.runs + 1 },
    actions: [{ type: "admit", password: state.password }],
  };
}

function onEnded(state: NonNullable<PinWindowState>, outcome: RunOutcome): Step {
  switch (outcome) {
    case "enrolled":
    case "credentialGiven":
      return close(outcome);
    case "passwordExposed":
      return close("pinExposed");
    case "failed":
      return state.runs < MOST_RUNS ? stay({ ...state, busy: false }) : close("pinSpent");
  }
}

function close(reason: CloseReason): Step {
  return { state: null, actions: [{ type: "closed", reason }] };
}

function stay(state: PinWindowState): Step {
  return { state, actions: [] };
}
