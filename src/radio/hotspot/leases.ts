/**
 * Which of a hotspot's addresses are lent to whom. Pure, and bounded: there are as many entries as addresses at most.
 * Kept in memory only; after a restart clients ask for the address that they had, and get it.
 */
import type { Instant } from "../../clock/clock.ts";
import { type MacAddress, macAddressBytes } from "../../wsc/address.ts";
import type { Ipv4 } from "../interface/ipv4.ts";

/** Addresses that may be lent: `first` and those behind it. */
export interface Pool {
  readonly first: Ipv4;
  readonly count: number;
}

export interface Lease {
  readonly address: Ipv4;
  /** null: put aside, because a client found somebody else at it. */
  readonly client: MacAddress | null;
  /** From then on others may have it; until others need it, it is still kept for the client. */
  readonly until: Instant;
}

/** No two with the same address, none with the same client. */
export type Leases = readonly Lease[];

/** The address for a client: its former one, else the one that it wants, else a free one; null when all are lent. */
export function addressFor(
  pool: Pool,
  leases: Leases,
  client: MacAddress,
  wanted: Ipv4 | null,
  now: Instant,
): Ipv4 | null {
  const own = leases.find((lease) => lease.client === client);
  if (own !== undefined) return own.address;
  if (wanted !== null && mayHave(pool, leases, client, wanted, now)) return wanted;
  const known = new Set(leases.map(({ address }) => address));
  const start = startFor(pool, client);
  for (let step = 0; step < pool.count; step++) {
    const address = pool.first + ((start + step) % pool.count);
    if (!known.has(address)) return address;
  }
  const expired = leases.filter(({ until }) => until <= now).sort((a, b) => a.until - b.until);
  return expired[0]?.address ?? null;
}

/** Whether a client may have this very address: it is one of ours, and nobody else's. */
export function mayHave(pool: Pool, leases: Leases, client: MacAddress, address: Ipv4, now: Instant): boolean {
  if (address < pool.first || address >= pool.first + pool.count) return false;
  const lease = leases.find((other) => other.address === address);
  return lease === undefined || lease.client === client || lease.until <= now;
}

/** Lends an address that {@link mayHave} or {@link addressFor} gave; whatever else the client had is free. */
export function lend(leases: Leases, lease: Lease): Leases {
  return [...leases.filter(({ address, client }) => address !== lease.address && !isOf(client, lease.client)), lease];
}

/** Ends what is lent to a client. */
export function giveBack(leases: Leases, client: MacAddress): Leases {
  return leases.filter((lease) => lease.client !== client);
}

function isOf(client: MacAddress | null, other: MacAddress | null): boolean {
  return client !== null && client === other;
}

/**
 * Where the search for a client's address begins: the same for it each time, so that it gets the address again that it
 * had before a restart of ours, and others hardly ever do.
 */
function startFor(pool: Pool, client: MacAddress): number {
  return macAddressBytes(client).reduce((sum, byte) => (sum * 31 + byte) % 65_521, 7) % pool.count;
}
