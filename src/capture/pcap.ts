/**
 * pcap files: read in both byte orders, with microseconds or nanoseconds, and written with nanoseconds.
 * What is in a packet is not looked at.
 */
import { concat } from "../wsc/bytes.ts";
import type { ByteStream } from "./byte-stream.ts";
import type { CaptureEvent, Packet } from "./packet.ts";

const MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const;
const FILE_HEAD = 24;
const PACKET_HEAD = 16;

/** No capture tool writes longer packets of the link types we read (libpcap's own limit). */
const LONGEST_PACKET = 262_144;

/** What the first four bytes of a pcap file tell; null if they are not of one. */
export function pcapVariant(magic: Uint8Array): { littleEndian: boolean; nanosecondsPerTick: bigint } | null {
  if (magic.length < 4) return null;
  const view = new DataView(magic.buffer, magic.byteOffset, 4);
  for (const littleEndian of [true, false]) {
    const value = view.getUint32(0, littleEndian);
    if (value === MAGIC.microseconds) return { littleEndian, nanosecondsPerTick: 1000n };
    if (value === MAGIC.nanoseconds) return { littleEndian, nanosecondsPerTick: 1n };
  }
  return null;
}

/** The packets of a pcap file whose first bytes {@link pcapVariant} has recognised, and nothing else, whatever comes. */
export async function* readPcap(stream: ByteStream): AsyncGenerator<CaptureEvent, void> {
  const head = await stream.take(FILE_HEAD);
  const variant = head && pcapVariant(head);
  if (head === null || variant === null) return yield { type: "broken", fault: { kind: "truncated", offset: 0 } };
  const { littleEndian, nanosecondsPerTick } = variant;
  // The upper 16 bits tell of a frame check sequence at the end, which no reader of ours minds.
  const linkType = viewOf(head).getUint32(20, littleEndian) & 0xffff;

  for (;;) {
    const { offset } = stream;
    const packetHead = stream.takeNow(PACKET_HEAD) ?? (await stream.take(PACKET_HEAD));
    if (packetHead === null) {
      if ((await stream.peek(1)).length > 0) yield { type: "broken", fault: { kind: "truncated", offset } };
      return;
    }
    const view = viewOf(packetHead);
    const at =
      BigInt(view.getUint32(0, littleEndian)) * 1_000_000_000n +
      BigInt(view.getUint32(4, littleEndian)) * nanosecondsPerTick;
    const length = view.getUint32(8, littleEndian);
    if (length > LONGEST_PACKET) return yield { type: "broken", fault: { kind: "badLength", offset, length } };
    const bytes = stream.takeNow(length) ?? (await stream.take(length));
    if (bytes === null) return yield { type: "broken", fault: { kind: "truncated", offset } };
    yield { type: "packet", at, linkType, bytes };
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The head of a pcap file, whose packets are all of one link type. */
export function pcapHead(linkType: number): Uint8Array {
  const head = new Uint8Array(FILE_HEAD);
  const view = viewOf(head);
  view.setUint32(0, MAGIC.nanoseconds, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, LONGEST_PACKET, true);
  view.setUint32(20, linkType, true);
  return head;
}

/**
 * One packet, as it follows the head.
 * @throws RangeError for a packet longer than 262,144 bytes, or a time before 1970 or after 2106
 */
export function pcapRecord({ at, bytes }: Pick<Packet, "at" | "bytes">): Uint8Array {
  const time = at ?? 0n;
  if (time < 0n || time >= 2n ** 32n * 1_000_000_000n)
    throw new RangeError(`at: expected nanoseconds of the years 1970 to 2106, got ${time}`);
  if (bytes.length > LONGEST_PACKET)
    throw new RangeError(`bytes: expected at most ${LONGEST_PACKET}, got ${bytes.length}`);
  const head = new Uint8Array(PACKET_HEAD);
  const view = viewOf(head);
  view.setUint32(0, Number(time / 1_000_000_000n), true);
  view.setUint32(4, Number(time % 1_000_000_000n), true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, bytes.length, true);
  return concat(head, bytes);
}
