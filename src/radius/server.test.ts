/** The server on loopback: our Registrar behind it, our Enrollee in front of it, and requests made by hand. Time is virtual. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Datagrams, request } from "../../test/interop/radius-datagrams.ts";
import { mac, names, RadiusStation, text } from "../../test/interop/radius-station.ts";
import { network, RadiusWorld, secretText, type WorldOptions } from "../../test/interop/radius-world.ts";
import { must } from "../../test/vectors.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../wsc/eap/packet.ts";
import { parsePin, pinPassword, pushButtonPassword } from "../wsc/pin.ts";
import { Secret } from "../wsc/secret.ts";
import type { DevicePassword } from "../wsc/session/session.ts";
import { RadiusClient } from "./client.ts";
import {
  eapAttributes,
  eapIn,
  firstValue,
  parseRadius,
  RADIUS_ATTRIBUTE,
  RADIUS_CODE,
  type RadiusAttribute,
} from "./packet.ts";
import type { KeyAnswer } from "./server.ts";

const home = mac("02:00:00:00:00:01");
const shop = mac("02:00:00:00:00:02");
const lamp = mac("02:00:00:00:01:01");
const meter = mac("02:00:00:00:01:02");
const secret = new Secret(secretText);
const pin = (digits: string) => must(parsePin(digits));

let clock: VirtualClock;
let world: RadiusWorld;
let client: RadiusClient;
let byHand: Datagrams;
/** Closed after each test. */
let extra: { close(): unknown }[];

async function open(options: Partial<WorldOptions> = {}): Promise<void> {
  world = await RadiusWorld.open({ instances: [home, shop], clock, ...options });
  client = await RadiusClient.open({ host: "127.0.0.1", port: world.port, secret, clock });
  byHand = await Datagrams.open(world.port);
  extra.push(client, byHand, world);
}

beforeEach(() => {
  clock = new VirtualClock();
  extra = [];
});
afterEach(async () => {
  for (const one of extra) await one.close();
});

const station = (password: DevicePassword, options: Partial<ConstructorParameters<typeof RadiusStation>[1]> = {}) =>
  new RadiusStation(client, { macAddress: lamp, instance: home, password, ...options });

const identity = (name: string, identifier = 0) =>
  buildPacket({ code: "response", identifier, type: "identity", identity: text(name) });
/** A first request as an access point makes it of an EAP response. */
const carrying = (eap: Uint8Array, peer = lamp, instance = home): readonly RadiusAttribute[] => [
  ...names(peer, instance),
  ...eapAttributes(eap),
];
const rejected = () =>
  world.radiusEvents.flatMap((event) => (event.type === "answered" && event.answer === "reject" ? [event.why] : []));

describe("an enrolment", () => {
  test("by push button ends with the credential, an EAP-Failure in an Access-Reject, and no run left", async () => {
    await open();
    await world.registrar.pressButton(home);
    const enrolled = await station(pushButtonPassword).run();
    expect(enrolled.key).toBe(network.key);
    expect(enrolled.packets).toBe(6);
    expect(enrolled.code).toBe(RADIUS_CODE.accessReject);
    expect(enrolled.peer.closed).toBe(true);
    expect(world.server.runs).toBe(0);
    expect(rejected()).toEqual([null]);
  });

  test.each([
    ["the PIN", "12345670", "paired", null],
    ["a wrong first half", "99995676", "failed", 1],
    ["a wrong second half", "12340002", "failed", 2],
  ] as const)("with %s ends as it should", async (_what, digits, type, half) => {
    await open();
    await world.registrar.enterPin(home, pin("12345670"));
    const { peer } = await station(pinPassword(pin(digits))).run();
    expect(peer.outcome).toMatchObject(half === null ? { type } : { type, error: { kind: "wrongPassword", half } });
    expect(world.server.runs).toBe(0);
  });

  test("may come in pieces of 40 bytes", async () => {
    await open();
    await world.registrar.pressButton(home);
    const enrolled = await station(pushButtonPassword, { fragmentSize: 40 }).run();
    expect(enrolled.key).toBe(network.key);
    expect(enrolled.packets).toBeGreaterThan(20);
  });

  test("goes on at one access point while another station is turned away at the one that nobody opened", async () => {
    await open();
    await world.registrar.pressButton(home);
    const guest = station(pushButtonPassword);
    const stranger = station(pushButtonPassword, { macAddress: meter, instance: shop });
    while ((await guest.step()) || (await stranger.step()));
    expect(guest.key).toBe(network.key);
    await stranger.run();
    expect(stranger.peer.outcome).toEqual({ type: "failed", error: { kind: "turnedAway", configError: 0 } });
  });

  test("at an access point that is not served is refused", async () => {
    await open();
    const { peer } = await station(pushButtonPassword, { instance: mac("02:00:00:00:00:09") }).run();
    expect(peer.outcome?.type).toBe("failed");
  });

  test("is over when the station is silent for half a minute, and the window is free for another", async () => {
    await open();
    await world.registrar.enterPin(home, pin("12345670"));
    const silent = station(pinPassword(pin("12345670")));
    for (let i = 0; i < 3; i++) await silent.step();
    expect(world.server.runs).toBe(1);
    await clock.advance(30_000);
    expect(world.server.runs).toBe(0);
    await silent.step();
    expect(silent.peer.outcome?.type).toBe("failed");
    expect(rejected()).toEqual(["foreignState"]);
    const next = station(pinPassword(pin("12345670")), { macAddress: meter });
    expect((await next.run()).key).toBe(network.key);
  });

  test("that goes on and on is over after two minutes", async () => {
    await open();
    const slow = station(pushButtonPassword, { fragmentSize: 6 });
    for (let i = 0; i < 6; i++) {
      await slow.step();
      await clock.advance(20_000);
    }
    expect(world.server.runs).toBe(0);
    await slow.step();
    expect(slow.code).toBe(RADIUS_CODE.accessReject);
  });

  test("is begun anew by a station that says once more who it is, even with the State of its last run", async () => {
    await open();
    await world.registrar.pressButton(home);
    const lost = station(pushButtonPassword);
    for (let i = 0; i < 2; i++) await lost.step();
    const { attributes } = await client.request(lost.request(identity(ENROLLEE_IDENTITY, 9)));
    expect(world.server.runs).toBe(1);
    const fresh = station(pushButtonPassword);
    expect((await fresh.run()).key).toBe(network.key);
    expect(attributes.some(({ type }) => type === RADIUS_ATTRIBUTE.state)).toBe(true);
  });
});

