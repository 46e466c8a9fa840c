/**
 * The PINs that a Registrar knows and the life of each: bound to one device or for whoever comes,
 * in one run at a time, gone once proven or exposed. A PIN outlives the 120 s in which an access point announces it.
 * A pure step; `now` is as in push-button.ts. A Registrar that ends a PIN with its window has pin-window.ts.
 */
import type { MacAddress } from "../address.ts";
import type { DevicePassword } from "../session/session.ts";
import { type RunOutcome, WALK_TIME_MS } from "./window.ts";

/** A PIN for whoever comes serves so many runs: one more try after a run that gave nothing away. */
const MOST_RUNS_FOR_ANYBODY = 2;

/** One PIN and what it is for. */
export interface PinEntry {
  /** Names it in `admit`, `ended` and `removed`. */
  readonly id: number;
  readonly password: DevicePassword;
  /** UUID-E in hex; null: for whoever comes. */
  readonly uuid: string | null;
  /** Whose address goes into AuthorizedMACs; null: anybody's. */
  readonly address: MacAddress | null;
  /** null: as long as it takes. */
  readonly expiresAt: number | null;
  /** A run with it is under way. */
  readonly locked: boolean;
  /** How many were. */
  readonly runs: number;
}

/** All PINs that may still serve. */
export interface PinListState {
  /** Oldest first. */
  readonly pins: readonly PinEntry[];
  /** Until when an access point announces that it expects somebody; null when it does not. */
  readonly announcedUntil: number | null;
  readonly nextId: number;
}

/** Where a Registrar begins. */
export const NO_PINS: PinListState = { pins: [], announcedUntil: null, nextId: 1 };

/** What happens to PINs, and who asks for one. */
export type PinListInput =
  | {
      readonly type: "added";
      readonly password: DevicePassword;
      readonly uuid: string | null;
      readonly address: MacAddress | null;
      readonly lifetimeMs: number | null;
    }
  /** M1 that announces a PIN. Answered by `admit` or `refuse`. */
  | { readonly type: "asked"; readonly uuid: string }
  /** The run that was admitted with this PIN is over. */
  | { readonly type: "ended"; readonly id: number; readonly outcome: RunOutcome }
  /** A person takes back the PINs of a device, or with null the one for whoever comes. */
  | { readonly type: "withdrawn"; readonly uuid: string | null }
  /** A person ends the announcement; the PIN for whoever comes ends with it. */
  | { readonly type: "stopped" }
  | { readonly type: "tick" };

/** Why a PIN is gone. */
export type PinEnd =
  /** M7 proved it: it has done its work. */
  | "proven"
  /** M6 went out, and no proof came: its second half can be found out by now. */
  | "exposed"
  /** For whoever comes, and had the runs it gets. */
  | "spent"
  | "expired"
  | "withdrawn"
  /** Another one for whoever comes took its place. */
  | "replaced";

/** What is to be done about it. */
export type PinListAction =
  | { readonly type: "admit"; readonly id: number; readonly password: DevicePassword }
  | { readonly type: "refuse"; readonly reason: "noPin" | "busy" }
  | { readonly type: "removed"; readonly id: number; readonly reason: PinEnd }
  /** `until`: wake the policy up then, by a tick. Push button gives way. */
  | { readonly type: "announced"; readonly until: number }
  | { readonly type: "announcementEnded" };

interface Step {
  readonly state: PinListState;
  readonly actions: readonly PinListAction[];
}

/** One step. `now` in milliseconds, as all instants in and out. */
export function stepPinList(before: PinListState, input: PinListInput, now: number): Step {
  return then(expire(before, now), (state) => take(state, input, now));
}

