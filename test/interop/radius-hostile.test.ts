/** What somebody hostile sends a RADIUS server, with the secret and without, while devices enrol. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { RadiusClient } from "../../src/radius/client.ts";
import { eapAttributes, RADIUS_ATTRIBUTE, type RadiusAttribute } from "../../src/radius/packet.ts";
import { macAddressFrom } from "../../src/wsc/address.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../../src/wsc/eap/packet.ts";
import { parsePin, pinPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { must } from "../vectors.ts";
import { Datagrams, request } from "./radius-datagrams.ts";
import { mac, names, RadiusStation, text } from "./radius-station.ts";
import { network, RadiusWorld, secretText } from "./radius-world.ts";

/**
 * Datagrams of one flood: many times the 128 runs that a client may have. The bounds of what is kept (runs, answers) are
 * tried one by one beside the code; here it is whether somebody else enrols meanwhile.
 */
const FLOOD = 2_000;
/** How many are on their way at a time: a socket's buffer holds some hundred. */
const AT_A_TIME = 50;
/** While each of them flows, a device enrols. */
const PARTS = 4;
/** What may be kept of one: an answer that may be asked for again, or its share of 128 runs. Twice what it comes to. */
const KEPT_BYTES = 3_000;

const home = mac("02:00:00:00:00:01");
const pin = must(parsePin("12345670"));
const secret = new Secret(secretText);
const identity = (identifier: number) =>
  buildPacket({ code: "response", identifier, type: "identity", identity: text(ENROLLEE_IDENTITY) });
const station = (number: number) => macAddressFrom(Uint8Array.of(2, 0, 1, 0, number >> 8, number & 0xff));

let world: RadiusWorld;
let honest: RadiusClient;
let hostile: Datagrams;

beforeEach(async () => {
  const keys = { answer: async () => ({ type: "keys" as const, keys: [new Secret("a key of 16 bytes")] }) };
  world = await RadiusWorld.open({ instances: [home], keys });
  honest = await RadiusClient.open({ host: "127.0.0.1", port: world.port, secret, clock: systemClock });
  hostile = await Datagrams.open(world.port, { from: "127.0.0.66", host: "127.0.0.1" });
});
afterEach(async () => {
  honest.close();
  hostile.close();
  await world.close();
});

/** Another device enrols. */
async function enrols(number: number): Promise<void> {
  await world.registrar.enterPin(home, pin);
  const options = { macAddress: station(50_000 + number), instance: home, password: pinPassword(pin) };
  expect((await new RadiusStation(honest, options).run()).key).toBe(network.key);
}

/** Part of a flood, sent and dealt with. */
async function flow(datagrams: (number: number) => Uint8Array, from: number, to: number): Promise<void> {
  const dealtWith = () => world.seen.get("127.0.0.66") ?? 0;
  const before = dealtWith() - from;
  for (let number = from; number < to; number += AT_A_TIME) {
    const burst = Array.from({ length: AT_A_TIME }, (_, i) => hostile.send(datagrams(number + i)));
    await Promise.all(burst);
    await world.until(() => dealtWith() - before >= number + AT_A_TIME);
  }
}