describe("a repeated request", () => {
  test("has the very same answer, and nothing happens twice", async () => {
    await open();
    const bytes = request(carrying(identity(ENROLLEE_IDENTITY)));
    await byHand.send(bytes);
    const first = await byHand.next();
    await byHand.send(bytes);
    expect(await byHand.next()).toEqual(first);
    expect(world.radiusEvents.map(({ type }) => type)).toEqual(["answered", "answeredAgain"]);
    expect(world.server.runs).toBe(1);
  });

  test("is dropped while the first one is under way", async () => {
    let answerNow: (answer: KeyAnswer) => void = () => {};
    let asked = 0;
    const answer = () => {
      asked++;
      return new Promise<KeyAnswer>((resolve) => {
        answerNow = resolve;
      });
    };
    await open({ keys: { answer } });
    const bytes = request([{ type: RADIUS_ATTRIBUTE.userName, value: text("020000000101") }, ...names(lamp, home)]);
    await byHand.send(bytes);
    await byHand.send(bytes);
    await world.until(() => world.drops["repeated"] === 1);
    answerNow({ type: "reject" });
    expect(parseRadius(await byHand.next())?.code).toBe(RADIUS_CODE.accessReject);
    expect(asked).toBe(1);
    expect(byHand.unread).toBe(0);
  });

  test("of another port, with another identifier or authenticator is another request", async () => {
    await open();
    const attributes = carrying(identity(ENROLLEE_IDENTITY));
    const one = request(attributes, { identifier: 1 });
    const elsewhere = await Datagrams.open(world.port);
    extra.push(elsewhere);
    for (const [datagrams, bytes] of [
      [byHand, one],
      [elsewhere, one],
      [byHand, request(attributes, { identifier: 1 })],
      [byHand, request(attributes, { identifier: 2 })],
    ] as const)
      await datagrams.ask(bytes);
    expect(world.radiusEvents.map(({ type }) => type)).toEqual(Array(4).fill("answered"));
  });
});

describe("a repeated EAP response in a new request", () => {
  test("has the same EAP request, at the beginning of a run and in the middle", async () => {
    await open();
    await world.registrar.pressButton(home);
    const guest = station(pushButtonPassword);
    for (let step = 0; step < 4; step++) {
      const [eap, { state }] = [guest.reply ?? new Uint8Array(), guest];
      await guest.step();
      const again = await client.request(guest.request(eap, state));
      const request = firstValue(again, RADIUS_ATTRIBUTE.state);
      expect(again.code).toBe(RADIUS_CODE.accessChallenge);
      expect(request).toEqual(guest.state);
    }
    await guest.run();
    expect(guest.key).toBe(network.key);
    const messages = world.registrarEvents.flatMap((event) => (event.type === "message" ? [event.message] : []));
    expect(messages).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
  });

  test("of an earlier step has the request that waits for its answer", async () => {
    await open();
    await world.registrar.pressButton(home);
    const guest = station(pushButtonPassword);
    await guest.step();
    const m1 = guest.reply ?? new Uint8Array();
    await guest.step();
    await guest.step();
    const waiting = await client.request(guest.request(m1));
    expect(waiting.code).toBe(RADIUS_CODE.accessChallenge);
    expect((await guest.run()).key).toBe(network.key);
  });

  test("after the end is answered by the same EAP-Failure", async () => {
    await open();
    await world.registrar.pressButton(home);
    const guest = station(pushButtonPassword);
    for (let i = 0; i < 5; i++) await guest.step();
    const [done, { state }] = [guest.reply ?? new Uint8Array(), guest];
    const first = await client.request(guest.request(done, state));
    const again = await client.request(guest.request(done, state));
    expect([first.code, again.code]).toEqual([RADIUS_CODE.accessReject, RADIUS_CODE.accessReject]);
    expect(eapIn(again)).toEqual(eapIn(first));
  });
});

