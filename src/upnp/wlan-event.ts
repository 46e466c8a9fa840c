/**
 * What a router tells its subscribers of the air (protocol: WLANEvent): the elements of a Probe Request, or a whole
 * message of a station.
 */
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { concat } from "../wsc/bytes.ts";

export interface WlanEvent {
  readonly type: "probeRequest" | "message";
  readonly station: MacAddress;
  /** The attributes. */
  readonly bytes: Uint8Array;
}

/** On the wire, also of PutWLANResponse (UPnP: WLANEventType). */
export const WLAN_EVENT_TYPE = { probeRequest: 1, message: 2 } as const;

/** Type (1 byte) and the address as text (17). */
const HEAD = 18;

/** Null for what is none. */
export function readWlanEvent(bytes: Uint8Array): WlanEvent | null {
  const station = parseMacAddress(new TextDecoder("latin1").decode(bytes.subarray(1, HEAD)));
  if (bytes.length < HEAD || station === null) return null;
  switch (bytes[0]) {
    case WLAN_EVENT_TYPE.probeRequest:
      return { type: "probeRequest", station, bytes: bytes.slice(HEAD) };
    case WLAN_EVENT_TYPE.message:
      return { type: "message", station, bytes: bytes.slice(HEAD) };
    default:
      return null;
  }
}

export function composeWlanEvent({ type, station, bytes }: WlanEvent): Uint8Array {
  return concat(Uint8Array.of(WLAN_EVENT_TYPE[type]), new TextEncoder().encode(station), bytes);
}
