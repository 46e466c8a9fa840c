/** A packet as a capture file holds it, and what can be wrong with such a file. Which file format it was does not show. */

/** Link types (https://www.tcpdump.org/linktypes.html) that `link.ts` reads. */
export const LINK_TYPE = {
  /** BSD loopback: the address family in the byte order of the machine that captured. */
  null: 0,
  ethernet: 1,
  /** Plain IP, in the numbers of some BSDs and in everybody's. */
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  ieee80211: 105,
  /** As `null`, always big-endian. */
  loop: 108,
  linuxCooked: 113,
  radiotap: 127,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

/** A packet as it was captured. */
export interface Packet {
  readonly type: "packet";
  /** Nanoseconds since 1970; null where the file does not say. */
  readonly at: bigint | null;
  readonly linkType: number;
  /** What was captured of it, which may be less than what was sent. A view: copy what is to be kept. */
  readonly bytes: Uint8Array;
}

/** Why reading a file ended before the file did. `offset`: bytes from the beginning of the (unpacked) file. */
export type CaptureFault =
  | { readonly kind: "empty" }
  | { readonly kind: "notACapture" }
  /** The file ends in the middle of something that begins at `offset`. */
  | { readonly kind: "truncated"; readonly offset: number }
  /** A length that no capture has. */
  | { readonly kind: "badLength"; readonly offset: number; readonly length: number }
  /** pcapng: a packet of an interface that was never described. */
  | { readonly kind: "unknownInterface"; readonly offset: number }
  /** pcapng: more interfaces than any machine has. */
  | { readonly kind: "tooManyInterfaces"; readonly offset: number }
  | { readonly kind: "damagedGzip" };

/** What a reader gives: packets, and after the last of them the reason why there are no more, if there is one. */
export type CaptureEvent = Packet | { readonly type: "broken"; readonly fault: CaptureFault };

/** A fault as a sentence. */
export function explainFault(fault: CaptureFault): string {
  switch (fault.kind) {
    case "empty":
      return "The file is empty.";
    case "notACapture":
      return "This is no packet capture: it begins neither as pcap nor as pcapng.";
    case "truncated":
      return `The file ends in the middle of a packet, which begins at byte ${fault.offset}: it was cut off.`;
    case "badLength":
      return `The file is damaged: at byte ${fault.offset} a length of ${fault.length} bytes is given, which cannot be.`;
    case "unknownInterface":
      return `The file is damaged: the packet at byte ${fault.offset} is of an interface that is not described.`;
    case "tooManyInterfaces":
      return `The file is damaged: at byte ${fault.offset} it describes more interfaces than any machine has.`;
    case "damagedGzip":
      return "The compressed file is damaged or cut off: the rest of it does not unpack.";
  }
}
