import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "../wsc/bytes.ts";
import { type CaptureEvent, explainFault, LINK_TYPE, type Packet } from "./packet.ts";
import { pcapHead, pcapRecord } from "./pcap.ts";
import { writePcapng } from "./pcapng.ts";
import { readCapture } from "./reader.ts";

const folder = join(import.meta.dirname, "..", "..", "test", "captures");
const files = readdirSync(folder).sort();
const load = (file: string) => new Uint8Array(readFileSync(join(folder, file)));

async function read(...chunks: readonly Uint8Array[]): Promise<CaptureEvent[]> {
  const events: CaptureEvent[] = [];
  for await (const event of readCapture(chunks)) events.push(event);
  return events;
}

/** In pieces of these sizes, in turn. */
function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

const packet = (at: bigint, ...bytes: number[]): Packet => ({
  type: "packet",
  at,
  linkType: LINK_TYPE.ethernet,
  bytes: Uint8Array.from(bytes),
});
const packets = [
  packet(1_700_000_000_123_456_789n, 1, 2, 3),
  packet(1_700_000_001_000_000_001n),
  packet(5n, 9, 8, 7, 6),
];

const asPcap = (list: readonly Packet[]) => concat(pcapHead(LINK_TYPE.ethernet), ...list.map(pcapRecord));
const asPcapng = (list: readonly Packet[]) => concat(...writePcapng(list));

/** The same capture in the other byte order: heads reversed number by number. */
function swapped(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const turn = (offset: number, length: number) => out.subarray(offset, offset + length).reverse();
  for (const [offset, length] of [
    [0, 4],
    [4, 2],
    [6, 2],
    [8, 4],
    [12, 4],
    [16, 4],
    [20, 4],
  ] as const)
    turn(offset, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let offset = 24; offset < bytes.length; offset += 16 + view.getUint32(offset + 8, true))
    for (const field of [0, 4, 8, 12]) turn(offset + field, 4);
  return out;
}

describe("what was written is read again", () => {
  test("pcap, to the nanosecond", async () => {
    expect(await read(asPcap(packets))).toEqual(packets);
  });

  test("pcap of the other byte order", async () => {
    expect(await read(swapped(asPcap(packets)))).toEqual(packets);
  });

  test("pcap with microseconds, as tcpdump writes it", async () => {
    const [first] = await read(load("pin.pcap"));
    expect(first).toMatchObject({ type: "packet", linkType: LINK_TYPE.radiotap });
    expect((first as Packet).at).toBe(1795228028_416980n * 1000n);
  });

  test("pcapng, with an interface for each link type", async () => {
    const mixed = [...packets, { ...packet(7n, 1), linkType: LINK_TYPE.radiotap }];
    expect(await read(asPcapng(mixed))).toEqual(mixed);
  });

  test("either of them under gzip", async () => {
    expect(await read(gzipSync(asPcap(packets)))).toEqual(packets);
    expect(await read(gzipSync(asPcapng(packets)))).toEqual(packets);
  });

  test("in whatever pieces it comes", async () => {
    const wholes = [asPcap(packets), asPcapng(packets), new Uint8Array(gzipSync(asPcap(packets)))];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...wholes),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        async (whole, sizes) => {
          expect(await read(...pieces(whole, sizes))).toEqual(packets);
        },
      ),
    );
  });

  test("a packet that no file holds is the caller's bug", () => {
    expect(() => pcapRecord(packet(-1n))).toThrow(RangeError);
    expect(() => pcapRecord({ at: 0n, bytes: new Uint8Array(300_000) })).toThrow(RangeError);
  });
});

describe("pcapng as others write it", () => {
  const u32 = (littleEndian: boolean, ...values: number[]) => {
    const bytes = new Uint8Array(4 * values.length);
    values.forEach((value, i) => {
      new DataView(bytes.buffer).setUint32(4 * i, value, littleEndian);
    });
    return bytes;
  };
  const block = (littleEndian: boolean, type: number, ...body: Uint8Array[]) => {
    const length = concat(...body).length + 12;
    return concat(u32(littleEndian, type, length), ...body, u32(littleEndian, length));
  };
  const section = (littleEndian: boolean) =>
    block(littleEndian, 0x0a0d0d0a, u32(littleEndian, 0x1a2b3c4d, littleEndian ? 1 : 0x10000, 0xffffffff, 0xffffffff));
  const ethernet = (littleEndian: boolean, ...options: Uint8Array[]) =>
    block(littleEndian, 1, Uint8Array.of(...(littleEndian ? [1, 0] : [0, 1]), 0, 0), u32(littleEndian, 0), ...options);
  const enhanced = (littleEndian: boolean, ticks: number) =>
    block(littleEndian, 6, u32(littleEndian, 0, 0, ticks, 1, 1), Uint8Array.of(0xab, 0, 0, 0));

  test("sections of both byte orders in one file, and blocks of no interest", async () => {
    const file = concat(
      section(true),
      ethernet(true),
      block(true, 4, u32(true, 0)),
      enhanced(true, 3),
      section(false),
      ethernet(false),
      enhanced(false, 4),
    );
    expect(await read(file)).toEqual([packet(3000n, 0xab), packet(4000n, 0xab)]);
  });

  test("clocks with powers of two, and with an offset in seconds", async () => {
    const powerOfTwo = Uint8Array.of(9, 0, 1, 0, 0x81, 0, 0, 0);
    expect(await read(section(true), ethernet(true, powerOfTwo), enhanced(true, 3))).toEqual([
      packet(1_500_000_000n, 0xab),
    ]);
    const offset = Uint8Array.of(14, 0, 8, 0, 2, 0, 0, 0, 0, 0, 0, 0);
    expect(await read(section(true), ethernet(true, offset), enhanced(true, 3))).toEqual([
      packet(2_000_003_000n, 0xab),
    ]);
  });

  test("simple packets, which have no time, and the obsolete kind", async () => {
    const simple = block(true, 3, u32(true, 2), Uint8Array.of(1, 2, 0, 0));
    const obsolete = block(true, 2, u32(true, 0, 0, 5, 1, 1), Uint8Array.of(0xab, 0, 0, 0));
    expect(await read(section(true), ethernet(true), simple, obsolete)).toEqual([
      { ...packet(0n, 1, 2), at: null },
      packet(5000n, 0xab),
    ]);
  });

  test("a packet of an interface that was never described is told", async () => {
    expect(await read(section(true), enhanced(true, 1))).toEqual([
      { type: "broken", fault: { kind: "unknownInterface", offset: 28 } },
    ]);
  });

  test("a file full of interfaces ends", async () => {
    const many = Array.from({ length: 5000 }, () => ethernet(true));
    const events = await read(section(true), ...many);
    expect(events).toEqual([{ type: "broken", fault: { kind: "tooManyInterfaces", offset: 28 + 4096 * 20 } }]);
  });
});

