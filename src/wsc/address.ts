/** MAC addresses and UUIDs, parsed once at the edge. */

import { toHex } from "./bytes.ts";

declare const isMacAddress: unique symbol;
/** `aa:bb:cc:dd:ee:ff`, lower case. Only {@link parseMacAddress} and {@link macAddressFrom} make one. */
export type MacAddress = string & { readonly [isMacAddress]: true };

/** Reads `aa:bb:cc:dd:ee:ff`, `aa-bb-cc-dd-ee-ff` or `aabbccddeeff` in either case; null for anything else. */
export function parseMacAddress(text: string): MacAddress | null {
  const [, a, separator, b, c, d, e, f] = SPELLING.exec(text) ?? [];
  return separator === undefined ? null : (`${a}:${b}:${c}:${d}:${e}:${f}`.toLowerCase() as MacAddress);
}

const SPELLING = /^([0-9a-f]{2})([:-]?)([0-9a-f]{2})\2([0-9a-f]{2})\2([0-9a-f]{2})\2([0-9a-f]{2})\2([0-9a-f]{2})$/i;

/** @param bytes exactly 6 */
export function macAddressFrom(bytes: Uint8Array): MacAddress {
  if (bytes.length !== 6) throw new RangeError(`MAC address: expected 6 bytes, got ${bytes.length}`);
  const hex = toHex(bytes);
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10)}` as MacAddress;
}

/** The 6 bytes of an address. */
export function macAddressBytes(address: MacAddress): Uint8Array {
  const bytes = new Uint8Array(6);
  for (let i = 0; i < 6; i++) bytes[i] = Number.parseInt(address.slice(3 * i, 3 * i + 2), 16);
  return bytes;
}
