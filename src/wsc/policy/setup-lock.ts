/**
 * The lock of an access point against guessing its PIN: each half of a PIN can be tried alone, so that ten thousand tries
 * would be plenty. What counts is a Registrar that could not prove the PIN (M4, M6); broken messages and NACKs do not.
 * A pure step; `now` is as in push-button.ts. Enrolling stations goes on meanwhile.
 */

/** So many failures are forgiven; from the next one on every failure locks. */
const FORGIVEN = 2;
const FIRST_LOCK_MS = 60_000;
/** The time doubles with every third failure, up to 64 minutes. */
const LONGEST_LOCK_MS = 64 * 60_000;
/** So many in a row are no typing mistakes any more: only a person unlocks. */
const MOST_IN_A_ROW = 10;

/** What is counted, and the lock if it is shut. */
export interface SetupLockState {
  /** Since the PIN was set. */
  readonly failures: number;
  /** Since the PIN was last proven. */
  readonly inARow: number;
  /** When the lock opens by itself; null for one that only a person opens. */
  readonly lock: { readonly until: number | null } | null;
}

/** Where an access point begins, and begins again with another PIN. */
export const NEVER_LOCKED: SetupLockState = { failures: 0, inARow: 0, lock: null };

/** What a Registrar or a person did. */
export type SetupLockInput =
  /** A Registrar did not know the PIN. */
  | { readonly type: "failed" }
  /** A Registrar knew it. */
  | { readonly type: "proven" }
  /** A person set another PIN: counting begins anew. */
  | { readonly type: "pinSet" }
  /** A person opens the lock. What was counted stays, so that the next failure locks again. */
  | { readonly type: "unlocked" }
  | { readonly type: "tick" };

/** What is to be done about it. */
export type SetupLockAction =
  /** Also while locked, for longer. `until`: wake the policy up then, by a tick; null: never. */
  { readonly type: "locked"; readonly until: number | null } | { readonly type: "unlocked" };

interface Step {
  readonly state: SetupLockState;
  readonly actions: readonly SetupLockAction[];
}

/** One step. `now` in milliseconds, as all instants in and out. */
export function stepSetupLock(before: SetupLockState, input: SetupLockInput, now: number): Step {
  const { state, actions } = expire(before, now);
  const step = take(state, input, now);
  return { state: step.state, actions: [...actions, ...step.actions] };
}

/** Whether external Registrars are to be refused. A lock whose time is over counts as open before its tick, too. */
export function isLocked(state: SetupLockState, now: number): boolean {
  return expire(state, now).state.lock !== null;
}

function expire(state: SetupLockState, now: number): Step {
  const { lock } = state;
  return lock !== null && lock.until !== null && now >= lock.until ? open(state) : { state, actions: [] };
}

function take(state: SetupLockState, input: SetupLockInput, now: number): Step {
  switch (input.type) {
    case "failed":
      return onFailed({ ...state, failures: state.failures + 1, inARow: state.inARow + 1 }, now);
    case "proven":
      return { state: { ...state, inARow: 0 }, actions: [] };
    case "pinSet":
      return { ...open(state), state: NEVER_LOCKED };
    case "unlocked":
      return open({ ...state, inARow: 0 });
    case "tick":
      return { state, actions: [] };
  }
}

function onFailed(state: SetupLockState, now: number): Step {
  if (state.failures <= FORGIVEN) return { state, actions: [] };
  // Runs that began before a lock may fail while it lasts: one that a person must open stays so.
  const forGood = state.inARow >= MOST_IN_A_ROW || state.lock?.until === null;
  const until = forGood ? null : now + lockTimeMs(state.failures);
  return { state: { ...state, lock: { until } }, actions: [{ type: "locked", until }] };
}

function lockTimeMs(failures: number): number {
  const doublings = Math.floor(failures / (FORGIVEN + 1)) - 1;
  return Math.min(FIRST_LOCK_MS * 2 ** doublings, LONGEST_LOCK_MS);
}

function open(state: SetupLockState): Step {
  return { state: { ...state, lock: null }, actions: state.lock === null ? [] : [{ type: "unlocked" }] };
}

/** A lock as it is kept over a restart, which must not open it: time that nobody can measure does not count. */
export interface SavedSetupLock {
  readonly failures: number;
  readonly inARow: number;
  /** What is left of the lock; null for one that only a person opens. */
  readonly lock: { readonly remainingMs: number | null } | null;
}

/** What to keep of a lock, now. */
export function saveSetupLock({ failures, inARow, lock }: SetupLockState, now: number): SavedSetupLock {
  if (lock === null) return { failures, inARow, lock };
  return { failures, inARow, lock: { remainingMs: lock.until === null ? null : Math.max(0, lock.until - now) } };
}

/** `locked` among the actions says when to wake the policy up. */
export function restoreSetupLock({ failures, inARow, lock }: SavedSetupLock, now: number): Step {
  if (lock === null) return { state: { failures, inARow, lock }, actions: [] };
  const until = lock.remainingMs === null ? null : now + lock.remainingMs;
  return { state: { failures, inARow, lock: { until } }, actions: [{ type: "locked", until }] };
}
