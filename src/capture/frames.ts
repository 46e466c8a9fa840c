/**
 * Frames to put WPS into a capture: EAP as it goes over the LAN, elements as they go over the air. What they carry comes
 * from the engine; nobody sends these frames anywhere.
 */
import { type MacAddress, macAddressBytes, macAddressFrom } from "../wsc/address.ts";
import { concat } from "../wsc/bytes.ts";
import { ETHER_TYPE, type ManagementFrame } from "./content.ts";
import { LINK_TYPE, type Packet } from "./packet.ts";

/** A packet before it has a time. */
export type Frame = Pick<Packet, "linkType" | "bytes">;

/** Who sends a frame, and to whom. */
export interface Ends {
  readonly from: MacAddress;
  readonly to: MacAddress;
}

/** Everybody: where beacons and probes go. */
export const BROADCAST: MacAddress = macAddressFrom(new Uint8Array(6).fill(0xff));

/** An EAP packet over Ethernet, EAPOL version 1. */
export function eapolFrame({ from, to }: Ends, eap: Uint8Array): Frame {
  const head = Uint8Array.of(ETHER_TYPE.eapol >> 8, ETHER_TYPE.eapol & 0xff, 1, 0, eap.length >> 8, eap.length & 0xff);
  return { linkType: LINK_TYPE.ethernet, bytes: concat(macAddressBytes(to), macAddressBytes(from), head, eap) };
}

/** Subtype, and the length of the fixed fields, which are left zero. */
const MANAGEMENT: { readonly [F in ManagementFrame]: readonly [subtype: number, fixed: number] } = {
  "Association Request": [0, 4],
  "Association Response": [1, 6],
  "Probe Request": [4, 0],
  "Probe Response": [5, 12],
  Beacon: [8, 12],
};

/**
 * An 802.11 management frame.
 * @param bssid the access point's address, or the broadcast one in a Probe Request
 */
export function managementFrame(
  frame: ManagementFrame,
  { from, to, bssid }: Ends & { readonly bssid: MacAddress },
  elements: Uint8Array,
): Frame {
  const [subtype, fixed] = MANAGEMENT[frame];
  const head = concat(
    Uint8Array.of(subtype << 4, 0, 0, 0),
    macAddressBytes(to),
    macAddressBytes(from),
    macAddressBytes(bssid),
    Uint8Array.of(0, 0),
  );
  return { linkType: LINK_TYPE.ieee80211, bytes: concat(head, new Uint8Array(fixed), elements) };
}

/** The element with the network's name, 0..32 bytes. */
export function ssidElement(ssid: Uint8Array): Uint8Array {
  if (ssid.length > 32) throw new RangeError(`ssid: expected at most 32 bytes, got ${ssid.length}`);
  return concat(Uint8Array.of(0, ssid.length), ssid);
}