function take(state: PinListState, input: PinListInput, now: number): Step {
  switch (input.type) {
    case "added":
      return onAdded(state, input, now);
    case "asked":
      return onAsked(state, input.uuid);
    case "ended":
      return onEnded(state, input.id, input.outcome);
    case "withdrawn":
      return remove(state, "withdrawn", ({ uuid }) => uuid === input.uuid);
    case "stopped":
      return then(
        remove(state, "withdrawn", ({ uuid }) => uuid === null),
        endAnnouncement,
      );
    case "tick":
      return stay(state);
  }
}

/** What time alone brings about. A run keeps the PIN that it was admitted with. */
function expire(state: PinListState, now: number): Step {
  const { announcedUntil } = state;
  return then(
    remove(state, "expired", ({ expiresAt, locked }) => expiresAt !== null && now >= expiresAt && !locked),
    (kept) => (announcedUntil !== null && now >= announcedUntil ? endAnnouncement(kept) : stay(kept)),
  );
}

function onAdded(state: PinListState, input: Extract<PinListInput, { type: "added" }>, now: number): Step {
  const { password, uuid, address, lifetimeMs } = input;
  const expiresAt = lifetimeMs === null ? null : now + lifetimeMs;
  const entry = { id: state.nextId, password, uuid, address, expiresAt, locked: false, runs: 0 };
  const until = now + WALK_TIME_MS;
  return then(
    uuid === null ? remove(state, "replaced", (other) => other.uuid === null && !other.locked) : stay(state),
    ({ pins }) => ({
      state: { pins: [...pins, entry], announcedUntil: until, nextId: state.nextId + 1 },
      actions: [{ type: "announced", until }],
    }),
  );
}

/** The device's own PIN comes before the one for whoever comes. */
function onAsked(state: PinListState, uuid: string): Step {
  const own = state.pins.filter((pin) => pin.uuid === uuid);
  const candidates = own.length > 0 ? own : state.pins.filter((pin) => pin.uuid === null);
  const pin = candidates.findLast(({ locked }) => !locked);
  if (pin === undefined)
    return { state, actions: [{ type: "refuse", reason: candidates.length === 0 ? "noPin" : "busy" }] };
  return {
    state: replace(state, { ...pin, locked: true, runs: pin.runs + 1 }),
    actions: [{ type: "admit", id: pin.id, password: pin.password }],
  };
}

function onEnded(state: PinListState, id: number, outcome: RunOutcome): Step {
  const pin = state.pins.find((entry) => entry.id === id);
  const isIt = (entry: PinEntry) => entry.id === id;
  if (pin === undefined) return stay(state);
  switch (outcome) {
    case "enrolled":
      return then(remove(state, "proven", isIt), endAnnouncement);
    case "credentialGiven":
      return remove(state, "proven", isIt);
    case "passwordExposed":
      return remove(state, "exposed", isIt);
    case "failed":
      return pin.uuid === null && pin.runs >= MOST_RUNS_FOR_ANYBODY
        ? remove(state, "spent", isIt)
        : stay(replace(state, { ...pin, locked: false }));
  }
}

function replace(state: PinListState, pin: PinEntry): PinListState {
  return { ...state, pins: state.pins.map((entry) => (entry.id === pin.id ? pin : entry)) };
}

function remove(state: PinListState, reason: PinEnd, which: (pin: PinEntry) => boolean): Step {
  const gone = state.pins.filter(which);
  if (gone.length === 0) return stay(state);
  return {
    state: { ...state, pins: state.pins.filter((pin) => !which(pin)) },
    actions: gone.map(({ id }) => ({ type: "removed", id, reason })),
  };
}

function endAnnouncement(state: PinListState): Step {
  if (state.announcedUntil === null) return stay(state);
  return { state: { ...state, announcedUntil: null }, actions: [{ type: "announcementEnded" }] };
}

function then({ state, actions }: Step, next: (state: PinListState) => Step): Step {
  const step = next(state);
  return { state: step.state, actions: [...actions, ...step.actions] };
}

function stay(state: PinListState): Step {
  return { state, actions: [] };
}
