/** What the server answers, and what it does not, apart from enrolments: keys, drops, the form of answers, where it listens. */
import { createSocket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Datagrams, request } from "../../test/interop/radius-datagrams.ts";
import { mac, names, RadiusStation, stationId, text } from "../../test/interop/radius-station.ts";
import { networkOf, RadiusWorld, secretText, type WorldOptions } from "../../test/interop/radius-world.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { concat } from "../wsc/bytes.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../wsc/eap/packet.ts";
import { pushButtonPassword } from "../wsc/pin.ts";
import { Secret } from "../wsc/secret.ts";
import { RadiusClient } from "./client.ts";
import {
  buildRadius,
  eapAttributes,
  firstValue,
  parseRadius,
  RADIUS_ATTRIBUTE,
  RADIUS_CODE,
  type RadiusAttribute,
} from "./packet.ts";
import { type KeyAnswer, RadiusServer } from "./server.ts";
import { isSignedAnswer } from "./signature.ts";

const home = mac("02:00:00:00:00:01");
const shop = mac("02:00:00:00:00:02");
const lamp = mac("02:00:00:00:01:01");
const secret = new Secret(secretText);

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

const identity = (name: string, identifier = 0) =>
  buildPacket({ code: "response", identifier, type: "identity", identity: text(name) });
/** A first request as an access point makes it of an EAP response. */
const carrying = (eap: Uint8Array, peer = lamp, instance = home): readonly RadiusAttribute[] => [
  ...names(peer, instance),
  ...eapAttributes(eap),
];
const rejected = () =>
  world.radiusEvents.flatMap((event) => (event.type === "answered" && event.answer === "reject" ? [event.why] : []));

describe("the keys of a station", () => {
  const question = (peer = lamp, spelling = peer.replaceAll(":", "")): readonly RadiusAttribute[] => [
    { type: RADIUS_ATTRIBUTE.userName, value: text(spelling) },
    ...names(peer, home),
  ];
  const keys = [new Secret("ab".repeat(32)), new Secret("correct horse")];

  test("come as Tunnel-Passwords, and in no event", async () => {
    const asked: unknown[] = [];
    const answer = async (...names: unknown[]): Promise<KeyAnswer> => {
      asked.push(names);
      return { type: "keys", keys };
    };
    await open({ keys: { answer } });
    const bytes = request(question());
    const accept = await byHand.ask(bytes);
    expect(accept.code).toBe(RADIUS_CODE.accessAccept);
    expect(asked).toEqual([[lamp, home]]);
    const hidden = accept.attributes.filter(({ type }) => type === RADIUS_ATTRIBUTE.tunnelPassword);
    expect(hidden.map(({ value }) => value.length)).toEqual([83, 19]);
    expect(isSignedAnswer(accept, bytes.subarray(4, 20), secret)).toBe(true);
    expect(JSON.stringify(world.radiusEvents)).not.toMatch(/abab|correct/);
  });

  test.each([
    "020000000101",
    "02-00-00-00-01-01",
    "02:00:00:00:01:01",
    "0200.0000.0101",
  ])("are asked for by %s", async (spelling) => {
    await open({ keys: { answer: async () => ({ type: "keys", keys }) } });
    expect((await byHand.ask(request(question(lamp, spelling)))).code).toBe(RADIUS_CODE.accessAccept);
  });

  test.each(["alice", "020000000102", ""])("are not told to %j, whoever that is", async (spelling) => {
    await open({ keys: { answer: async () => ({ type: "keys", keys }) } });
    expect((await byHand.ask(request(question(lamp, spelling)))).code).toBe(RADIUS_CODE.accessReject);
    expect(rejected()).toEqual(["notAStation"]);
  });

  test("may be refused, and are when nobody knows any", async () => {
    await open({ keys: { answer: async () => ({ type: "reject" }) } });
    expect((await byHand.ask(request(question()))).code).toBe(RADIUS_CODE.accessReject);
    await open();
    expect((await byHand.ask(request(question()))).code).toBe(RADIUS_CODE.accessReject);
    expect(rejected()).toEqual(["noKeys"]);
  });

  test("are not answered for when whoever knows them is in trouble, and can be asked for again", async () => {
    const answers: (() => Promise<KeyAnswer>)[] = [
      () => Promise.reject(new Error("the disk is full")),
      () => {
        throw new Error("a bug");
      },
      // More than a packet holds.
      async () => ({ type: "keys", keys: Array.from({ length: 100 }, () => new Secret("x".repeat(63))) }),
      async () => ({ type: "keys", keys }),
    ];
    const { length } = answers;
    await open({ keys: { answer: () => answers.shift()?.() ?? Promise.reject() } });
    const bytes = request(question());
    for (let i = 0; i < length; i++) await byHand.send(bytes);
    expect(parseRadius(await byHand.next())?.code).toBe(RADIUS_CODE.accessAccept);
    expect(world.drops).toEqual({ failed: 3 });
    expect(world.radiusEvents.filter(({ type }) => type === "trouble")).toHaveLength(3);
  });

  test("that are taken back are not told again, not even to who asks for the same answer", async () => {
    let key = "first key";
    await open({ keys: { answer: async () => ({ type: "keys", keys: [new Secret(key)] }) } });
    const bytes = request(question());
    const first = await byHand.ask(bytes);
    key = "a much longer second key";
    expect(await byHand.ask(bytes)).toEqual(first);
    world.server.forget(lamp);
    const second = await byHand.ask(bytes);
    expect(firstValue(second, RADIUS_ATTRIBUTE.tunnelPassword)?.length).toBe(35);
  });
});