describe("a State", () => {
  const begun = async () => {
    await open();
    await world.registrar.pressButton(home);
    const guest = station(pushButtonPassword);
    for (let i = 0; i < 2; i++) await guest.step();
    return guest;
  };
  const isTurnedAway = async (guest: RadiusStation, asking: Datagrams, attributes: readonly RadiusAttribute[]) => {
    const answer = await asking.ask(request(attributes));
    expect(answer.code).toBe(RADIUS_CODE.accessReject);
    expect(eapIn(answer)?.[0]).toBe(4);
    expect(rejected()).toEqual(["foreignState"]);
    // The run it was meant for goes on.
    expect((await guest.run()).key).toBe(network.key);
  };

  test.each([0, 1, 15, 16, 17, 253])("of %i made-up bytes is nobody's", async (length) => {
    const guest = await begun();
    await isTurnedAway(guest, byHand, guest.request(guest.reply ?? new Uint8Array(), new Uint8Array(length)));
  });

  test("with one bit changed is nobody's", async () => {
    const guest = await begun();
    const state = guest.state?.map((byte, i) => (i === 15 ? byte ^ 1 : byte)) ?? null;
    await isTurnedAway(guest, byHand, guest.request(guest.reply ?? new Uint8Array(), state));
  });

  test("is bound to its station", async () => {
    const guest = await begun();
    const thief = station(pushButtonPassword, { macAddress: meter });
    await isTurnedAway(guest, byHand, thief.request(guest.reply ?? new Uint8Array(), guest.state));
  });

  test("is bound to its access point", async () => {
    const guest = await begun();
    const thief = station(pushButtonPassword, { instance: shop });
    await isTurnedAway(guest, byHand, thief.request(guest.reply ?? new Uint8Array(), guest.state));
  });

  test("is bound to its RADIUS client", async () => {
    const guest = await begun();
    const elsewhere = await Datagrams.open(world.port, { from: "127.0.0.2", host: "127.0.0.1" });
    extra.push(elsewhere);
    await isTurnedAway(guest, elsewhere, guest.request(guest.reply ?? new Uint8Array()));
  });

  test("is another one for every run", async () => {
    await open();
    const states = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const one = station(pushButtonPassword);
      await one.step();
      states.add(`${one.state}`);
      await clock.advance(30_000);
    }
    expect(states.size).toBe(20);
  });
});

describe("a reject with EAP-Failure is the answer to", () => {
  const start = identity(ENROLLEE_IDENTITY, 7);
  const cases: readonly (readonly [string, string, readonly RadiusAttribute[]])[] = [
    ["another EAP identity", "notWsc", carrying(identity("alice@example.org", 7))],
    ["an identity that goes on", "notWsc", carrying(identity(`${ENROLLEE_IDENTITY}x`, 7))],
    ["EAP that is cut off", "notWsc", carrying(start.subarray(0, 20))],
    ["EAP that ends before its head does", "notWsc", carrying(Uint8Array.of(2, 7))],
    ["no EAP in an EAP-Message", "notWsc", [...names(lamp, home), { type: 79, value: new Uint8Array() }]],
    ["a response out of the blue", "notWsc", carrying(Uint8Array.of(2, 7, 0, 6, 3, 254))],
    ["a missing Calling-Station-Id", "noStation", [...names(lamp, home).slice(0, 1), ...eapAttributes(start)]],
    ["a missing Called-Station-Id", "noInstance", [...names(lamp, home).slice(1), ...eapAttributes(start)]],
    [
      "a Called-Station-Id without address",
      "noInstance",
      [{ type: 30, value: text("My Network") }, ...names(lamp, home).slice(1), ...eapAttributes(start)],
    ],
  ];
  test.each(cases)("%s", async (_what, why, attributes) => {
    await open();
    const answer = await byHand.ask(request(attributes));
    expect(answer.code).toBe(RADIUS_CODE.accessReject);
    const identifier = eapIn({ ...answer, attributes })?.[1] ?? 0;
    expect(eapIn(answer)).toEqual(Uint8Array.of(4, identifier, 0, 4));
    expect(rejected()).toEqual([why]);
    expect(world.server.runs).toBe(0);
  });

  test("a station that wants another EAP method in the middle of its run", async () => {
    await open();
    const guest = station(pushButtonPassword);
    await guest.step();
    const identifier = guest.reply?.[1] ?? 0;
    const nak = buildPacket({ code: "response", identifier, type: "other", method: 3, data: Uint8Array.of(25) });
    const answer = await client.request(guest.request(nak));
    expect(answer.code).toBe(RADIUS_CODE.accessReject);
    expect(eapIn(answer)).toEqual(Uint8Array.of(4, identifier, 0, 4));
    expect(world.server.runs).toBe(0);
  });
});
