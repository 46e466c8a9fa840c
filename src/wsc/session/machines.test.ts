/** Enrollee against Registrar in memory: whole runs, wrong passwords, refusals, and what must not be seen in a state. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { credentials, devices, type Played, play, seededRandom } from "../../../test/engine-pair.ts";
import { toHex } from "../bytes.ts";
import { decode, M2 } from "../messages.ts";
import { parsePin, pinPassword, pushButtonPassword } from "../pin.ts";
import { Secret } from "../secret.ts";
import { drawEnrollee, endEnrollee, stepEnrollee } from "./enrollee.ts";
import { drawRegistrar, endRegistrar, stepRegistrar } from "./registrar.ts";
import type { DevicePassword } from "./session.ts";

function pin(digits: string): DevicePassword {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(parsed.error.kind);
  return pinPassword(parsed.value);
}

const told = ({ deliveries }: Played) => deliveries.map(({ message }) => message.type).join(" ");
const WHOLE = "M1 M2 M3 M4 M5 M6 M7 M8 WSC_Done";

test.each([
  ["push button", pushButtonPassword],
  ["a PIN of 8 digits", pin("12345670")],
  ["a PIN of 4 digits", pin("1234")],
])("%s: the station gets what the network hands out", (_, password) => {
  const played = play({ enrolleePassword: password, registrarPassword: password });
  expect(told(played)).toBe(WHOLE);
  expect(played.registrar.name).toBe("enrolled");
  if (played.enrollee.name !== "paired") throw new Error(played.enrollee.name);
  expect(played.enrollee.credentials.map(({ networkKey }) => networkKey.revealText())).toEqual(
    credentials.map(({ networkKey }) => networkKey.revealText()),
  );
});

test("the Registrar asks who is to come in, says when the password is exposed and when it is proven", () => {
  const { registrarEvents, enrolleeEvents } = play({
    enrolleePassword: pushButtonPassword,
    registrarPassword: pushButtonPassword,
  });
  expect(registrarEvents.map(({ type }) => type)).toEqual(["asked", "passwordExposed", "passwordProven"]);
  expect(registrarEvents[0]?.enrollee).toMatchObject({
    macAddress: devices.enrollee.macAddress,
    deviceName: "Vector Station",
    devicePasswordId: 4,
    wfaExtension: { version2: 0x20 },
  });
  expect(enrolleeEvents).toMatchObject([{ type: "registrarMet", registrar: { deviceName: "Vector AP" } }]);
});

describe("a wrong PIN", () => {
  test("in its first half is found at M4", () => {
    const played = play({ enrolleePassword: pin("1234"), registrarPassword: pin("9934") });
    expect(told(played)).toBe("M1 M2 M3 M4 WSC_NACK");
    expect(played.enrollee).toEqual({ name: "failed", error: { kind: "wrongPassword", half: 1 } });
    expect(played.registrar).toEqual({
      name: "failed",
      error: { kind: "refused", configError: 18, lastSent: "M4" },
    });
  });

  test("in its second half is found at M6, when the PIN is already exposed", () => {
    const played = play({ enrolleePassword: pin("1234"), registrarPassword: pin("1299") });
    expect(told(played)).toBe("M1 M2 M3 M4 M5 M6 WSC_NACK");
    expect(played.enrollee).toEqual({ name: "failed", error: { kind: "wrongPassword", half: 2 } });
    expect(played.registrar).toEqual({
      name: "failed",
      error: { kind: "refused", configError: 18, lastSent: "M6" },
    });
    expect(played.registrarEvents.map(({ type }) => type)).toEqual(["asked", "passwordExposed"]);
  });
});

describe("a Registrar that refuses", () => {
  test("sends M2D, which the Enrollee acknowledges while it waits for another Registrar", () => {
    const played = play({ enrolleePassword: pushButtonPassword, registrarPassword: null });
    expect(told(played)).toBe("M1 M2D WSC_ACK");
    expect(played.registrar).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 0 } });
    expect(played.enrolleeEvents).toMatchObject([{ type: "turnedAway", configError: 0 }]);
    expect(played.enrollee.name).toBe("awaitM2");
    expect(endEnrollee(played.enrollee)).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 0 } });
  });

  test("can still be followed by another Registrar's M2", () => {
    const refused = play({ enrolleePassword: pushButtonPassword, registrarPassword: null });
    const served = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
    const m2 = served.deliveries[1]?.message;
    if (m2 === undefined) throw new Error("no M2");
    expect(stepEnrollee(refused.enrollee, m2).send?.type).toBe("M3");
  });

  test.each(["awaitM3", "awaitM5", "awaitM7"])("in mid-run, in %s, sends a NACK with its reason", (name) => {
    const played = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
    const delivery = played.deliveries.find(({ to, state }) => to === "registrar" && state.name === name);
    if (delivery?.to !== "registrar") throw new Error(`never in ${name}`);
    const { state, send } = stepRegistrar(delivery.state, { type: "refuse", configError: 12 });
    expect(send?.type).toBe("WSC_NACK");
    expect(state).toEqual({ name: "failed", error: { kind: "turnedAway", configError: 12 } });
  });

  test("comes too late after M8", () => {
    const played = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
    const delivery = played.deliveries.at(-1);
    if (delivery?.to !== "registrar") throw new Error("the last message goes to the Registrar");
    expect(stepRegistrar(delivery.state, { type: "refuse", configError: 12 })).toEqual({
      state: delivery.state,
      send: null,
      events: [],
    });
  });
});

describe("the password that M2 names", () => {
  const answered = (announced: number, held: number) => {
    const [enrolleePassword, registrarPassword] = [announced, held].map((id) => ({ id, secret: new Secret("1234") }));
    if (enrolleePassword === undefined || registrarPassword === undefined) throw new Error("two passwords");
    return play({ enrolleePassword, registrarPassword });
  };
  const idIn = (played: Played) => {
    const m2 = decode(M2, played.deliveries[1]?.message.bytes ?? new Uint8Array());
    return m2.ok ? m2.value.devicePasswordId : null;
  };

  test.each([0, 1, 2, 5, 8])("is the Enrollee's own id %i when the Registrar holds a PIN", (id) => {
    const played = answered(id, 0);
    expect(idIn(played)).toBe(id);
    expect(played.enrollee.name).toBe("paired");
  });

  test("may be 0 when the Enrollee announced its button: some access points do that", () => {
    expect(answered(4, 0).enrollee.name).toBe("paired");
  });

  test("is 0 when a PIN answers an unknown token, which an Enrollee without that PIN rejects", () => {
    const played = answered(0x1234, 0);
    expect(idIn(played)).toBe(0);
    expect(played.enrollee).toEqual({ name: "failed", error: { kind: "otherPassword", devicePasswordId: 0 } });
  });

  test.each([3, 6, 9, 15])("that nobody can know (%i) is turned away without asking", (id) => {
    const played = answered(id, 0);
    expect(told(played)).toBe("M1 M2D WSC_ACK");
    expect(played.registrarEvents).toEqual([]);
  });
});

test("a station cannot see the OS version bit unset: it is always sent as 1", () => {
  const { registrarEvents } = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
  expect((registrarEvents[0]?.enrollee.osVersion ?? 0) >= 0x80000000).toBe(true);
});

describe("a carrier that ends the run", () => {
  const played = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });

  test("changes nothing once it is over", () => {
    expect(endEnrollee(played.enrollee)).toBe(played.enrollee);
    expect(endRegistrar(played.registrar)).toBe(played.registrar);
  });

  test("fails it in every other state, and says what was awaited", () => {
    const ends = played.deliveries.map(({ to, state }) =>
      to === "enrollee" ? endEnrollee(state as never) : endRegistrar(state as never),
    );
    expect(
      ends.map((end) => (end.name === "failed" && end.error.kind === "cutOff" ? end.error.awaited : null)),
    ).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
  });
});

describe("a Registrar is told at once, when it admits, of", () => {
  const admit = (granted: typeof credentials) => () =>
    play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword, granted });

  test("no credential", () => expect(admit([])).toThrow("credentials: expected at least one, got none"));
  test("a key that no Credential can hold", () =>
    expect(admit(credentials.map((credential) => ({ ...credential, networkKey: new Secret("x".repeat(65)) })))).toThrow(
      "networkKey: expected 0 to 64 bytes, got 65",
    ));
});

test("ten credentials go through in one M8", () => {
  const granted = Array.from({ length: 10 }, (_, i) =>
    credentials.map((credential) => ({ ...credential, ssid: new TextEncoder().encode(`net ${i}`) })),
  ).flat();
  const { enrollee } = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword, granted });
  if (enrollee.name !== "paired") throw new Error(enrollee.name);
  expect(enrollee.credentials.map(({ ssid }) => new TextDecoder().decode(ssid))).toEqual(
    granted.map((_, i) => `net ${i}`),
  );
});

test("a finished machine hears nothing any more", () => {
  const played = play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword });
  for (const { message } of played.deliveries) {
    expect(stepEnrollee(played.enrollee, message)).toEqual({ state: played.enrollee, send: null, events: [] });
    expect(stepRegistrar(played.registrar, { type: "message", message })).toEqual({
      state: played.registrar,
      send: null,
      events: [],
    });
  }
});

describe("no state shows a key, a PIN or a nonce that opens a commitment", () => {
  const password = pin("12345670");
  const enrolleeDraws = drawEnrollee(seededRandom(11));
  const registrarDraws = drawRegistrar(seededRandom(12));
  const played = play({ enrolleePassword: password, registrarPassword: password, enrolleeDraws, registrarDraws });
  const states = [...played.deliveries.map(({ state }) => state), played.enrollee, played.registrar];
  const { exchange } = played;
  if (exchange === null) throw new Error("no keys");
  const secrets = {
    ...exchange.keys,
    psk1: exchange.psk1,
    psk2: exchange.psk2,
    password: password.secret,
    ...Object.fromEntries(credentials.map(({ networkKey }) => ["network key", networkKey])),
    ...Object.fromEntries(
      [...Object.entries(enrolleeDraws), ...Object.entries(registrarDraws)].filter(
        ([, value]) => value instanceof Secret,
      ),
    ),
  };

  test.each([
    [
      "inspect",
      (state: unknown) => inspect(state, { depth: null, maxArrayLength: null, breakLength: 1e9, showHidden: true }),
    ],
    ["JSON.stringify", (state: unknown) => JSON.stringify(state)],
  ])("by %s", (_, show) => {
    const text = states.map(show).join("\n");
    for (const [name, secret] of Object.entries(secrets)) {
      const bytes = Array.from(secret.reveal());
      // As text, as hex, and as both printers would show the bytes.
      for (const shape of [
        secret.revealText(),
        toHex(secret.reveal()),
        bytes.join(", "),
        bytes.map((byte, i) => `"${i}":${byte}`).join(),
      ])
        expect(text.includes(shape), `${name} as ${shape}`).toBe(false);
    }
    expect(text).toContain("[secret]");
  });
});
