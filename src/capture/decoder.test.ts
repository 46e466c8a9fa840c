import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadVector, must } from "../../test/vectors.ts";
import { macAddressFrom } from "../wsc/address.ts";
import { concat, toHex } from "../wsc/bytes.ts";
import { split } from "../wsc/eap/fragments.ts";
import { buildPacket, type Fragment } from "../wsc/eap/packet.ts";
import { toElements } from "../wsc/elements.ts";
import { parsePin } from "../wsc/pin.ts";
import { Decoder, decodeCapture } from "./decoder.ts";
import { BROADCAST, eapolFrame, type Frame, managementFrame, ssidElement } from "./frames.ts";
import type { DecodedMessage, DecoderItem } from "./message.ts";
import { LINK_TYPE } from "./packet.ts";
import { pcapHead, pcapRecord } from "./pcap.ts";
import { judgePin } from "./pin-verdict.ts";
import { type Run, wrongHalfOf } from "./run.ts";
import { summarize } from "./summary.ts";

const folder = join(import.meta.dirname, "..", "..", "test", "captures");
const load = (name: string) => new Uint8Array(readFileSync(join(folder, `${name}.pcap`)));

async function decodeBytes(...chunks: readonly Uint8Array[]): Promise<DecoderItem[]> {
  const items: DecoderItem[] = [];
  for await (const item of decodeCapture(chunks)) items.push(item);
  return items;
}

const messages = (items: readonly DecoderItem[]): DecodedMessage[] => items.filter((item) => item.type === "message");
const runs = (items: readonly DecoderItem[]): Run[] => items.flatMap((item) => (item.type === "run" ? [item.run] : []));
const isProtocol = ({ message }: DecodedMessage) => /^M\d|^WSC_(?!Start)/.test(message);

const station = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 1, 0));
const accessPoint = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 0));

/** Frames a second apart. */
function decodeFrames(frames: readonly Frame[]): DecoderItem[] {
  const decoder = new Decoder();
  const items = frames.flatMap((frame, i) =>
    decoder.take({ type: "packet", at: BigInt(i) * 1_000_000_000n, ...frame }),
  );
  return [...items, ...decoder.end(null)];
}

/** A recorded run as frames over Ethernet. */
function framesOf(name: string): Frame[] {
  const vector = loadVector(name);
  return vector.eap
    .filter(({ bytes }) => bytes.length > 0)
    .map(({ from, bytes }) => {
      const ends = from === vector.apMac ? { from: accessPoint, to: station } : { from: station, to: accessPoint };
      return eapolFrame(ends, bytes);
    });
}

describe("recorded captures", () => {
  test.each([
    "pbc",
    "pin",
    "wrongpin2",
    "frag",
    "reg_learn",
  ])("%s: every message of the run comes out whole, in order and in one run", async (name) => {
    const vector = loadVector(name);
    const found = messages(await decodeBytes(load(name))).filter((item) => isProtocol(item) && !item.repeated);
    expect(found.map(({ message, from }) => `${message} ${from}`)).toEqual(
      vector.messages.map(({ type, from }) => `${type} ${from}`),
    );
    expect(found.map(({ bytes }) => toHex(bytes))).toEqual(vector.messages.map(({ bytes }) => toHex(bytes)));
    expect(new Set(found.map(({ run }) => run))).toEqual(new Set([1]));
    for (const { fault } of found) expect(fault).toBeNull();
  });

  test("er: M2D of the access point and M2 of the external Registrar belong to the same run", async () => {
    const items = await decodeBytes(load("er"));
    const [run, ...others] = runs(items);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ outcome: "success", registrar: { name: "Vector ER" } });
    expect(
      messages(items)
        .filter(isProtocol)
        .map(({ message }) => message),
    ).toEqual(loadVector("er").messages.map(({ type }) => type));
  });

  test("er-upnp: both runs over UPnP, one to learn and one proxied, and the question before them", async () => {
    const items = await decodeBytes(load("er-upnp"));
    expect(runs(items).map(({ number, outcome, enrolleeIs }) => [number, outcome, enrolleeIs])).toEqual([
      [2, "learned", "accessPoint"],
      [3, "success", "station"],
      [1, "unanswered", "accessPoint"],
    ]);
    const proxied = messages(items).filter(({ run }) => run === 3);
    expect(proxied.map(({ message, action, direction }) => `${message} ${action} ${direction}`)).toEqual([
      "M1 WLANEvent toRegistrar",
      "M2 PutWLANResponse toEnrollee",
      "M3 WLANEvent toRegistrar",
      "M4 PutWLANResponse toEnrollee",
      "M5 WLANEvent toRegistrar",
      "M6 PutWLANResponse toEnrollee",
      "M7 WLANEvent toRegistrar",
      "M8 PutWLANResponse toEnrollee",
      "WSC_Done WLANEvent toRegistrar",
    ]);
    // The same run as er.pcap saw it on the air: what the station said there is what the events tell.
    const onAir = messages(await decodeBytes(load("er"))).filter(isProtocol);
    for (const { message, bytes } of proxied) {
      const [same] = onAir.filter((other) => other.message === message && toHex(other.bytes) === toHex(bytes));
      expect(same, message).toBeDefined();
    }
    expect(messages(items).map(({ message }) => message)).toContain("SetSelectedRegistrar");
  });

  test("fragments are put together, and the last one's packet is the message's", async () => {
    const found = messages(await decodeBytes(load("frag"))).filter(isProtocol);
    expect(found.map(({ packet, message, fragments }) => [packet, message, fragments])).toEqual([
      [119, "M1", 9],
      [122, "M2", 1],
      [132, "M3", 3],
      [135, "M4", 1],
      [145, "M5", 3],
      [147, "M6", 1],
      [158, "M7", 3],
      [160, "M8", 1],
      [167, "WSC_Done", 2],
    ]);
  });

  test("beacons that say nothing new are marked", async () => {
    const beacons = messages(await decodeBytes(load("pbc"))).filter(({ message }) => message === "Beacon");
    expect(beacons.filter(({ repeated }) => !repeated).map(summarize)).toEqual([
      '"VectorNet", configured',
      '"VectorNet", configured, Registrar selected (push button), for anybody',
      '"VectorNet", configured',
    ]);
  });
});

