/**
 * TCP over IPv4 and IPv6, as far as it takes to read what one end said in order: segments are sorted and repeats left
 * out. Checksums are not looked at (captures on the sending machine have none), and no fragments of IP put together.
 */
import { endText } from "./address-text.ts";

/** A piece of what one end said. */
export interface Segment {
  /** Address and port, as `endText` writes them. */
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly syn: boolean;
  /** FIN or RST: the sender says no more. */
  readonly last: boolean;
  readonly data: Uint8Array;
}

const PROTOCOL = { hopByHop: 0, tcp: 6, routing: 43, destinationOptions: 60 } as const;
const FLAG = { fin: 0x01, syn: 0x02, rst: 0x04 } as const;

/** The segment in an IP packet; null if there is none. */
export function readSegment(packet: Uint8Array): Segment | null {
  const version = (packet[0] ?? 0) >> 4;
  const inner = version === 4 ? readIpv4(packet) : version === 6 ? readIpv6(packet) : null;
  if (inner === null || inner.payload.length < 20) return null;
  const { from, to, payload } = inner;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const head = (view.getUint8(12) >> 4) * 4;
  if (head < 20 || head > payload.length) return null;
  const flags = view.getUint8(13);
  return {
    from: endText(from, view.getUint16(0)),
    to: endText(to, view.getUint16(2)),
    sequence: view.getUint32(4),
    syn: (flags & FLAG.syn) !== 0,
    last: (flags & (FLAG.fin | FLAG.rst)) !== 0,
    data: payload.subarray(head),
  };
}

interface Inner {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly payload: Uint8Array;
}

function readIpv4(packet: Uint8Array): Inner | null {
  if (packet.length < 20) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const head = (view.getUint8(0) & 0x0f) * 4;
  // Large sends handed to the network card are captured with a length of 0.
  const length = view.getUint16(2) || packet.length;
  const isFragment = (view.getUint16(6) & 0x3fff) !== 0;
  if (head < 20 || head > length || isFragment || view.getUint8(9) !== PROTOCOL.tcp) return null;
  return { from: packet.subarray(12, 16), to: packet.subarray(16, 20), payload: packet.subarray(head, length) };
}

function readIpv6(packet: Uint8Array): Inner | null {
  if (packet.length < 40) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const length = view.getUint16(4);
  let next = view.getUint8(6);
  let payload = packet.subarray(40, length === 0 ? packet.length : 40 + length);
  while (next === PROTOCOL.hopByHop || next === PROTOCOL.routing || next === PROTOCOL.destinationOptions) {
    if (payload.length < 8) return null;
    next = payload[0] ?? 0;
    payload = payload.subarray(8 + (payload[1] ?? 0) * 8);
  }
  return next === PROTOCOL.tcp ? { from: packet.subarray(8, 24), to: packet.subarray(24, 40), payload } : null;
}

/** What is kept of segments that came before the ones they follow: beyond it, what is missing counts as lost. */
const MOST_PENDING = { segments: 64, bytes: 65_536 } as const;

/** One direction of a connection. */
export class Flow {
  #next: number | null = null;
  #pending: Segment[] = [];

  /**
   * Takes a segment and gives the data that can now be read, in order. `"gap"` stands where the capture has lost some:
   * what comes next does not follow on what came before.
   */
  take(segment: Segment): (Uint8Array | "gap")[] {
    if (segment.syn) {
      this.#next = (segment.sequence + 1) >>> 0;
      this.#pending = [];
      return [];
    }
    if (segment.data.length === 0) return [];
    this.#next ??= segment.sequence;
    this.#pending.push({ ...segment, data: segment.data.slice() });
    const read: (Uint8Array | "gap")[] = this.#readable();
    const waiting = this.#pending.reduce((sum, { data }) => sum + data.length, 0);
    if (this.#pending.length > MOST_PENDING.segments || waiting > MOST_PENDING.bytes) {
      const from = this.#next;
      this.#next = this.#pending
        .map(({ sequence }) => sequence)
        .reduce((a, b) => (ahead(a, from) <= ahead(b, from) ? a : b));
      read.push("gap", ...this.#readable());
    }
    return read;
  }

  #readable(): Uint8Array[] {
    const read: Uint8Array[] = [];
    for (let found = true; found; ) {
      found = false;
      for (const segment of this.#pending) {
        const known = -ahead(segment.sequence, this.#next ?? 0);
        if (known < 0) continue;
        this.#pending = this.#pending.filter((other) => other !== segment);
        found = true;
        if (known < segment.data.length) {
          read.push(segment.data.subarray(known));
          this.#next = (segment.sequence + segment.data.length) >>> 0;
        }
      }
    }
    return read;
  }
}

/** How far `a` lies ahead of `b` in the circle of 32-bit sequence numbers: -2^31 to 2^31 - 1. */
function ahead(a: number, b: number): number {
  return (a - b) | 0;
}
