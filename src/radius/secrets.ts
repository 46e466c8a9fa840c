/**
 * Who may ask a RADIUS server, and under which shared secret: addresses and networks of access points, written as
 * `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`. It resolves no names.
 */
import { isIPv4, isIPv6 } from "node:net";
import { toHex } from "../wsc/bytes.ts";
import type { Secret } from "../wsc/secret.ts";

declare const isNetwork: unique symbol;
/** Addresses that share their first bits. Only {@link parseNetwork} makes one. */
export type Network = { readonly address: Uint8Array; readonly bits: number } & { readonly [isNetwork]: true };

/** The secret that is shared with the access points of a network. */
export interface SharedSecret {
  readonly network: Network;
  /** At least one byte; RFC 2865 advises 16. */
  readonly secret: Secret;
}

/** An IPv4 address stands where IPv6 has a place for it (`::ffff:192.0.2.7`), as a socket for both shows it. */
const ADDRESS_LENGTH = 16;
const IPV4_HEAD = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const IPV4_HEAD_BITS = 8 * IPV4_HEAD.length;
/** Addresses whose secret is remembered: whoever forges them, out of a network that has one, gets no further. */
const MOST_KNOWN = 1024;

/** Reads an address, or one with the number of bits that count behind it; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [, base = "", digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = addressBytes(base);
  if (bytes === null) return null;
  const before = isIPv4(base) ? IPV4_HEAD_BITS : 0;
  const bits = digits === undefined ? 8 * ADDRESS_LENGTH : before + Number(digits);
  return bits > 8 * ADDRESS_LENGTH ? null : ({ address: masked(bytes, bits), bits } as Network);
}

/** The secret of each client. */
export class SharedSecrets {
  /** By number of bits, the most first, and then by the address of the network. */
  readonly #networks: readonly (readonly [bits: number, ReadonlyMap<string, Secret>])[];
  /** Addresses that were asked about and have a secret: access points are few, and ask again and again. */
  readonly #known = new Map<string, Secret>();

  /** @throws RangeError for an empty secret, or a network that is there twice: the caller's bug */
  constructor(secrets: readonly SharedSecret[]) {
    const networks = new Map<number, Map<string, Secret>>();
    for (const { network, secret } of secrets) {
      const { address, bits } = network;
      const ofLength = networks.get(bits) ?? new Map<string, Secret>();
      if (secret.length === 0) throw new RangeError("secret: expected at least one byte, got none");
      if (ofLength.has(toHex(address))) throw new RangeError("network: expected each one once, got one twice");
      networks.set(bits, ofLength.set(toHex(address), secret));
    }
    this.#networks = [...networks].sort(([a], [b]) => b - a);
  }

  /** The secret of the smallest network that an address is in; null when it is in none. */
  of(address: string): Secret | null {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const secret = this.#find(address);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    if (secret !== null) this.#known.set(address, secret);
    return secret;
  }

  #find(address: string): Secret | null {
    const bytes = addressBytes(address);
    if (bytes === null) return null;
    for (const [bits, secrets] of this.#networks) {
      const secret = secrets.get(toHex(masked(bytes, bits)));
      if (secret !== undefined) return secret;
    }
    return null;
  }
}

/** 16 bytes; null for a text that is no address. A zone (`%eth0`) does not count. */
function addressBytes(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.of(...IPV4_HEAD, ...ipv4Bytes(text));
  if (!isIPv6(text)) return null;
  const [address = ""] = text.split("%");
  const [head = "", tail] = address.split("::");
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(ADDRESS_LENGTH);
  bytes.set(first);
  bytes.set(last, ADDRESS_LENGTH - last.length);
  return bytes;
}

/** The bytes of some groups of an IPv6 address; the last one may be an IPv4 address. */
function groups(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return ipv4Bytes(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function ipv4Bytes(text: string): readonly number[] {
  return text.split(".").map(Number);
}

function masked(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff);
}
