/**
 * The push-button window of an access point and its monitor, which sees to it that exactly one device is in
 * push-button mode. A pure step; `now` is any count of milliseconds that does not run backwards.
 */
import { pushButtonPassword } from "../pin.ts";
import { type CloseReason, type PolicyStep, type RunOutcome, WALK_TIME_MS, type WindowAction } from "./window.ts";

/** How long a device that was seen in push-button mode counts (protocol: monitor time). */
const MONITOR_TIME_MS = 120_000;

/** A window waits for its access point for so long at most: whoever pressed has gone by then. */
const MOST_WAIT_MS = 120_000;

/** A device that has just enrolled may still send Probe Requests of before; they do not count for so long. */
const ECHO_MS = 5_000;

/** Two devices are one too many; more are remembered only so that the newest do not hide each other. */
const MOST_SEEN = 16;

interface Window {
  readonly pressedAt: number;
  readonly closesAt: number;
  /** A run that was admitted is under way. */
  readonly busy: boolean;
  /** A second device showed up: nobody gets in any more, until the next press. */
  readonly overlap: boolean;
}

/** Whose buttons are pressed: the devices' and the access point's own. */
export interface PushButtonState {
  /** When devices in push-button mode were last seen, by UUID-E in hex, oldest first: the two radios of a device are one. */
  readonly seen: ReadonlyMap<string, number>;
  /** The device that enrolled last. */
  readonly enrolled: { readonly uuid: string; readonly at: number } | null;
  readonly window: Window | null;
}

/** Where an access point begins. */
export const NO_BUTTON_PRESSED: PushButtonState = { seen: new Map(), enrolled: null, window: null };

/** What happens to the buttons, and who asks to be let in. */
export type PushButtonInput =
  /** The access point's button. Answered by `opened` or `overlap`. */
  | { readonly type: "pressed" }
  /** A Probe Request in push-button mode. */
  | { readonly type: "seen"; readonly uuid: string }
  /** M1 in push-button mode. Answered by `admit` or `refuse`. */
  | { readonly type: "asked"; readonly uuid: string }
  /** The run that was admitted is over. */
  | { readonly type: "ended"; readonly uuid: string; readonly outcome: RunOutcome }
  /** `reason` without which a person did it. */
  | { readonly type: "stopped"; readonly reason?: CloseReason | undefined }
  /**
   * An access point that could not show the window at once does so `at` last: the walk time is counted from there. One
   * that keeps putting it off does not keep the window open for ever.
   */
  | { readonly type: "shown"; readonly at: number }
  | { readonly type: "tick" };

type Step = PolicyStep<PushButtonState>;

/** One step. `now` in milliseconds, as all instants in and out. */
export function stepPushButton(before: PushButtonState, input: PushButtonInput, now: number): Step {
  const { state, actions } = expire(before, now);
  const step = take(state, input, now);
  return { state: step.state, actions: [...actions, ...step.actions] };
}

function take(state: PushButtonState, input: PushButtonInput, now: number): Step {
  switch (input.type) {
    case "pressed":
      return onPressed(state, now);
    case "seen":
      return onSeen(state, input.uuid, now);
    case "asked":
      return onAsked(state, input.uuid, now);
    case "ended":
      return onEnded(state, input.uuid, input.outcome, now);
    case "stopped":
      return state.window === null ? stay(state) : close(state, input.reason ?? "stopped");
    case "shown":
      return stay(shownAt(state, input.at));
    case "tick":
      return stay(state);
  }
}

/** What time alone brings about. */
function expire(state: PushButtonState, now: number): Step {
  const seen = new Map([...state.seen].filter(([, at]) => now - at < MONITOR_TIME_MS));
  const kept = { ...state, seen };
  return state.window !== null && now >= state.window.closesAt ? close(kept, "timeout") : stay(kept);
}

function onPressed(state: PushButtonState, now: number): Step {
  if (state.seen.size > 1) return { state, actions: [{ type: "overlap" }] };
  const closesAt = now + WALK_TIME_MS;
  // A press restarts the walk time, also of a window with a run in it.
  const window = { pressedAt: now, closesAt, busy: state.window?.busy ?? false, overlap: false };
  return { state: { ...state, window }, actions: [{ type: "opened", closesAt }] };
}

function shownAt(state: PushButtonState, at: number): PushButtonState {
  const { window } = state;
  if (window === null) return state;
  const from = Math.min(at, window.pressedAt + MOST_WAIT_MS);
  return { ...state, window: { ...window, closesAt: from + WALK_TIME_MS } };
}

function onSeen(state: PushButtonState, uuid: string, now: number): Step {
  const { enrolled } = state;
  if (enrolled !== null && enrolled.uuid === uuid && now - enrolled.at < ECHO_MS) return stay(state);
  return noteOverlap(remember(state, uuid, now));
}

function onAsked(state: PushButtonState, uuid: string, now: number): Step {
  const noted = noteOverlap(remember(state, uuid, now));
  const { window } = noted.state;
  if (window === null) return and(noted, { type: "refuse", reason: "noWindow" });
  if (window.overlap) return and(noted, { type: "refuse", reason: "overlap" });
  if (window.busy) return and(noted, { type: "refuse", reason: "busy" });
  return {
    state: { ...noted.state, window: { ...window, busy: true } },
    actions: [...noted.actions, { type: "admit", password: pushButtonPassword }],
  };
}

function onEnded(state: PushButtonState, uuid: string, outcome: RunOutcome, now: number): Step {
  const { window } = state;
  switch (outcome) {
    case "enrolled": {
      const seen = new Map(state.seen);
      seen.delete(uuid);
      const next = { ...state, seen, enrolled: { uuid, at: now } };
      return window === null ? stay(next) : close(next, "enrolled");
    }
    case "credentialGiven":
      return window === null ? stay(state) : close(state, "credentialGiven");
    case "passwordExposed": // Everybody knows the password of the push button.
    case "failed":
      return stay(window === null ? state : { ...state, window: { ...window, busy: false } });
  }
}

function remember(state: PushButtonState, uuid: string, now: number): PushButtonState {
  const others = [...state.seen].filter(([other]) => other !== uuid);
  return { ...state, seen: new Map([...others.slice(1 - MOST_SEEN), [uuid, now]]) };
}

function noteOverlap(state: PushButtonState): Step {
  const { window, seen } = state;
  if (window === null || window.overlap || seen.size < 2) return stay(state);
  return { state: { ...state, window: { ...window, overlap: true } }, actions: [{ type: "overlap" }] };
}

function close(state: PushButtonState, reason: CloseReason): Step {
  return { state: { ...state, window: null }, actions: [{ type: "closed", reason }] };
}

function and({ state, actions }: Step, action: WindowAction): Step {
  return { state, actions: [...actions, action] };
}

function stay(state: PushButtonState): Step {
  return { state, actions: [] };
}
