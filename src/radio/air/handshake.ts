/**
 * How a station and an access point show each other that they have the same key, without telling it: the key of the
 * network as WPA2 derives it from a passphrase, and proofs in the manner of the 4-way handshake's MICs.
 */
import { createHmac, pbkdf2Sync } from "node:crypto";
import { type MacAddress, macAddressBytes } from "../../wsc/address.ts";
import type { Secret } from "../../wsc/secret.ts";

/** What a passphrase came to with the last SSID: its thousands of rounds are most of what a world costs to make. */
const derived = new WeakMap<Secret, { readonly ssid: Uint8Array; readonly psk: Uint8Array }>();

/** The 32-byte PSK of a network: 64 hex digits as they are, a passphrase of 8..63 through PBKDF2 with the SSID. */
export function pskOf(ssid: Uint8Array, key: Secret): Uint8Array {
  const text = key.revealText();
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(Buffer.from(text, "hex"));
  const known = derived.get(key);
  if (known !== undefined && Buffer.compare(known.ssid, ssid) === 0) return known.psk;
  const psk = pbkdf2Sync(key.reveal(), ssid, 4096, 32, "sha1");
  derived.set(key, { ssid: ssid.slice(), psk });
  return psk;
}

export interface HandshakeTerms {
  readonly psk: Uint8Array;
  readonly accessPoint: MacAddress;
  readonly station: MacAddress;
  /** 32 bytes each. */
  readonly accessPointNonce: Uint8Array;
  readonly stationNonce: Uint8Array;
}

/** What message `number` of the handshake carries as proof: 32 bytes that only who has the key can compute. */
export function proofOf(number: 2 | 3 | 4, terms: HandshakeTerms): Uint8Array {
  const hmac = createHmac("sha256", terms.psk);
  hmac.update(Uint8Array.of(number));
  for (const address of [terms.accessPoint, terms.station]) hmac.update(macAddressBytes(address));
  hmac.update(terms.accessPointNonce).update(terms.stationNonce);
  return hmac.digest();
}