describe("runs", () => {
  test.each([
    ["pbc", "success", null],
    ["pin4", "success", null],
    ["wrongpin1", "wrongPassword", 1],
    ["wrongpin2", "wrongPassword", 2],
    ["reg_wrong", "wrongPassword", 1],
    ["reg_learn", "learned", null],
    // Its access point could not store the new settings, and said NACK without a reason.
    ["reg_config", "refused", null],
    ["locked", "locked", null],
  ])("%s ends with %s", (name, outcome, half) => {
    const [run, ...others] = runs(decodeFrames(framesOf(name)));
    expect(others).toEqual([]);
    expect(run).toMatchObject({ number: 1, outcome });
    expect(run && wrongHalfOf(run)).toBe(half);
  });

  test("one that EAP-Failure cuts off was broken off, or turned away if M2D said so", () => {
    const failure = eapolFrame({ from: accessPoint, to: station }, Uint8Array.of(4, 99, 0, 4));
    const upTo = (name: string, count: number) => {
      const vector = loadVector(name);
      const frames = vector.messages.slice(0, count).map(({ from, opCode, bytes }, i) => {
        const fromAp = from === vector.apMac;
        const fragment: Fragment = { opCode, moreFragments: false, messageLength: null, data: bytes };
        const packet = buildPacket({ type: "wsc", code: fromAp ? "request" : "response", identifier: i, fragment });
        return eapolFrame(fromAp ? { from: accessPoint, to: station } : { from: station, to: accessPoint }, packet);
      });
      return runs(decodeFrames([...frames, failure])).map(({ outcome }) => outcome);
    };
    expect(upTo("pin", 5)).toEqual(["aborted"]);
    expect(upTo("er", 3)).toEqual(["turnedAway"]);
  });

  test("one that the capture cuts off is unfinished", () => {
    expect(runs(decodeFrames(framesOf("pin").slice(0, 8)))).toMatchObject([{ outcome: "unfinished" }]);
  });

  test("a packet sent again is the same message again, and changes nothing", () => {
    const frames = framesOf("pin");
    const items = decodeFrames(frames.flatMap((frame) => [frame, frame]));
    expect(runs(items)).toMatchObject([{ number: 1, outcome: "success" }]);
    const found = messages(items).filter(isProtocol);
    expect(found.filter(({ repeated }) => repeated).length).toBe(found.length / 2);
  });

  test("two stations at once are two runs", () => {
    const other = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 2, 0));
    const first = framesOf("pin");
    const second = loadVector("pbc").eap.map(({ from, bytes }) =>
      eapolFrame(
        from === "02:00:00:00:00:00" ? { from: accessPoint, to: other } : { from: other, to: accessPoint },
        bytes,
      ),
    );
    const mixed = first.flatMap((frame, i) => [frame, ...second.slice(i, i + 1)]);
    expect(runs(decodeFrames(mixed)).map(({ outcome }) => outcome)).toEqual(["success", "success"]);
  });

  test("messages whose M1 the capture missed belong to no run", () => {
    const items = decodeFrames(framesOf("pin").slice(4));
    expect(
      messages(items)
        .filter(isProtocol)
        .map(({ run }) => run),
    ).not.toContain(1);
    expect(runs(items)).toEqual([]);
  });
});

