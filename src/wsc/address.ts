/** MAC addresses and UUIDs, parsed once at the edge. */

declare const isMacAddress: unique symbol;
/** `aa:bb:cc:dd:ee:ff`, lower case. Only {@link parseMacAddress} and {@link macAddressFrom} make one. */
export type MacAddress = string & { readonly [isMacAddress]: true };

/** Reads `aa:bb:cc:dd:ee:ff`, `aa-bb-cc-dd-ee-ff` or `aabbccddeeff` in either case; null for anything else. */
export function parseMacAddress(text: string): MacAddress | null {
  const digits = /^[0-9a-f]{2}(?:([:-]?)[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/i.test(text)
    ? text.replaceAll(/[:-]/g, "")
    : null;
  return digits === null ? null : (digits.toLowerCase().replaceAll(/(..)(?=.)/g, "$1:") as MacAddress);
}

/** @param bytes exactly 6 */
export function macAddressFrom(bytes: Uint8Array): MacAddress {
  if (bytes.length !== 6) throw new RangeError(`MAC address: expected 6 bytes, got ${bytes.length}`);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":") as MacAddress;
}

/** The 6 bytes of an address. */
export function macAddressBytes(address: MacAddress): Uint8Array {
  return Uint8Array.from(address.split(":"), (digits) => Number.parseInt(digits, 16));
}
