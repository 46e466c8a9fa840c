/** How an access point keeps its PIN from being guessed. */
import { describe, expect, test } from "vitest";
import {
  isLocked,
  NEVER_LOCKED,
  restoreSetupLock,
  type SetupLockInput,
  type SetupLockState,
  saveSetupLock,
  stepSetupLock,
} from "./setup-lock.ts";

const MINUTE = 60_000;

/** Failures one after the other, each as soon as the lock before it is open; how long each lock lasts, in minutes. */
function locks(count: number, { proveEach = false } = {}) {
  let state: SetupLockState = NEVER_LOCKED;
  let now = 1_000;
  const minutes: (number | "until a person unlocks")[] = [];
  for (let i = 0; i < count; i++) {
    const step = stepSetupLock(state, { type: "failed" }, now);
    state = step.state;
    const until = state.lock?.until;
    minutes.push(until === undefined ? 0 : until === null ? "until a person unlocks" : (until - now) / MINUTE);
    now = until ?? now;
    if (proveEach) ({ state } = stepSetupLock(state, { type: "proven" }, now));
  }
  return { state, now, minutes };
}

test("two failures are forgiven, the third locks for a minute, and every third doubles the time", () => {
  expect(locks(9).minutes).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 4]);
});

test("no lock that opens by itself is longer than 64 minutes", () => {
  const { minutes } = locks(30, { proveEach: true });
  expect(minutes.slice(17)).toEqual([32, 32, 32, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64]);
});

test("ten failures in a row lock until a person unlocks", () => {
  const { state, now, minutes } = locks(10);
  expect(minutes.at(-1)).toBe("until a person unlocks");
  expect(isLocked(state, now + 1e12)).toBe(true);
  const opened = stepSetupLock(state, { type: "unlocked" }, now);
  expect(opened.actions).toEqual([{ type: "unlocked" }]);
  expect(isLocked(opened.state, now)).toBe(false);
});

test("a person who unlocks is not forgiven two more: the next failure locks again, and not for good", () => {
  const { state, now } = locks(10);
  const opened = stepSetupLock(state, { type: "unlocked" }, now).state;
  const { actions } = stepSetupLock(opened, { type: "failed" }, now);
  expect(actions).toEqual([{ type: "locked", until: now + 4 * MINUTE }]);
});

test("a Registrar that knew the PIN breaks the row, not the count", () => {
  const { state, now } = locks(9);
  const proven = stepSetupLock(state, { type: "proven" }, now).state;
  expect(stepSetupLock(proven, { type: "failed" }, now).actions).toEqual([{ type: "locked", until: now + 4 * MINUTE }]);
});

describe("while it is locked", () => {
  const { state } = stepFailures(3, 0);

  test("it opens when its time is over, and says so once", () => {
    expect(stepSetupLock(state, { type: "tick" }, MINUTE - 1)).toEqual({ state, actions: [] });
    expect(isLocked(state, MINUTE - 1)).toBe(true);
    expect(isLocked(state, MINUTE)).toBe(false);
    const opened = stepSetupLock(state, { type: "tick" }, MINUTE);
    expect(opened.actions).toEqual([{ type: "unlocked" }]);
    expect(stepSetupLock(opened.state, { type: "tick" }, MINUTE).actions).toEqual([]);
  });

  test("a run that began before it and fails makes it longer", () => {
    expect(stepSetupLock(state, { type: "failed" }, 30_000).actions).toEqual([{ type: "locked", until: 90_000 }]);
  });

  test("and only a person could open it, a failure leaves it so", () => {
    const { state: forGood } = locks(10);
    const later = stepSetupLock(stepSetupLock(forGood, { type: "proven" }, 0).state, { type: "failed" }, 0);
    expect(later.state.lock).toEqual({ until: null });
  });

  test("another PIN opens it and begins anew", () => {
    expect(stepSetupLock(state, { type: "pinSet" }, 1)).toEqual({
      state: NEVER_LOCKED,
      actions: [{ type: "unlocked" }],
    });
  });
});

describe("a restart", () => {
  test("does not open a lock, and does not shorten it", () => {
    const { state } = stepFailures(3, 0);
    const saved = JSON.parse(JSON.stringify(saveSetupLock(state, 20_000)));
    expect(restoreSetupLock(saved, 7).actions).toEqual([{ type: "locked", until: 40_007 }]);
  });

  test("leaves one that a person must open, and what was counted", () => {
    const { state, now } = locks(10);
    const restored = restoreSetupLock(saveSetupLock(state, now), 0);
    expect(restored).toEqual({ state, actions: [{ type: "locked", until: null }] });
  });

  test("leaves an open one open", () => {
    const { state } = stepFailures(2, 0);
    expect(restoreSetupLock(saveSetupLock(state, 0), 5)).toEqual({ state, actions: [] });
  });
});

function stepFailures(count: number, now: number) {
  const failed: SetupLockInput = { type: "failed" };
  return Array.from({ length: count }).reduce<ReturnType<typeof stepSetupLock>>(
    ({ state }) => stepSetupLock(state, failed, now),
    { state: NEVER_LOCKED, actions: [] },
  );
}
