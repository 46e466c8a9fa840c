/**
 * 802.11 frames: management frames with the elements in which WPS travels, and data frames down to what they carry.
 * Encrypted frames and pieces of fragmented ones are left alone.
 */
import { type MacAddress, macAddressFrom } from "../wsc/address.ts";
import type { Content, ManagementFrame } from "./content.ts";

/** By subtype: the name, and how many bytes of fixed fields come before the elements. */
const MANAGEMENT: ReadonlyMap<number, readonly [ManagementFrame, number]> = new Map([
  [0, ["Association Request", 4]],
  [1, ["Association Response", 6]],
  [2, ["Association Request", 10]],
  [3, ["Association Response", 6]],
  [4, ["Probe Request", 0]],
  [5, ["Probe Response", 12]],
  [8, ["Beacon", 12]],
]);

const FLAG = { toDs: 0x01, fromDs: 0x02, moreFragments: 0x04, protected: 0x40, order: 0x80 } as const;
const MANAGEMENT_HEAD = 24;

/** RFC 1042: what stands before the EtherType in an 802.11 data frame. */
const SNAP = [0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00];

/** What a frame carries; null for the many frames that have nothing to do with us. */
export function read80211(frame: Uint8Array): Content | null {
  const [control = 0, flags = 0] = frame;
  if ((control & 0x03) !== 0 || frame.length < MANAGEMENT_HEAD) return null;
  const isFragment = (flags & FLAG.moreFragments) !== 0 || ((frame[22] ?? 0) & 0x0f) !== 0;
  if (isFragment || (flags & FLAG.protected) !== 0) return null;
  const type = (control >> 2) & 0x03;
  const subtype = control >> 4;
  const htControl = (flags & FLAG.order) !== 0 ? 4 : 0;
  const address = (number: 1 | 2 | 3) => macAddressFrom(frame.subarray(6 * number - 2, 6 * number + 4));

  if (type === 0) {
    const known = MANAGEMENT.get(subtype);
    if (known === undefined) return null;
    const [name, fixed] = known;
    const elements = frame.subarray(MANAGEMENT_HEAD + htControl + fixed);
    return { type: "management", frame: name, from: address(2), to: address(1), elements };
  }
  if (type !== 2 || (subtype & 0x04) !== 0) return null;
  const toDs = (flags & FLAG.toDs) !== 0;
  const fromDs = (flags & FLAG.fromDs) !== 0;
  const qos = (subtype & 0x08) !== 0;
  const head = MANAGEMENT_HEAD + (toDs && fromDs ? 6 : 0) + (qos ? 2 + htControl : 0);
  const aggregated = qos && ((frame[head - htControl - 2] ?? 0) & 0x80) !== 0;
  const payload = frame.subarray(head);
  if (aggregated || payload.length < 8 || !SNAP.every((byte, i) => payload[i] === byte)) return null;
  const [from, to]: readonly [MacAddress, MacAddress] =
    toDs && fromDs
      ? [macAddressFrom(frame.subarray(24, 30)), address(3)]
      : [address(fromDs ? 3 : 2), address(toDs ? 3 : 1)];
  const etherType = (payload[6] ?? 0) * 256 + (payload[7] ?? 0);
  return { type: "ether", from, to, etherType, payload: payload.subarray(8) };
}

const SSID_ELEMENT = 0;

/** The network's name among the elements of a frame, 0..32 bytes; null if there is none. */
export function ssidIn(elements: Uint8Array): Uint8Array | null {
  for (let rest = elements; rest.length >= 2; ) {
    const [id = 0, length = 0] = rest;
    if (length > rest.length - 2) return null;
    if (id === SSID_ELEMENT) return rest.subarray(2, 2 + length);
    rest = rest.subarray(2 + length);
  }
  return null;
}
