/** Link layers: from a captured packet to what it carries for us. Addresses are as the link has them. */
import { macAddressFrom } from "../wsc/address.ts";
import { type Content, ETHER_TYPE } from "./content.ts";
import { read80211 } from "./ieee80211.ts";
import { LINK_TYPE, type Packet } from "./packet.ts";
import { read80211Of } from "./radiotap.ts";

type Reader = (bytes: Uint8Array) => Content | null;

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [LINK_TYPE.ethernet, ethernet],
  [LINK_TYPE.ieee80211, read80211],
  [
    LINK_TYPE.radiotap,
    (bytes) => {
      const frame = read80211Of(bytes);
      return frame && read80211(frame);
    },
  ],
  [LINK_TYPE.linuxCooked, (bytes) => cooked(bytes, { head: 16, etherType: 14, addressLength: 5, address: 6 })],
  [LINK_TYPE.linuxCooked2, (bytes) => cooked(bytes, { head: 20, etherType: 0, addressLength: 11, address: 12 })],
  // The family's number differs between systems; the packet's own version does not.
  [LINK_TYPE.null, (bytes) => ip(bytes.subarray(4))],
  [LINK_TYPE.loop, (bytes) => ip(bytes.subarray(4))],
  [LINK_TYPE.raw, ip],
  [LINK_TYPE.rawBsd, ip],
  [LINK_TYPE.rawOpenBsd, ip],
  [LINK_TYPE.ipv4, ip],
  [LINK_TYPE.ipv6, ip],
]);

/** Whether packets of a link type can be read at all. */
export function isKnownLink(linkType: number): boolean {
  return READERS.has(linkType);
}

/** What a packet carries; null for nothing of interest. */
export function readLink({ linkType, bytes }: Pick<Packet, "linkType" | "bytes">): Content | null {
  return READERS.get(linkType)?.(bytes) ?? null;
}

function ethernet(bytes: Uint8Array): Content | null {
  let head = 14;
  if (bytes.length < head) return null;
  let etherType = u16(bytes, 12);
  while ((etherType === ETHER_TYPE.vlan || etherType === ETHER_TYPE.serviceVlan) && bytes.length >= head + 4) {
    etherType = u16(bytes, head + 2);
    head += 4;
  }
  const to = macAddressFrom(bytes.subarray(0, 6));
  const from = macAddressFrom(bytes.subarray(6, 12));
  return { type: "ether", from, to, etherType, payload: bytes.subarray(head) };
}

/** Where the fields of a Linux cooked head are; it has the sender's address only. */
interface CookedLayout {
  readonly head: number;
  readonly etherType: number;
  readonly addressLength: number;
  readonly address: number;
}

function cooked(bytes: Uint8Array, at: CookedLayout): Content | null {
  if (bytes.length < at.head) return null;
  const hasMac = bytes[at.addressLength] === 6;
  const from = hasMac ? macAddressFrom(bytes.subarray(at.address, at.address + 6)) : null;
  return { type: "ether", from, to: null, etherType: u16(bytes, at.etherType), payload: bytes.subarray(at.head) };
}

function ip(payload: Uint8Array): Content | null {
  const version = (payload[0] ?? 0) >> 4;
  if (version !== 4 && version !== 6) return null;
  return { type: "ether", from: null, to: null, etherType: version === 4 ? ETHER_TYPE.ipv4 : ETHER_TYPE.ipv6, payload };
}

function u16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0);
}
