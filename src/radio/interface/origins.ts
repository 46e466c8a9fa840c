/**
 * On which network an interface was given the addresses that it has. Some DHCP clients do not notice that a radio has
 * changed networks and keep an address that leads nowhere now. An address that is to expire tells when it was last
 * renewed, by when it expires; one that has not been renewed since its network was left still is that network's.
 * An address without an end tells nothing: it may be a person's own, and counts wherever it is. Pure.
 */
import type { Instant } from "../../clock/clock.ts";
import type { PresentAddress } from "./plan.ts";

export interface Origin {
  /** The network's name; null: not known, but not the next one. */
  readonly network: string | null;
  readonly expiresAt: Instant;
}

/** By address. */
export type Origins = ReadonlyMap<string, Origin>;

/** Lifetimes are told in whole seconds, and asking for them takes time too. */
const toleranceMs = 2_000;

/** The origins of what is there when a network is left. What was there before it, and not renewed in it, keeps its own. */
export function originsAt(
  before: Origins,
  present: readonly PresentAddress[],
  network: string | null,
  now: Instant,
): Origins {
  const origins = new Map<string, Origin>();
  for (const { ip, lifetime } of present) {
    if (lifetime === null) continue;
    const expiresAt = now + lifetime * 1000;
    const old = before.get(ip);
    origins.set(ip, old !== undefined && isSame(old.expiresAt, expiresAt) ? old : { network, expiresAt });
  }
  return origins;
}

/** Which of the present addresses are known to be another network's. */
export function strangers(
  origins: Origins,
  present: readonly PresentAddress[],
  network: string,
  now: Instant,
): ReadonlySet<string> {
  return new Set(
    present.flatMap(({ ip, lifetime }) => {
      const origin = origins.get(ip);
      if (origin === undefined || lifetime === null || origin.network === network) return [];
      return isSame(origin.expiresAt, now + lifetime * 1000) ? [ip] : [];
    }),
  );
}

function isSame(expected: Instant, found: Instant): boolean {
  return Math.abs(expected - found) <= toleranceMs;
}
