/** The PIN of an access point: how long it serves, and what the lock makes of it. */
import { expect, test } from "vitest";
import { must } from "../../../test/vectors.ts";
import { parsePin, pinPassword } from "../pin.ts";
import { AP_PIN_LIFETIME_MS, apAccess, stepApPin } from "./ap-pin.ts";
import { NEVER_LOCKED } from "./setup-lock.ts";

const pin = must(parsePin("12345670"));
const set = (lifetimeMs: number | null) => stepApPin(null, { type: "set", pin, lifetimeMs }, 1_000);
const locked = { failures: 3, inARow: 3, lock: { until: 60_000 } };

test("a PIN serves for its time, and no longer", () => {
  const { state, actions } = set(AP_PIN_LIFETIME_MS);
  expect(actions).toEqual([{ type: "enabled", until: 301_000 }]);
  expect(apAccess(state, NEVER_LOCKED, 300_999)).toEqual({ type: "readAndWrite", passwords: [pinPassword(pin)] });
  expect(apAccess(state, NEVER_LOCKED, 301_000)).toEqual({ type: "none" });
  expect(stepApPin(state, { type: "tick" }, 300_999)).toEqual({ state, actions: [] });
  expect(stepApPin(state, { type: "tick" }, 301_000)).toEqual({
    state: null,
    actions: [{ type: "disabled", reason: "expired" }],
  });
});

test("a PIN without a lifetime serves until it is withdrawn", () => {
  const { state } = set(null);
  expect(stepApPin(state, { type: "tick" }, 1e12).state).toBe(state);
  expect(stepApPin(state, { type: "withdrawn" }, 1e12)).toEqual({
    state: null,
    actions: [{ type: "disabled", reason: "withdrawn" }],
  });
  expect(stepApPin(null, { type: "withdrawn" }, 0).actions).toEqual([]);
});

test("without a PIN nobody gets in, and while the lock is shut neither", () => {
  expect(apAccess(null, NEVER_LOCKED, 0)).toEqual({ type: "none" });
  expect(apAccess(set(null).state, locked, 59_999)).toEqual({ type: "none" });
  expect(apAccess(set(null).state, locked, 60_000).type).toBe("readAndWrite");
});

test("an access point can let itself be read only", () => {
  expect(apAccess(set(null).state, NEVER_LOCKED, 0, "read").type).toBe("read");
});