describe("keys that are taken back while they are asked for", () => {
  test("are not told: the next question has the answer of then", async () => {
    const answers: ((answer: KeyAnswer) => void)[] = [];
    const answer = () => new Promise<KeyAnswer>((resolve) => answers.push(resolve));
    await open({ keys: { answer } });
    const bytes = request([{ type: RADIUS_ATTRIBUTE.userName, value: text("020000000101") }, ...names(lamp, home)]);
    // The second one is dropped, which shows that the first is under way.
    const ask = async (times: number) => {
      for (let i = 0; i < 2; i++) await byHand.send(bytes);
      await world.until(() => world.drops["repeated"] === times);
    };
    await ask(1);
    world.server.forget(lamp);
    answers[0]?.({ type: "keys", keys: [new Secret("first key")] });
    await world.until(() => world.drops["outdated"] === 1);
    await ask(2);
    answers[1]?.({ type: "reject" });
    expect(parseRadius(await byHand.next())?.code).toBe(RADIUS_CODE.accessReject);
    expect(byHand.unread).toBe(0);
  });
});

describe("no answer goes to", () => {
  const good = carrying(identity(ENROLLEE_IDENTITY));
  const unsigned = buildRadius({ code: 1, identifier: 0, authenticator: new Uint8Array(16), attributes: good });
  const changed = request(good).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte));
  const proxied = Array.from({ length: 5 }, () => ({ type: RADIUS_ATTRIBUTE.proxyState, value: new Uint8Array(250) }));
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["malformed", new Uint8Array()],
    ["malformed", new Uint8Array(19)],
    ["malformed", concat(request(good).subarray(0, 60))],
    ["malformed", request([...good, ...proxied])],
    ["notARequest", request(good, { code: 4 })],
    ["notARequest", request(good, { code: 2 })],
    ["unsigned", unsigned],
    ["wrongSecret", request(good, { secret: new Secret("guessed") })],
    ["wrongSecret", changed],
  ];
  test.each(cases)("what is %s", async (reason, bytes) => {
    await open();
    await byHand.send(bytes);
    await world.until(() => world.drops[reason] === 1);
    // What follows is answered first.
    expect((await byHand.ask(request(good))).code).toBe(RADIUS_CODE.accessChallenge);
    expect(byHand.unread).toBe(0);
  });

  test("an address without secret", async () => {
    await open();
    const secrets = [{ network: networkOf("127.0.0.1"), secret }];
    const reasons: unknown[] = [];
    let told = () => {};
    const server = await RadiusServer.open({
      listen: [{ host: "127.0.0.1", port: 0 }],
      secrets,
      desk: world.registrar,
      clock,
      tell: (event) => {
        reasons.push(event);
        told();
      },
    });
    const stranger = await Datagrams.open(server.endpoints[0]?.port ?? 0, { from: "127.0.0.2", host: "127.0.0.1" });
    extra.push(server, stranger);
    const dropped = new Promise<void>((resolve) => {
      told = resolve;
    });
    await stranger.send(request(good));
    await dropped;
    expect(reasons).toEqual([{ type: "dropped", client: "127.0.0.2", reason: "unknownClient" }]);
    expect(stranger.unread).toBe(0);
  });
});