describe("bad files", () => {
  test("an empty file and a text are told apart from captures", async () => {
    expect(await read()).toEqual([{ type: "broken", fault: { kind: "empty" } }]);
    const text = new TextEncoder().encode("From the desk of nobody");
    expect(await read(text)).toEqual([{ type: "broken", fault: { kind: "notACapture" } }]);
    expect(await read(gzipSync(text))).toEqual([{ type: "broken", fault: { kind: "notACapture" } }]);
  });

  test("a length that cannot be ends the reading, without the memory for it", async () => {
    const bytes = asPcap(packets);
    new DataView(bytes.buffer).setUint32(24 + 8, 0x7fffffff, true);
    expect(await read(bytes)).toEqual([
      { type: "broken", fault: { kind: "badLength", offset: 24, length: 0x7fffffff } },
    ]);
  });

  test.each([
    ["pcap", asPcap(packets)],
    ["pcapng", asPcapng(packets)],
  ])("%s cut at any byte gives the packets before the cut, then says so", async (_, whole) => {
    for (let length = 1; length < whole.length; length++) {
      const events = await read(whole.subarray(0, length));
      const found = events.filter(({ type }) => type === "packet");
      expect(found).toEqual(packets.slice(0, found.length));
      const last = events.at(-1);
      // A cut between two packets cannot be seen; any other is.
      if (found.length < events.length)
        expect(last).toMatchObject({ type: "broken", fault: { kind: length < 4 ? "notACapture" : "truncated" } });
    }
  });

  test("gzip cut at any byte gives what unpacks, then says so", async () => {
    const whole = new Uint8Array(gzipSync(asPcap(packets)));
    for (let length = 2; length < whole.length; length++) {
      const events = await read(whole.subarray(0, length));
      expect(events.at(-1)).toEqual({ type: "broken", fault: { kind: "damagedGzip" } });
    }
    // All but the check at the end is there, and so are all packets.
    expect(await read(whole.subarray(0, -8))).toEqual([...packets, { type: "broken", fault: { kind: "damagedGzip" } }]);
  });

  test("what follows the end of the gzip data takes nothing away from it, and ends the reading", async () => {
    const garbage = new Uint8Array(10_000).fill(0xaa);
    const whole = new Uint8Array(gzipSync(asPcap(packets)));
    expect(await read(whole, garbage)).toEqual([...packets, { type: "broken", fault: { kind: "damagedGzip" } }]);
  });

  test("damage in the middle of a gzip file leaves what was before it", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => packet(BigInt(i), i & 0xff, (i * 7919) & 0xff));
    const whole = new Uint8Array(gzipSync(asPcap(many)));
    whole.fill(0xff, whole.length >> 1);
    const events = await read(whole);
    expect(events.length).toBeGreaterThan(5000);
    expect(events.slice(0, 5000)).toEqual(many.slice(0, 5000));
    expect(events.at(-1)).toMatchObject({ type: "broken" });
  });

  test("whatever the bytes are, reading ends with packets and at most one fault, which has a sentence", async () => {
    const heads = [new Uint8Array(), asPcap([]), asPcapng(packets).subarray(0, 48), Uint8Array.of(0x1f, 0x8b, 8, 0)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), async (head, rest) => {
        const events = await read(head, rest);
        const broken = events.filter(({ type }) => type === "broken");
        expect(broken.length).toBeLessThanOrEqual(1);
        for (const event of broken) expect(event.type === "broken" && explainFault(event.fault)).toMatch(/^[A-Z].*\.$/);
      }),
      { numRuns: 1000 },
    );
  });

  test("any mutation of a real capture is read to some end", async () => {
    const originals = files.map(load);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 20 }),
        async (original, changes) => {
          const bytes = original.slice();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const events = await read(bytes);
          expect(events.filter(({ type }) => type === "broken").length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test("an error of the disk is not the file's fault, and is thrown", async () => {
    const failing = (async function* () {
      yield pcapHead(LINK_TYPE.ethernet);
      throw new Error("EIO");
    })();
    await expect(
      (async () => {
        for await (const _ of readCapture(failing));
      })(),
    ).rejects.toThrow("EIO");
  });
});
