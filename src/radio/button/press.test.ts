import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KEY_WPS_BUTTON } from "./input-devices.ts";
import { EV, type InputEvent, SYN } from "./input-event.ts";
import { bounceMs, longPressMs, type PressInput, type PressState, released, stepPress } from "./press.ts";

const key = (value: number, code = KEY_WPS_BUTTON): InputEvent => ({ type: EV.key, code, value });
const down = key(1);
const up = key(0);
const repeat = key(2);
const report: InputEvent = { type: EV.syn, code: SYN.report, value: 0 };
const dropped: InputEvent = { type: EV.syn, code: SYN.dropped, value: 0 };

/** When presses are told, if these things happen at these milliseconds. */
function pressesAt(...happenings: readonly (readonly [number, InputEvent | "gone"])[]): number[] {
  const told: number[] = [];
  let state: PressState = released;
  let wakeAt: number | null = null;
  const step = (input: PressInput, now: number) => {
    const next = stepPress(state, input, now);
    state = next.state;
    if (next.pressed) told.push(now);
    if (next.wakeInMs !== null) wakeAt = now + next.wakeInMs;
  };
  const wakeUntil = (now: number) => {
    if (wakeAt === null || wakeAt > now) return;
    const at = wakeAt;
    wakeAt = null;
    step({ type: "tick" }, at);
  };
  for (const [now, happening] of happenings) {
    wakeUntil(now - 1);
    step(happening === "gone" ? { type: "gone" } : { type: "event", event: happening }, now);
  }
  wakeUntil(Number.POSITIVE_INFINITY);
  return told;
}

describe("a press", () => {
  test("is told at its release, when the contact has settled", () => {
    expect(pressesAt([0, down], [0, report], [400, up], [400, report])).toEqual([400 + bounceMs]);
  });

  test("of no length is one too: some drivers tell press and release at once", () => {
    expect(pressesAt([0, down], [0, up])).toEqual([bounceMs]);
  });

  test("of three seconds or longer is none, with or without auto-repeat", () => {
    expect(pressesAt([0, down], [longPressMs, up])).toEqual([]);
    expect(pressesAt([0, down], [250, repeat], [283, repeat], [9_000, repeat], [9_001, up])).toEqual([]);
    expect(pressesAt([0, down], [250, repeat], [longPressMs - 1, up])).toEqual([longPressMs - 1 + bounceMs]);
  });

  test("is one press however its contact bounces, at its beginning, its end, or both", () => {
    expect(pressesAt([0, down], [2, up], [5, down], [6, up], [9, down], [300, up])).toEqual([300 + bounceMs]);
    expect(pressesAt([0, down], [300, up], [303, down], [310, up])).toEqual([310 + bounceMs]);
    expect(pressesAt([0, down], [2, up], [4, down], [3_500, up], [3_503, down], [3_507, up])).toEqual([]);
  });

  test("after another is a second one", () => {
    expect(pressesAt([0, down], [100, up], [200, down], [300, up])).toEqual([150, 350]);
  });

  test("that began before anybody looked is not told", () => {
    expect(pressesAt([0, up])).toEqual([]);
    expect(pressesAt([0, repeat], [33, repeat], [66, up], [500, down], [600, up])).toEqual([650]);
  });

  test("of another key of the device is nothing", () => {
    expect(pressesAt([0, key(1, 0x74)], [100, key(0, 0x74)])).toEqual([]);
    expect(pressesAt([0, down], [50, key(0, 0x74)], [100, up])).toEqual([150]);
  });

  test("in whose course the kernel dropped events is forgotten, and the next one is not", () => {
    expect(pressesAt([0, down], [10, dropped], [10, up], [10, report], [500, down], [600, up])).toEqual([650]);
    // What comes before the report is what was left of a group.
    expect(pressesAt([0, dropped], [0, down], [0, report], [100, up])).toEqual([]);
  });

  test("of a device that is unplugged is forgotten", () => {
    expect(pressesAt([0, down], [10, "gone"], [20, up])).toEqual([]);
    expect(pressesAt([0, down], [10, up], [20, "gone"])).toEqual([]);
  });

  test("is told once, and the next one begun, when the wake-up comes late", () => {
    let step = stepPress({ name: "settling", since: 0, releasedAt: 100 }, { type: "event", event: down }, 1_000);
    expect(step).toEqual({ state: { name: "held", since: 1_000 }, pressed: true, wakeInMs: null });
    step = stepPress(step.state, { type: "tick" }, 1_001);
    expect(step.pressed).toBe(false);
  });

  test("is never told more often than the key went up, whatever comes", () => {
    const event = fc.oneof(
      fc.constantFrom(down, up, repeat, report, dropped),
      fc.record({ type: fc.nat(0xffff), code: fc.nat(0xffff), value: fc.integer() }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4_000), fc.oneof(event, fc.constant("gone" as const)))), (steps) => {
        let now = 0;
        const happenings = steps.map(([wait, what]) => {
          now += wait;
          return [now, what] as const;
        });
        expect(pressesAt(...happenings).length).toBeLessThanOrEqual(
          happenings.filter(([, what]) => what !== "gone" && what.type === EV.key && what.value === 0).length,
        );
      }),
    );
  });
});
