/** A station, an access point that only passes messages on, and Registrars elsewhere, message by message. */
import { describe, expect, test } from "vitest";
import { credentials, devices, seededRandom } from "../../../test/engine-pair.ts";
import { must } from "../../../test/vectors.ts";
import { encode, M2D, type MessageType, SCHEMAS, WSC_NACK } from "../messages.ts";
import { parsePin, pinPassword } from "../pin.ts";
import { drawEnrollee, type EnrolleeState, openEnrollee, stepEnrollee } from "./enrollee.ts";
import { opening } from "./exchange.ts";
import { drawRegistrar, openRegistrar, type RegistrarState, stepRegistrar } from "./registrar.ts";
import { isAbout, openRelay, type RelayState, stepRelay } from "./relay.ts";
import type { Outgoing } from "./session.ts";

const password = pinPassword(must(parsePin("12345670")));
const draws = drawEnrollee(seededRandom(1));

/** A Registrar on the network: what it says to each message of the station, once it has heard M1. */
class Elsewhere {
  readonly from: string;
  readonly #knows: boolean;
  #state: RegistrarState;

  constructor(from: string, seed: number, knows = true) {
    this.from = from;
    this.#knows = knows;
    this.#state = openRegistrar({ device: devices.registrar }, drawRegistrar(seededRandom(seed)));
  }

