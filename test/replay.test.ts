/** Both machines, given what hostapd and wpa_supplicant drew, say byte for byte what those said. */
import { describe, expect, test } from "vitest";
import { toHex } from "../src/wsc/bytes.ts";
import { type EnrolleeState, openEnrollee, stepEnrollee } from "../src/wsc/session/enrollee.ts";
import { openRegistrar, type RegistrarState, stepRegistrar } from "../src/wsc/session/registrar.ts";
import { loadVector, type Replay, replayOf, type Vector, type VectorMessage } from "./vectors.ts";

const both = (pin: string) => ({ enrollee: pin, registrar: pin });

interface Run {
  readonly name: string;
  readonly pins?: { readonly enrollee: string; readonly registrar: string };
}

const runs: readonly Run[] = [
  { name: "pbc" },
  { name: "psk64" },
  { name: "mixed" },
  { name: "frag" },
  { name: "pin", pins: both("12345670") },
  { name: "pin4", pins: both("1234") },
  { name: "wrongpin1", pins: { enrollee: "99995670", registrar: "12345670" } },
  { name: "wrongpin2", pins: { enrollee: "12340000", registrar: "12345670" } },
];

/** Real peers of 2.0 do nothing that strict mode would refuse. */
const tempers = [
  { temper: "tolerant", strict: false },
  { temper: "strict", strict: true },
];

/** What our Enrollee says to the recorded Registrar, and how it ends. */
function playEnrollee({ enrollee }: Replay, vector: Vector, strict = false) {
  const opened = openEnrollee({ ...enrollee, strict }, enrollee.draws);
  const said = [opened.send];
  let state: EnrolleeState = opened.state;
  for (const message of fromAp(vector)) {
    const step = stepEnrollee(state, message);
    state = step.state;
    said.push(step.send);
  }
  return { state, said: said.filter((message) => message !== null) };
}

/** What our Registrar says to the recorded Enrollee, and how it ends. */
function playRegistrar({ registrar }: Replay, vector: Vector, strict = false) {
  let state: RegistrarState = openRegistrar({ ...registrar, strict }, registrar.draws);
  const said = [];
  for (const message of fromStation(vector)) {
    let step = stepRegistrar(state, { type: "message", message });
    if (step.state.name === "deciding")
      step = stepRegistrar(step.state, {
        type: "admit",
        password: registrar.password,
        credentials: registrar.credentials,
      });
    state = step.state;
    if (step.send !== null) said.push(step.send);
  }
  return { state, said };
}

const fromAp = (vector: Vector) => vector.messages.filter(({ from }) => from === vector.apMac);
const fromStation = (vector: Vector) => vector.messages.filter(({ from }) => from === vector.stationMac);
const shown = (messages: readonly Pick<VectorMessage, "type" | "opCode" | "bytes">[]) =>
  messages.map(({ type, opCode, bytes }) => ({ type, opCode, bytes: toHex(bytes) }));

describe.each(runs)("recorded run $name", ({ name, pins }) => {
  const vector = loadVector(name);
  const replay = replayOf(vector, pins);

  test.each(tempers)("our Enrollee says what wpa_supplicant said, $temper", ({ strict }) => {
    const { state, said } = playEnrollee(replay, vector, strict);
    expect(shown(said)).toEqual(shown(fromStation(vector)));
    if (!name.startsWith("wrongpin")) expect(state.name).toBe("paired");
  });

  test.each(tempers)("our Registrar says what hostapd said, $temper", ({ strict }) => {
    const { state, said } = playRegistrar(replay, vector, strict);
    expect(shown(said)).toEqual(shown(fromAp(vector)));
    if (!name.startsWith("wrongpin")) expect(state.name).toBe("enrolled");
  });
});

describe("a Registrar that is not hostapd's own", () => {
  test("may answer after hostapd's has refused: our Enrollee says to both what wpa_supplicant said", () => {
    const vector = loadVector("er");
    const { state, said } = playEnrollee(replayOf(vector, both("12345670")), vector);
    expect(shown(said)).toEqual(shown(fromStation(vector)));
    expect(said.map(({ type }) => type)).toEqual(["M1", "WSC_ACK", "M3", "M5", "M7", "WSC_Done"]);
    expect(state.name).toBe("paired");
  });

  test("may come from the future: what it says more is skipped, and our Enrollee says what wpa_supplicant said", () => {
    const vector = loadVector("newver");
    for (const { strict } of tempers) {
      const { state, said } = playEnrollee(replayOf(vector), vector, strict);
      expect(shown(said)).toEqual(shown(fromStation(vector)));
      expect(state.name).toBe("paired");
    }
  });
});

test("the credential that comes out is the one that hostapd had put in", () => {
  const vector = loadVector("psk64");
  const { state } = playEnrollee(replayOf(vector), vector);
  if (state.name !== "paired") throw new Error(`expected paired, got ${state.name}`);
  expect(state.credentials).toHaveLength(1);
  const [credential] = state.credentials;
  expect(new TextDecoder().decode(credential?.ssid)).toBe("VectorNet");
  expect(credential?.networkKey.revealText()).toBe("0123456789abcdef".repeat(4));
});

test.each([
  { name: "wrongpin1", half: 1, lastSent: "M4" },
  { name: "wrongpin2", half: 2, lastSent: "M6" },
] as const)("$name: the Enrollee finds it and sends NACK 18, and the Registrar knows in answer to what", ({
  name,
  half,
  lastSent,
}) => {
  const vector = loadVector(name);
  const { pins } = runs.find((run) => run.name === name) ?? {};
  const replay = replayOf(vector, pins);
  expect(playEnrollee(replay, vector).state).toEqual({ name: "failed", error: { kind: "wrongPassword", half } });
  expect(playRegistrar(replay, vector).state).toEqual({
    name: "failed",
    error: { kind: "refused", configError: 18, lastSent },
  });
});