describe("every answer", () => {
  const proxyState = [1, 2].map((byte) => ({ type: RADIUS_ATTRIBUTE.proxyState, value: Uint8Array.of(byte) }));
  test.each([
    ["challenge", [...carrying(identity(ENROLLEE_IDENTITY)), ...proxyState]],
    ["reject", [...carrying(identity("x")), ...proxyState]],
    ["accept", [{ type: 1, value: stationId(lamp) }, ...names(lamp, home), ...proxyState]],
  ] as const)("begins with its Message-Authenticator and ends with what proxies sent: %s", async (_what, attributes) => {
    await open({ keys: { answer: async () => ({ type: "keys", keys: [new Secret("12345678")] }) } });
    const bytes = request(attributes, { identifier: 77 });
    const answer = await byHand.ask(bytes);
    expect(answer.identifier).toBe(77);
    expect(answer.attributes[0]?.type).toBe(RADIUS_ATTRIBUTE.messageAuthenticator);
    expect(answer.attributes.slice(-2)).toEqual(proxyState);
    expect(isSignedAnswer(answer, bytes.subarray(4, 20), secret)).toBe(true);
  });

  test("pays no heed to attributes nobody knows, whatever is in them", async () => {
    await open();
    const unknown = [0, 26, 55, 150, 241, 255].map((type) => ({ type, value: new Uint8Array(200) }));
    expect((await byHand.ask(request([...unknown, ...carrying(identity(ENROLLEE_IDENTITY))]))).code).toBe(11);
  });
});

describe("listening", () => {
  test("on an IPv6 address, and on all of both kinds", async () => {
    await open({
      listen: [
        { host: "::1", port: 0 },
        { host: "::", port: 0 },
      ],
    });
    await world.registrar.pressButton(home);
    const [six, both] = world.server.endpoints.map(({ port }) => port);
    for (const [host, port = 0] of [
      ["::1", six],
      ["::1", both],
      ["127.0.0.1", both],
    ] as const) {
      const spare = await RadiusClient.open({ host, port, secret, clock });
      extra.push(spare);
      const one = new RadiusStation(spare, { macAddress: lamp, instance: home, password: pushButtonPassword });
      expect(await one.step()).toBe(true);
    }
  });

  test("an IPv4 client is the same at a socket for both kinds, and its run goes on there", async () => {
    await open({
      listen: [
        { host: "127.0.0.1", port: 0 },
        { host: "::", port: 0 },
      ],
    });
    await world.registrar.pressButton(home);
    const [four = 0, both = 0] = world.server.endpoints.map(({ port }) => port);
    const elsewhere = await Datagrams.open(both);
    extra.push(elsewhere);
    const guest = new RadiusStation(client, { macAddress: lamp, instance: home, password: pushButtonPassword });
    await guest.step();
    expect(world.port).toBe(four);
    const answer = await elsewhere.ask(request(guest.request(guest.reply ?? new Uint8Array())));
    expect(answer.code).toBe(RADIUS_CODE.accessChallenge);
    expect(world.radiusEvents.map((event) => "client" in event && event.client)).toEqual(["127.0.0.1", "127.0.0.1"]);
  });

  test("at two places takes the same request at each for one of its own", async () => {
    await open({
      listen: [
        { host: "127.0.0.1", port: 0 },
        { host: "127.0.0.1", port: 0 },
      ],
    });
    const bytes = request(carrying(identity(ENROLLEE_IDENTITY)));
    const socket = createSocket("udp4");
    extra.push({ close: () => void socket.close() });
    for (const { port } of world.server.endpoints)
      await new Promise((resolve) => {
        socket.once("message", resolve);
        socket.send(bytes, port, "127.0.0.1");
      });
    expect(world.radiusEvents.map(({ type }) => type)).toEqual(["answered", "answered"]);
  });

  test("where somebody listens already, or where we are not, fails with a sentence and leaves nothing open", async () => {
    await open();
    const { desk, secrets } = { desk: world.registrar, secrets: [] };
    const listen = [
      { host: "127.0.0.1", port: 0 },
      { host: "127.0.0.1", port: world.port },
    ];
    await expect(RadiusServer.open({ listen, secrets, desk, clock })).rejects.toThrow(
      `RADIUS cannot listen on port ${world.port} of 127.0.0.1: another program listens there`,
    );
    const elsewhere = [{ host: "192.0.2.1", port: 1812 }];
    await expect(RadiusServer.open({ listen: elsewhere, secrets, desk, clock })).rejects.toThrow(
      "this machine does not have that address",
    );
  });

  test("ends with all runs, and can end twice", async () => {
    await open();
    await byHand.ask(request(carrying(identity(ENROLLEE_IDENTITY))));
    expect(world.server.runs).toBe(1);
    await world.server.close();
    await world.server.close();
    expect(world.server.runs).toBe(0);
  });
});
