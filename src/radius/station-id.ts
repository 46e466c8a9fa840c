/**
 * Addresses of stations and access points as RADIUS clients spell them (RFC 3580, 3.20 and 3.21): with dashes, colons,
 * dots or nothing between the digits, and for an access point its network's name behind a colon.
 */
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import { latin1 } from "./latin1.ts";

/** A Calling-Station-Id, or a User-Name that is an address; null for anything else. */
export function stationIn(value: Uint8Array): MacAddress | null {
  return parseAddress(latin1(value));
}

/** A Called-Station-Id: `02-00-00-00-01-00:My Network`, or the address alone; null for anything else. */
export function instanceIn(value: Uint8Array): InstanceId | null {
  // Any bytes may follow: a network's name is not text.
  const [, address = ""] = /^([0-9a-f]{12}|[0-9a-f.]{14}|[0-9a-f:-]{17})(?::|$)/i.exec(latin1(value)) ?? [];
  return parseAddress(address);
}

function parseAddress(text: string): MacAddress | null {
  return parseMacAddress(/^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(text) ? text.replaceAll(".", "") : text);
}
