import { describe, expect, test } from "vitest";
import { NO_BUTTON_PRESSED, type PushButtonInput, type PushButtonState, stepPushButton } from "./push-button.ts";

type Told = readonly [seconds: number, input: PushButtonInput];

/** Plays inputs at their seconds and gives what came of each, in short. */
function play(...inputs: readonly Told[]): readonly string[] {
  let state: PushButtonState = NO_BUTTON_PRESSED;
  return inputs.map(([seconds, input]) => {
    const step = stepPushButton(state, input, seconds * 1000);
    state = step.state;
    return step.actions
      .map((action) => ("reason" in action ? `${action.type} ${action.reason}` : action.type))
      .join(", ");
  });
}

const pressed: PushButtonInput = { type: "pressed" };
const seen = (uuid: string): PushButtonInput => ({ type: "seen", uuid });
const asked = (uuid: string): PushButtonInput => ({ type: "asked", uuid });
const ended = (uuid: string, outcome: "enrolled" | "credentialGiven" | "failed"): PushButtonInput => ({
  type: "ended",
  uuid,
  outcome,
});

describe("walk time", () => {
  test("is two minutes from the press, even if nobody rings at their end", () => {
    expect(play([0, pressed], [119.999, asked("a")])).toEqual(["opened", "admit"]);
    expect(play([0, pressed], [120, asked("a")])).toEqual(["opened", "closed timeout, refuse noWindow"]);
    expect(play([0, pressed], [120, { type: "tick" }])).toEqual(["opened", "closed timeout"]);
  });

  test("begins anew with another press", () => {
    expect(play([0, pressed], [100, pressed], [219, asked("a")], [220, asked("a")])).toEqual([
      "opened",
      "opened",
      "admit",
      "closed timeout, refuse noWindow",
    ]);
  });

  test("ends early when a person says so", () => {
    expect(play([0, pressed], [1, { type: "stopped" }], [2, asked("a")], [3, { type: "stopped" }])).toEqual([
      "opened",
      "closed stopped",
      "refuse noWindow",
      "",
    ]);
  });
});

describe("overlap", () => {
  test("two devices within the monitor time keep the window from opening", () => {
    expect(play([0, seen("a")], [119, seen("b")], [119.9, pressed])).toEqual(["", "", "overlap"]);
    expect(play([0, seen("a")], [119, seen("b")], [120, pressed])).toEqual(["", "", "opened"]);
  });

  test("the device that asks counts, pressed for or not", () => {
    expect(play([0, seen("a")], [1, pressed], [2, asked("b")])).toEqual(["", "opened", "overlap, refuse overlap"]);
    expect(play([0, asked("a")], [1, asked("b")], [2, pressed])).toEqual([
      "refuse noWindow",
      "refuse noWindow",
      "overlap",
    ]);
  });

  test("stays for the rest of the window, whoever goes away", () => {
    const hour = play([0, seen("a")], [100, pressed], [110, seen("b")], [219, asked("b")], [231, pressed]);
    expect(hour).toEqual(["", "opened", "overlap", "refuse overlap", "closed timeout, opened"]);
  });

  test("is told once", () => {
    expect(play([0, pressed], [1, seen("a")], [2, seen("b")], [3, seen("c")])).toEqual(["opened", "", "overlap", ""]);
  });

  test("a device counts once, however often and by whichever of its radios it is seen", () => {
    expect(play([0, seen("a")], [50, seen("a")], [51, pressed], [52, asked("a")])).toEqual(["", "", "opened", "admit"]);
  });

  test("a refused press leaves an open window as it was", () => {
    const inputs: readonly Told[] = [
      [0, pressed],
      [1, asked("a")],
      [2, seen("b")],
      [3, pressed],
      [120, { type: "tick" }],
    ];
    expect(play(...inputs)).toEqual(["opened", "admit", "overlap", "overlap", "closed timeout"]);
  });

  test("is found among thousands, of which it remembers a few", () => {
    let state = NO_BUTTON_PRESSED;
    for (let i = 0; i < 5000; i++) state = stepPushButton(state, seen(String(i)), i).state;
    expect(state.seen.size).toBe(16);
    expect(stepPushButton(state, pressed, 5000).actions).toEqual([{ type: "overlap" }]);
  });
});

describe("one device", () => {
  test("is let in at a time, and one in all", () => {
    expect(play([0, pressed], [1, asked("a")], [2, asked("a")], [3, ended("a", "enrolled")], [4, asked("a")])).toEqual([
      "opened",
      "admit",
      "refuse busy",
      "closed enrolled",
      "refuse noWindow",
    ]);
  });

  test("may try again after a run that failed before M8", () => {
    expect(play([0, pressed], [1, asked("a")], [2, ended("a", "failed")], [3, asked("a")])).toEqual([
      "opened",
      "admit",
      "",
      "admit",
    ]);
  });

  test("closes the window once M8 is out, also without Done", () => {
    expect(play([0, pressed], [1, asked("a")], [2, ended("a", "credentialGiven")])).toEqual([
      "opened",
      "admit",
      "closed credentialGiven",
    ]);
  });

  test("is forgotten when it has enrolled, and so are its late Probe Requests", () => {
    const enrol: readonly Told[] = [
      [0, pressed],
      [1, asked("a")],
      [2, ended("a", "enrolled")],
    ];
    expect(play(...enrol, [6, seen("a")], [7, seen("b")], [8, pressed]).at(-1)).toBe("opened");
    expect(play(...enrol, [7, seen("a")], [7, seen("b")], [8, pressed]).at(-1)).toBe("overlap");
  });

  test("keeps its place when the walk time begins anew", () => {
    expect(play([0, pressed], [1, asked("a")], [2, pressed], [3, asked("a")])).toEqual([
      "opened",
      "admit",
      "opened",
      "refuse busy",
    ]);
  });
});