describe(`a flood of ${FLOOD} datagrams`, () => {
  const wrong = new Secret("guessed");
  const asking = (number: number): readonly RadiusAttribute[] => [
    ...names(station(number), home),
    ...eapAttributes(identity(number & 0xff)),
  ];
  // One of each kind serves many times: what is dropped leaves no trace that could tell.
  const forged = request(asking(1), { secret: wrong });
  const cases: readonly (readonly [string, string | null, (number: number) => Uint8Array])[] = [
    ["of noise", "malformed", (number) => new Uint8Array(number % 300).fill(number)],
    ["under a guessed secret", "wrongSecret", () => forged],
    ["of answers, as we send them", "notARequest", () => request(asking(1), { code: 11 })],
    ["that begin runs", null, (number) => request(asking(number))],
    [
      "with made-up States",
      null,
      (number) => request([...asking(1).slice(0, 2), { type: 24, value: new Uint8Array(16).fill(number) }, ...eap()]),
    ],
    [
      "that ask for keys",
      null,
      (number) =>
        request([{ type: RADIUS_ATTRIBUTE.userName, value: text(station(number)) }, ...names(station(number), home)]),
    ],
  ];
  const eap = () => eapAttributes(Uint8Array.of(2, 1, 0, 6, 3, 0));

  test.each(cases)("%s keeps nobody from enrolling, and leaves nothing behind", async (_what, reason, datagram) => {
    const before = heapUsed();
    for (let number = 0; number < FLOOD; number += FLOOD / PARTS)
      await Promise.all([flow(datagram, number, number + FLOOD / PARTS), enrols(number)]);
    if (reason !== null) expect(world.drops).toEqual({ [reason]: FLOOD });
    // A client's runs at most; those of the devices are over.
    expect(world.server.runs).toBeLessThanOrEqual(128);
    world.radiusEvents.length = 0;
    world.registrarEvents.length = 0;
    expect(heapUsed() - before).toBeLessThan(FLOOD * KEPT_BYTES);
  });
});

/** Bytes, with all garbage collected. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe("whatever comes", () => {
  /** Sends it, and waits until it is dealt with. */
  const deal = async (bytes: Uint8Array) => {
    const before = world.radiusEvents.length;
    await hostile.send(bytes);
    await world.until(() => world.radiusEvents.length > before);
  };

  test("bytes of any kind are dropped, and the next device enrols", async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), deal), { numRuns: 300 });
    expect(world.radiusEvents.every(({ type }) => type === "dropped")).toBe(true);
    await enrols(1);
  });

  test("attributes of any kind by somebody with the secret are answered or dropped, and the next device enrols", async () => {
    const known = Object.values(RADIUS_ATTRIBUTE).filter((type) => type !== RADIUS_ATTRIBUTE.messageAuthenticator);
    const attribute = fc.record({
      type: fc.oneof(fc.constantFrom(...known), fc.nat(255)),
      value: fc.uint8Array({ maxLength: 253 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(attribute, { maxLength: 10 }), fc.boolean(), (attributes, named) =>
        deal(request([...(named ? names(station(1), home) : []), ...attributes])),
      ),
      { numRuns: 500 },
    );
    expect(world.radiusEvents.filter(({ type }) => type === "trouble")).toEqual([]);
    await enrols(2);
  });

  test("EAP of any kind in the middle of a run ends that run or not, and the next device enrols", async () => {
    const mangled = fc.record({ at: fc.nat(600), byte: fc.nat(255), length: fc.nat(600) });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.array(mangled, { minLength: 1, maxLength: 3 }), async (steps, changes) => {
        await world.registrar.enterPin(home, pin);
        const macAddress = station(number++);
        const device = new RadiusStation(honest, { macAddress, instance: home, password: pinPassword(pin) });
        for (let i = 0; i < steps; i++) await device.step();
        let eap = device.reply ?? identity(0);
        for (const { at, byte, length } of changes) {
          eap = eap.map((old, i) => (i === at % eap.length ? byte : old));
          if (length < eap.length) eap = eap.subarray(0, Math.max(1, length));
        }
        await honest.request(device.request(eap));
      }),
      { numRuns: 150 },
    );
    expect(world.radiusEvents.filter(({ type }) => type === "trouble")).toEqual([]);
    await enrols(3);
  });

  test("an answer that is sent back to us, and a request played again and again, do nothing", async () => {
    await enrols(4);
    const bytes = request([...names(station(1), home), ...eapAttributes(identity(1))]);
    await hostile.send(bytes);
    const answer = await hostile.next();
    await deal(answer);
    expect(world.drops).toEqual({ notARequest: 1 });
    const runs = world.server.runs;
    for (let i = 0; i < 100; i++) await deal(bytes);
    expect(world.server.runs).toBe(runs);
    await enrols(5);
  });
});
