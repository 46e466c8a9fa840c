import { expect, test } from "vitest";
import { parsePin } from "../pin.ts";
import { type PinWindowInput, type PinWindowState, stepPinWindow } from "./pin-window.ts";
import type { RunOutcome } from "./window.ts";

type Told = readonly [seconds: number, input: PinWindowInput];

/** Plays inputs at their seconds and gives what came of each, in short. */
function play(...inputs: readonly Told[]): readonly string[] {
  let state: PinWindowState = null;
  return inputs.map(([seconds, input]) => {
    const step = stepPinWindow(state, input, seconds * 1000);
    state = step.state;
    return step.actions
      .map((action) => ("reason" in action ? `${action.type} ${action.reason}` : action.type))
      .join(", ");
  });
}

const entered = (text: string): PinWindowInput => {
  const pin = parsePin(text);
  if (!pin.ok) throw new Error(`no PIN: ${text}`);
  return { type: "entered", pin: pin.value };
};
const asked: PinWindowInput = { type: "asked" };
const ended = (outcome: RunOutcome): PinWindowInput => ({ type: "ended", outcome });
const opened: Told = [0, entered("12345670")];

test("a PIN is good for two minutes", () => {
  expect(play([0, asked], opened, [119.999, asked])).toEqual(["refuse noWindow", "opened", "admit"]);
  expect(play(opened, [120, asked])).toEqual(["opened", "closed timeout, refuse noWindow"]);
  expect(play(opened, [120, { type: "tick" }])).toEqual(["opened", "closed timeout"]);
});

test("it is locked while a run uses it", () => {
  expect(play(opened, [1, asked], [2, asked], [3, ended("failed")], [4, asked])).toEqual([
    "opened",
    "admit",
    "refuse busy",
    "",
    "admit",
  ]);
});

test("it serves at most two runs", () => {
  const twice = [opened, [1, asked], [2, ended("failed")], [3, asked], [4, ended("failed")], [5, asked]] as const;
  expect(play(...twice).slice(-2)).toEqual(["closed pinSpent", "refuse noWindow"]);
});

test.each([
  ["enrolled", "closed enrolled"],
  ["credentialGiven", "closed credentialGiven"],
  ["passwordExposed", "closed pinExposed"],
] as const)("it is gone after a run that ended as %s", (outcome, told) => {
  expect(play(opened, [1, asked], [2, ended(outcome)], [3, asked]).slice(-2)).toEqual([told, "refuse noWindow"]);
});

test("another PIN takes its place, with two runs of its own", () => {
  const inputs = [opened, [1, asked], [2, entered("1234")], [3, asked], [4, ended("failed")], [5, asked]] as const;
  expect(play(...inputs)).toEqual(["opened", "admit", "opened", "admit", "", "admit"]);
});

test("it never shows in what is told or kept", () => {
  const { state } = stepPinWindow(null, entered("12345670"), 0);
  expect(JSON.stringify(state)).not.toContain("12345670");
  expect(JSON.stringify(stepPinWindow(state, asked, 1).actions)).not.toContain("12345670");
});