  hear(message: Outgoing): Outgoing | null {
    let step = stepRegistrar(this.#state, { type: "message", message });
    if (step.state.name === "deciding")
      step = stepRegistrar(
        step.state,
        this.#knows ? { type: "admit", password, credentials } : { type: "refuse", configError: 0 },
      );
    this.#state = step.state;
    return step.send;
  }
}

/** The station has sent M1, was turned away, and has acknowledged that. */
function setUp() {
  const opened = openEnrollee({ device: devices.enrollee, password }, draws);
  const m1 = opened.send;
  if (m1 === null) throw new Error("no M1");
  const world = {
    m1,
    station: opened.state as EnrolleeState,
    relay: openRelay(draws.nonce) as RelayState,
    /** A Registrar says something; gives what the station says to it, after the relay has heard it; null: not passed. */
    say(from: string, message: Outgoing): Outgoing | null {
      const { state, send } = stepRelay(world.relay, { type: "answer", answer: { bytes: message.bytes, from } });
      world.relay = state;
      if (send === null) return null;
      expect(send).toEqual({ type: message.type, opCode: SCHEMAS[message.type].opCode, bytes: message.bytes });
      const step = stepEnrollee(world.station, send);
      world.station = step.state;
      if (step.send !== null) world.relay = stepRelay(world.relay, { type: "message", message: step.send }).state;
      return step.send;
    },
    /** Carries on with one Registrar until the station has nothing more to say, or so far. */
    carryOn(registrar: Elsewhere, first: Outgoing | null, until?: MessageType): Outgoing | null {
      let heard: Outgoing | null = first;
      while (heard !== null && heard.type !== until) {
        const answer = registrar.hear(heard);
        heard = answer === null ? null : world.say(registrar.from, answer);
      }
      return heard;
    },
  };
  return world;
}

describe("a station and a Registrar elsewhere", () => {
  test("come to the end when it knows the password", () => {
    const world = setUp();
    world.carryOn(new Elsewhere("192.0.2.7", 2), world.m1);
    expect(world.relay).toEqual({ name: "relayed" });
    expect(world.station).toMatchObject({ name: "paired", credentials });
  });

  test("one has nothing for it, and the next one has: each is passed in turn", () => {
    const world = setUp();
    const [stranger, friend] = [new Elsewhere("192.0.2.7", 2, false), new Elsewhere("192.0.2.8", 3)];
    expect(world.carryOn(stranger, world.m1, "WSC_ACK")?.type).toBe("WSC_ACK");
    expect(world.relay).toMatchObject({ name: "awaitOffer", offers: 1 });
    world.carryOn(friend, world.m1);
    expect(world.relay.name).toBe("relayed");
  });

  test("nobody answers in time", () => {
    const { relay } = setUp();
    expect(stepRelay(relay, { type: "giveUp" }).state).toEqual({
      name: "failed",
      error: { kind: "turnedAway", configError: 0 },
    });
    const world = setUp();
    world.carryOn(new Elsewhere("192.0.2.7", 2), world.m1, "M5");
    expect(stepRelay(world.relay, { type: "giveUp" }).state).toEqual({
      name: "failed",
      error: { kind: "cutOff", awaited: "M6" },
    });
  });

  test("so many offers are passed and no more", () => {
    const world = setUp();
    for (let seed = 2; seed < 10; seed++)
      expect(world.carryOn(new Elsewhere("192.0.2.7", seed, false), world.m1, "WSC_ACK")).not.toBeNull();
    const answer = new Elsewhere("192.0.2.7", 10).hear(world.m1) as Outgoing;
    expect(world.say("192.0.2.7", answer)).toBeNull();
  });
});

describe("out of turn", () => {
  const nonces = { enrolleeNonce: draws.nonce, registrarNonce: new Uint8Array(16).fill(9) };
  const forgedNack: Outgoing = {
    type: "WSC_NACK",
    opCode: "WSC_NACK",
    bytes: encode(WSC_NACK, { ...opening(WSC_NACK), ...nonces, configError: 18 }),
  };

  test("another Registrar than the chosen one, a message said twice, and one of another run change nothing", () => {
    const world = setUp();
    const [chosen, other] = [new Elsewhere("192.0.2.7", 2), new Elsewhere("192.0.2.8", 3)];
    const offer = other.hear(world.m1) as Outgoing;
    const m3 = world.carryOn(chosen, world.m1, "M3") as Outgoing;
    const m4 = chosen.hear(m3) as Outgoing;
    expect(world.say(other.from, offer), "an offer too late").toBeNull();
    expect(world.say(other.from, m4), "what is due, from somebody else").toBeNull();
    expect(world.say(chosen.from, forgedNack), "a NACK of another run").toBeNull();
    expect(world.say(chosen.from, { ...m4, bytes: new Uint8Array(40).fill(1) })).toBeNull();
    const m5 = world.say(chosen.from, m4) as Outgoing;
    expect(world.say(chosen.from, m4), "the same once more").toBeNull();
    world.carryOn(chosen, m5);
    expect(world.relay.name).toBe("relayed");
  });

  test("nothing is passed while it is the station's turn", () => {
    const world = setUp();
    const m2d = new Elsewhere("192.0.2.7", 2, false).hear(world.m1) as Outgoing;
    const asked = stepRelay(world.relay, { type: "answer", answer: { bytes: m2d.bytes, from: "192.0.2.7" } });
    expect(asked.send).not.toBeNull();
    const again = stepRelay(asked.state, { type: "answer", answer: { bytes: m2d.bytes, from: "192.0.2.8" } });
    expect(again).toEqual({ state: asked.state, send: null, events: [] });
  });

  test("an answer to a nonce that is not the station's is none for it", () => {
    const bytes = encode(M2D, { ...opening(M2D), enrolleeNonce: nonces.registrarNonce });
    expect(isAbout(draws.nonce, bytes)).toBe(false);
    expect(isAbout(nonces.registrarNonce, bytes)).toBe(true);
    const world = setUp();
    expect(world.say("192.0.2.7", { type: "M2D", opCode: "WSC_MSG", bytes })).toBeNull();
  });
});

describe("whoever gives up", () => {
  test("the station, because the PIN is another one", () => {
    const world = setUp();
    const other = openEnrollee({ device: devices.enrollee, password: pinPassword(must(parsePin("00000000"))) }, draws);
    world.station = other.state;
    world.carryOn(new Elsewhere("192.0.2.7", 2), other.send);
    expect(world.relay).toEqual({ name: "failed", error: { kind: "refused", configError: 18, lastSent: "M4" } });
  });

  test("the Registrar: the station is told", () => {
    const world = setUp();
    const registrar = new Elsewhere("192.0.2.7", 2);
    const m2 = registrar.hear(world.m1) as Outgoing;
    const m3 = world.say(registrar.from, m2) as Outgoing;
    const spoilt = { ...m3, bytes: m3.bytes.map((byte, i) => (i === m3.bytes.length - 1 ? byte ^ 1 : byte)) };
    const nack = registrar.hear(spoilt) as Outgoing;
    expect(nack.type).toBe("WSC_NACK");
    const step = stepRelay(world.relay, { type: "answer", answer: { bytes: nack.bytes, from: registrar.from } });
    expect(step.send).toMatchObject({ type: "WSC_NACK", opCode: "WSC_NACK" });
    expect(step.state).toMatchObject({ name: "failed", error: { kind: "turnedAway" } });
  });

  test.each([
    ["no message", new Uint8Array([1, 2, 3]), "malformed"],
    ["M1 once more", null, "wrongNonce"],
  ])("a station that says %s is at its end", (_what, bytes, kind) => {
    const world = setUp();
    const m2 = new Elsewhere("192.0.2.7", 2).hear(world.m1) as Outgoing;
    const asked = stepRelay(world.relay, { type: "answer", answer: { bytes: m2.bytes, from: "192.0.2.7" } });
    const message = { opCode: "WSC_MSG", bytes: bytes ?? world.m1.bytes } as const;
    expect(stepRelay(asked.state, { type: "message", message }).state).toMatchObject({
      name: "failed",
      error: { kind },
    });
  });
});
