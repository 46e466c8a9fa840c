/** Every row of the life of a PIN at a Registrar. */
import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { NO_PINS, type PinListAction, type PinListInput, type PinListState, stepPinList } from "./pin-list.ts";
import type { RunOutcome } from "./window.ts";

const ALICE = "a".repeat(32);
const BOB = "b".repeat(32);
const password = (digits: string) => ({ id: 0, secret: new Secret(digits) });
const added = (uuid: string | null, digits = "12345670", lifetimeMs: number | null = null): PinListInput => ({
  type: "added",
  password: password(digits),
  uuid,
  address: null,
  lifetimeMs,
});
const asked = (uuid: string): PinListInput => ({ type: "asked", uuid });
const ended = (id: number, outcome: RunOutcome): PinListInput => ({ type: "ended", id, outcome });

/** Plays inputs, one a second, and tells what each brought about. */
function story(...inputs: readonly (PinListInput | readonly [number, PinListInput])[]) {
  let state: PinListState = NO_PINS;
  const told: string[] = [];
  inputs.forEach((entry, i) => {
    const [now, input] = Array.isArray(entry) ? entry : [i * 1000, entry as PinListInput];
    const step = stepPinList(state, input, now);
    state = step.state;
    told.push(step.actions.map(shown).join(", "));
  });
  return { state, told };
}

function shown(action: PinListAction): string {
  switch (action.type) {
    case "admit":
      return `admit ${action.id} with ${action.password.secret.revealText()}`;
    case "refuse":
      return `refuse: ${action.reason}`;
    case "removed":
      return `${action.id} ${action.reason}`;
    case "announced":
    case "announcementEnded":
      return action.type;
  }
}

describe("a device that asks", () => {
  test("gets in with its own PIN before the one for whoever comes", () => {
    const { told } = story(added(null, "11111111"), added(ALICE, "22222222"), asked(ALICE), asked(BOB));
    expect(told.slice(2)).toEqual(["admit 2 with 22222222", "admit 1 with 11111111"]);
  });

  test("does not get in without a PIN, nor with somebody else's", () => {
    expect(story(asked(ALICE)).told).toEqual(["refuse: noPin"]);
    expect(story(added(ALICE), asked(BOB)).told[1]).toBe("refuse: noPin");
  });

  test("waits while a run with the PIN is under way", () => {
    expect(story(added(null), asked(ALICE), asked(BOB)).told[2]).toBe("refuse: busy");
    expect(story(added(ALICE), asked(ALICE), asked(ALICE)).told[2]).toBe("refuse: busy");
  });

  test("whose own PIN is in a run does not get the one for whoever comes", () => {
    expect(story(added(null), added(ALICE), asked(ALICE), asked(ALICE)).told[3]).toBe("refuse: busy");
  });
});

describe("a run that ends", () => {
  test.each([null, ALICE])("with the PIN proven removes it (bound to %s)", (uuid) => {
    expect(story(added(uuid), asked(ALICE), ended(1, "enrolled"), asked(ALICE)).told.slice(2)).toEqual([
      "1 proven, announcementEnded",
      "refuse: noPin",
    ]);
    expect(story(added(uuid), asked(ALICE), ended(1, "credentialGiven")).told[2]).toBe("1 proven");
  });

  test.each([
    null,
    ALICE,
  ])("with the PIN exposed removes it, for its second half can be known (bound to %s)", (uuid) => {
    expect(story(added(uuid), asked(ALICE), ended(1, "passwordExposed"), asked(ALICE)).told.slice(2)).toEqual([
      "1 exposed",
      "refuse: noPin",
    ]);
  });

  test("before M6 leaves a bound PIN for as many tries as it takes", () => {
    const tries = Array.from({ length: 5 }, () => [asked(ALICE), ended(1, "failed")]).flat();
    const { told } = story(added(ALICE), ...tries, asked(ALICE));
    expect(told.at(-1)).toBe("admit 1 with 12345670");
  });

  test("before M6 leaves a PIN for whoever comes one more try", () => {
    const { told } = story(added(null), asked(ALICE), ended(1, "failed"), asked(BOB), ended(1, "failed"), asked(BOB));
    expect(told.slice(2)).toEqual(["", "admit 1 with 12345670", "1 spent", "refuse: noPin"]);
  });

  test("twice, or is not known, changes nothing", () => {
    expect(
      story(added(null), asked(ALICE), ended(1, "enrolled"), ended(1, "enrolled"), ended(9, "failed")).told,
    ).toEqual(["announced", "admit 1 with 12345670", "1 proven, announcementEnded", "", ""]);
  });
});

describe("a PIN for whoever comes", () => {
  test("replaces one that is not in use", () => {
    expect(story(added(null, "11111111"), added(null, "22222222"), asked(ALICE)).told).toEqual([
      "announced",
      "1 replaced, announced",
      "admit 2 with 22222222",
    ]);
  });

  test("leaves one that is in a run until that is over", () => {
    const { told } = story(
      added(null, "11111111"),
      asked(ALICE),
      added(null, "22222222"),
      asked(BOB),
      ended(1, "enrolled"),
    );
    expect(told.slice(2)).toEqual(["announced", "admit 2 with 22222222", "1 proven, announcementEnded"]);
  });

  test("goes when a person stops, and leaves those that are bound", () => {
    const { told, state } = story(added(null), added(ALICE), { type: "stopped" }, asked(BOB), asked(ALICE));
    expect(told.slice(2)).toEqual(["1 withdrawn, announcementEnded", "refuse: noPin", "admit 2 with 12345670"]);
    expect(state.announcedUntil).toBeNull();
  });
});

describe("time", () => {
  test("ends the announcement after 120 s, and not the PIN", () => {
    const { told } = story(
      [0, added(null)],
      [119_999, { type: "tick" }],
      [120_000, { type: "tick" }],
      [1e9, asked(ALICE)],
    );
    expect(told).toEqual(["announced", "", "announcementEnded", "admit 1 with 12345670"]);
  });

  test("a PIN with a lifetime ends with it", () => {
    const { told } = story([0, added(ALICE, "12345670", 300_000)], [300_000, asked(ALICE)]);
    expect(told[1]).toBe("1 expired, announcementEnded, refuse: noPin");
  });

  test("a PIN in a run ends only when that is over", () => {
    const { told } = story(
      [0, added(ALICE, "12345670", 1_000)],
      [500, asked(ALICE)],
      [2_000, { type: "tick" }],
      [3_000, ended(1, "failed")],
      [3_001, { type: "tick" }],
    );
    expect(told).toEqual(["announced", "admit 1 with 12345670", "", "", "1 expired"]);
  });
});

test("a person takes back what a device was given", () => {
  const { told } = story(added(ALICE), { type: "withdrawn", uuid: ALICE }, asked(ALICE));
  expect(told.slice(1)).toEqual(["1 withdrawn", "refuse: noPin"]);
});

test("no state prints a PIN", () => {
  expect(JSON.stringify(story(added(null, "98765430")).state)).not.toContain("98765430");
});
