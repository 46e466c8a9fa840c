/** Runs without datagrams: how many there may be, which go first, and in what order their responses are taken. */
import { beforeEach, describe, expect, test } from "vitest";
import { mac, text } from "../../test/interop/radius-station.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../wsc/eap/packet.ts";
import { type EapAnswer, Enrolments } from "./enrolments.ts";

const home = mac("02:00:00:00:00:01");
const identity = buildPacket({ code: "response", identifier: 0, type: "identity", identity: text(ENROLLEE_IDENTITY) });
const response = (identifier: number) => Uint8Array.of(2, identifier, 0, 4);

/** A desk whose conversations answer when they are told to. */
class Desk {
  readonly heard: {
    readonly peer: MacAddress;
    readonly bytes: Uint8Array;
    answer(packet: Uint8Array | Error): void;
  }[] = [];
  readonly closed: MacAddress[] = [];

  open(peer: MacAddress) {
    return {
      respond: (bytes: Uint8Array | null) =>
        new Promise<Uint8Array>((resolve, reject) => {
          const answer = (packet: Uint8Array | Error) => (packet instanceof Error ? reject(packet) : resolve(packet));
          this.heard.push({ peer, bytes: bytes ?? new Uint8Array(), answer });
        }),
      close: () => {
        this.closed.push(peer);
      },
    };
  }

  /** Answers whatever has been heard first and not been answered yet. */
  answer(packet: Uint8Array | Error): void {
    this.heard.shift()?.answer(packet);
  }
}

const request = (identifier: number) => Uint8Array.of(1, identifier, 0, 5, 254);
const failure = Uint8Array.of(4, 9, 0, 4);
const station = (number: number) => mac(`0200000002${number.toString(16).padStart(2, "0")}`);
/** Lets promises run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

let desk: Desk;
let clock: VirtualClock;
let enrolments: Enrolments;

beforeEach(() => {
  desk = new Desk();
  clock = new VirtualClock();
  enrolments = new Enrolments({ desk, clock, limits: { inAll: 5, byClient: 3 } });
});

const ask = (number: number, eap: Uint8Array, state: Uint8Array | null, client = "192.0.2.1") =>
  enrolments.answer({ client, peer: station(number), instance: home, eap, state });

async function begin(number: number, client?: string): Promise<Uint8Array> {
  const answer = ask(number, identity, null, client);
  await turn();
  desk.heard.pop()?.answer(request(1));
  return stateOf(await answer);
}

function stateOf(answer: EapAnswer): Uint8Array {
  if (answer.type !== "challenge") throw new Error(`expected a challenge, got ${answer.type}`);
  return answer.state;
}

describe("a client", () => {
  test("beyond its runs loses the one that is silent longest, and no other client's", async () => {
    const other = await begin(9, "192.0.2.2");
    const first = await begin(1);
    for (const number of [2, 3]) await begin(number);
    void ask(1, response(1), first);
    await turn();
    await begin(4);
    expect(desk.closed).toEqual([station(2)]);
    expect(enrolments.count).toBe(4);
    void ask(9, response(1), other, "192.0.2.2");
    await turn();
    expect(desk.heard).toHaveLength(2);
  });

  test("has no new run when there are too many of all clients, until one is over", async () => {
    for (const number of [1, 2, 3]) await begin(number);
    const states = [await begin(4, "192.0.2.2"), await begin(5, "192.0.2.2")];
    expect(await ask(6, identity, null, "192.0.2.3")).toEqual({ type: "full" });
    const end = ask(5, response(1), states[1] ?? null, "192.0.2.2");
    await turn();
    desk.answer(failure);
    expect(await end).toEqual({ type: "reject", eap: failure, why: null });
    await begin(6, "192.0.2.3");
    expect(enrolments.count).toBe(5);
  });

  test("that begins run after run leaves nothing behind", async () => {
    for (let number = 0; number < 200; number++) await begin(number);
    expect(enrolments.count).toBe(3);
    expect(desk.closed).toHaveLength(197);
    await clock.advance(30_000);
    expect(enrolments.count).toBe(0);
    expect(desk.closed).toHaveLength(200);
  });
});

describe("responses", () => {
  test("are taken one after the other", async () => {
    const state = await begin(1);
    const [one, two] = [ask(1, response(1), state), ask(1, response(2), state)];
    await turn();
    expect(desk.heard.map(({ bytes }) => bytes)).toEqual([response(1)]);
    desk.answer(request(2));
    await one;
    await turn();
    expect(desk.heard.map(({ bytes }) => bytes)).toEqual([response(2)]);
    desk.answer(request(3));
    expect(await two).toMatchObject({ eap: request(3) });
  });

  test("that are repeated while the first is taken have its answer", async () => {
    const state = await begin(1);
    const both = [ask(1, response(1), state), ask(1, response(1), state)];
    await turn();
    expect(desk.heard).toHaveLength(1);
    desk.answer(request(2));
    expect(await Promise.all(both)).toMatchObject([{ eap: request(2) }, { eap: request(2) }]);
  });

  test("that say who it is, repeated, begin one run", async () => {
    const both = [ask(1, identity, null), ask(1, identity, null)];
    await turn();
    expect(desk.heard).toHaveLength(1);
    desk.answer(request(1));
    const [one, two] = await Promise.all(both);
    expect(one).toEqual(two);
    expect(enrolments.count).toBe(1);
  });
});

test("a conversation that fails ends its run, and says so to whoever asked", async () => {
  const state = await begin(1);
  const both = [ask(1, response(1), state), ask(1, response(2), state)];
  const settled = Promise.allSettled(both);
  await turn();
  desk.answer(new Error("a bug"));
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(desk.closed).toEqual([station(1)]);
  expect(enrolments.count).toBe(0);
});

test("a run that is over while its response is taken is over once", async () => {
  const state = await begin(1);
  const last = ask(1, response(1), state);
  await turn();
  await begin(1);
  desk.answer(failure);
  await last.catch(() => {});
  expect(desk.closed).toEqual([station(1)]);
  expect(enrolments.count).toBe(1);
});