describe("a PIN", () => {
  const pin = must(parsePin("12345670"));
  const verdictOf = (name: string, frames = framesOf(name)) => {
    const [run] = runs(decodeFrames(frames));
    return run === undefined ? undefined : judgePin(run, pin);
  };

  test.each([
    ["pbc", "impossible"],
    ["nfc", "impossible"],
    ["pin", "possible"],
    ["reg_learn", "possible"],
    ["wrongpin1", "atMostOneEnds"],
    ["wrongpin2", "atMostOneEnds"],
    ["locked", "notUsed"],
  ])("in the run of %s: %s", (name, verdict) => {
    expect(verdictOf(name)?.verdict).toBe(verdict);
  });

  test("the verdict never says it", () => {
    for (const name of ["pbc", "pin", "wrongpin1", "locked"]) expect(verdictOf(name)?.why).not.toContain(pin);
  });

  test("the fixed password of push button is told for what it is", () => {
    const [run] = runs(decodeFrames(framesOf("pbc")));
    expect(run && judgePin(run, must(parsePin("00000000")))).toMatchObject({ verdict: "possible" });
  });

  test("a run that had not begun to prove anything has used none", () => {
    const [m1, m2] = loadVector("pin").messages;
    const count = framesOf("pin").findIndex(({ bytes }) => toHex(bytes).includes(toHex(m2?.bytes ?? new Uint8Array())));
    expect(m1?.type).toBe("M1");
    expect(verdictOf("pin", framesOf("pin").slice(0, count + 1))?.verdict).toBe("notUsed");
  });
});

describe("what is broken on the way", () => {
  const m1 = loadVector("pin").messages[0]?.bytes ?? new Uint8Array();
  const beacon = (attributes: Uint8Array) =>
    managementFrame(
      "Beacon",
      { from: accessPoint, to: BROADCAST, bssid: accessPoint },
      concat(ssidElement(new TextEncoder().encode("Home")), toElements(attributes)),
    );

  test("attributes longer than one element are read over all of them", () => {
    const [found] = messages(decodeFrames([beacon(m1)]));
    expect(toHex(found?.bytes ?? new Uint8Array())).toBe(toHex(m1));
    expect(found).toMatchObject({ message: "Beacon", from: accessPoint, to: BROADCAST, fault: null });
  });

  test("what comes before the attribute that runs past the end is told, and so is the fault", () => {
    const [found] = messages(decodeFrames([beacon(m1.subarray(0, 12))]));
    expect(found?.attributes.map(({ name }) => name)).toEqual(["version", "messageType"]);
    expect(found?.fault).toEqual({ kind: "truncated", offset: 10 });
    expect(found && summarize(found)).toContain("malformed: the attribute at byte 10 runs past the end");
  });

  test("a fragment without its beginning is told", () => {
    const [, middle] = split({ opCode: "WSC_MSG", bytes: m1 }, 100);
    if (middle === undefined) throw new Error("M1 fits one fragment");
    const packet = buildPacket({ type: "wsc", code: "response", identifier: 1, fragment: middle });
    const [found] = messages(decodeFrames([eapolFrame({ from: station, to: accessPoint }, packet)]));
    expect(found).toMatchObject({ message: "fragment", fault: { kind: "fragment", fault: "lengthMissing" } });
  });

  test("a Network Key in the clear, which no peer should send, does not show", () => {
    const key = new TextEncoder().encode("a key not to show");
    const [found] = messages(decodeFrames([beacon(concat(Uint8Array.of(0x10, 0x27, 0, key.length), key))]));
    expect(JSON.stringify(found?.attributes)).toContain("[secret]");
  });

  test("packets of a link type we cannot read are counted", () => {
    const items = decodeFrames([
      { linkType: 147, bytes: m1 },
      { linkType: 147, bytes: m1 },
    ]);
    expect(items).toEqual([{ type: "end", packets: 2, unread: new Map([[147, 2]]), fault: null }]);
  });

  test("a capture cut anywhere is decoded up to there", async () => {
    const whole = concat(
      pcapHead(LINK_TYPE.ethernet),
      ...framesOf("frag").map(({ bytes }, i) => pcapRecord({ at: BigInt(i), bytes })),
    );
    const all = (await decodeBytes(whole)).filter(({ type }) => type === "message");
    const seen = new Set<number>();
    // Every seventh byte: within each of the records, their heads and their attributes.
    for (let length = 24; length < whole.length; length += 7) {
      const items = await decodeBytes(whole.subarray(0, length));
      const found = messages(items);
      expect(found.length).toBeLessThanOrEqual(all.length);
      seen.add(found.length);
      expect(items.at(-1)?.type).toBe("end");
    }
    expect(seen.size).toBe(all.length);
  });

  test("nothing that can stand in a capture makes the decoder throw", async () => {
    const originals = ["pbc", "frag", "er-upnp", "reg_learn"].map(load);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 200 }),
        async (original, changes) => {
          const bytes = original.slice();
          // The file's own lengths stay right, so that the damage reaches every layer above.
          const view = new DataView(bytes.buffer);
          const starts: number[] = [];
          for (let at = 24; at < bytes.length; at += 16 + view.getUint32(at + 8, true)) starts.push(at);
          for (const [where, value] of changes) {
            const start = starts[where % starts.length] ?? 24;
            const length = view.getUint32(start + 8, true);
            bytes[start + 16 + ((where * 31) % length)] = value;
          }
          for (const item of await decodeBytes(bytes)) if (item.type === "message") summarize(item);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("nor does any packet of any link type", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...Object.values(LINK_TYPE)), fc.uint8Array({ maxLength: 120 }))),
        (packets) => {
          decodeFrames(packets.map(([linkType, bytes]) => ({ linkType, bytes })));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
