/**
 * pcapng files: sections of either byte order, interfaces with their own link type and clock, packets in their three
 * kinds of blocks; every other block is passed over. Written with one section, and an interface per link type.
 */
import { concat } from "../wsc/bytes.ts";
import type { ByteStream } from "./byte-stream.ts";
import type { CaptureEvent, CaptureFault, Packet } from "./packet.ts";

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 2, simplePacket: 3, enhancedPacket: 6 } as const;
const BYTE_ORDER = 0x1a2b3c4d;
const OPTION = { end: 0, timestampResolution: 9, timestampOffset: 14 } as const;

/** Longer blocks are a damaged file's: libpcap draws the line here as well. */
const LONGEST_BLOCK = 16 * 1024 * 1024;
const MOST_INTERFACES = 4096;

/** Both ends of a block: type and length, and the length again. */
const BLOCK_HEAD = 8;
const BLOCK_FRAME = 12;

interface Interface {
  readonly linkType: number;
  readonly ticksPerSecond: bigint;
  /** Seconds to add. */
  readonly timestampOffset: bigint;
}

/** Whether a file that begins so is pcapng. */
export function isPcapng(magic: Uint8Array): boolean {
  return magic.length >= 4 && new DataView(magic.buffer, magic.byteOffset, 4).getUint32(0) === BLOCK.section;
}

/** The packets of a pcapng file. */
export async function* readPcapng(stream: ByteStream): AsyncGenerator<CaptureEvent, void> {
  let littleEndian = true;
  let interfaces: Interface[] = [];
  for (;;) {
    const { offset } = stream;
    const broken = (fault: CaptureFault): CaptureEvent => ({ type: "broken", fault });

    // A section's byte order stands behind its length, so this much is needed to read the length.
    const head = await stream.peek(BLOCK_FRAME);
    if (head.length === 0) return;
    if (head.length < BLOCK_FRAME) return yield broken({ kind: "truncated", offset });
    const headView = viewOf(head);
    const isSection = headView.getUint32(0) === BLOCK.section;
    if (isSection) {
      littleEndian = headView.getUint32(8, true) === BYTE_ORDER;
      if (!littleEndian && headView.getUint32(8) !== BYTE_ORDER)
        return yield broken(offset === 0 ? { kind: "notACapture" } : { kind: "badLength", offset, length: 0 });
      interfaces = [];
    }
    const type = headView.getUint32(0, littleEndian);
    const length = headView.getUint32(4, littleEndian);
    if (length < BLOCK_FRAME || length > LONGEST_BLOCK || length % 4 !== 0)
      return yield broken({ kind: "badLength", offset, length });
    const block = stream.takeNow(length) ?? (await stream.take(length));
    if (block === null) return yield broken({ kind: "truncated", offset });
    if (isSection) continue;

    const body = block.subarray(BLOCK_HEAD, length - 4);
    if (type === BLOCK.interface) {
      if (interfaces.length === MOST_INTERFACES) return yield broken({ kind: "tooManyInterfaces", offset });
      const described = readInterface(body, littleEndian);
      if (described === null) return yield broken({ kind: "badLength", offset, length });
      interfaces.push(described);
    } else if (type === BLOCK.enhancedPacket || type === BLOCK.packet || type === BLOCK.simplePacket) {
      const read = readPacket(type, body, littleEndian, interfaces);
      if (typeof read === "string")
        return yield broken(read === "badLength" ? { kind: read, offset, length } : { kind: read, offset });
      yield read;
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readInterface(body: Uint8Array, littleEndian: boolean): Interface | null {
  if (body.length < 8) return null;
  const view = viewOf(body);
  let ticksPerSecond = 1_000_000n;
  let timestampOffset = 0n;
  for (let offset = 8; offset + 4 <= body.length; ) {
    const code = view.getUint16(offset, littleEndian);
    const length = view.getUint16(offset + 2, littleEndian);
    const value = offset + 4;
    if (code === OPTION.end || value + length > body.length) break;
    if (code === OPTION.timestampResolution && length === 1) {
      const resolution = view.getUint8(value);
      ticksPerSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    }
    if (code === OPTION.timestampOffset && length === 8) timestampOffset = view.getBigInt64(value, littleEndian);
    offset = value + padded(length);
  }
  return { linkType: view.getUint16(0, littleEndian), ticksPerSecond, timestampOffset };
}

function readPacket(
  type: number,
  body: Uint8Array,
  littleEndian: boolean,
  interfaces: readonly Interface[],
): Packet | "badLength" | "unknownInterface" {
  const view = viewOf(body);
  // Simple Packet: only the length before cutting. Enhanced Packet: interface, time (2 x 32 bits), captured and original
  // length. The obsolete Packet has 16 bits of interface and 16 of drops.
  const simple = type === BLOCK.simplePacket;
  const start = simple ? 4 : 20;
  if (body.length < start) return "badLength";
  const number = simple ? 0 : type === BLOCK.packet ? view.getUint16(0, littleEndian) : view.getUint32(0, littleEndian);
  const captured = simple
    ? Math.min(view.getUint32(0, littleEndian), body.length - start)
    : view.getUint32(12, littleEndian);
  if (captured > body.length - start) return "badLength";
  const from = interfaces[number];
  if (from === undefined) return "unknownInterface";
  const bytes = body.subarray(start, start + captured);
  if (simple) return { type: "packet", at: null, linkType: from.linkType, bytes };
  const ticks = (BigInt(view.getUint32(4, littleEndian)) << 32n) | BigInt(view.getUint32(8, littleEndian));
  const at = (ticks * 1_000_000_000n) / from.ticksPerSecond + from.timestampOffset * 1_000_000_000n;
  return { type: "packet", at, linkType: from.linkType, bytes };
}

/** Values and packets fill up to four bytes. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

/** A whole pcapng file, block by block. Packets without a time get that of 1970. */
export function* writePcapng(packets: Iterable<Omit<Packet, "type">>): Generator<Uint8Array, void> {
  yield block(BLOCK.section, [u32(BYTE_ORDER), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)]);
  const linkTypes: number[] = [];
  for (const { at, linkType, bytes } of packets) {
    if (!linkTypes.includes(linkType)) {
      linkTypes.push(linkType);
      const nanoseconds = [u16(OPTION.timestampResolution), u16(1), Uint8Array.of(9, 0, 0, 0), u32(OPTION.end)];
      yield block(BLOCK.interface, [u16(linkType), u16(0), u32(0), ...nanoseconds]);
    }
    const time = BigInt.asUintN(64, at ?? 0n);
    yield block(BLOCK.enhancedPacket, [
      u32(linkTypes.indexOf(linkType)),
      u32(Number(time >> 32n)),
      u32(Number(time & 0xffffffffn)),
      u32(bytes.length),
      u32(bytes.length),
      bytes,
      new Uint8Array(padded(bytes.length) - bytes.length),
    ]);
  }
}

function block(type: number, body: readonly Uint8Array[]): Uint8Array {
  const length = body.reduce((sum, part) => sum + part.length, BLOCK_FRAME);
  return concat(u32(type), u32(length), ...body, u32(length));
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}
