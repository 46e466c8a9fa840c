/**
 * Keys that devices may be handed soon. An access point that asks us for a station's keys (RADIUS) remembers the answer
 * for 30 s, and keeps out for as long a device whose M8 hands it another one. So the answer holds beforehand what the
 * station would be handed if it enrolled. Nobody who does not enrol ever learns it.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import { newDeviceKey } from "./key-policy.ts";

/** A station that comes again within this time gets the same one. */
export const KEPT_MS = 600_000;

/** Strangers can make up addresses: beyond this many the oldest give way. */
const MOST = 10_000;

/** Of 64 hex digits each: what the next enrolment hands out, and the one after it. */
export type NextKeys = readonly [Secret, Secret];

export class PendingKeys {
  readonly #clock: Clock;
  readonly #random: Random;
  /** Those asked for last stand last. */
  readonly #keys = new Map<MacAddress, { readonly keys: NextKeys; readonly until: Instant }>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A station's next keys, made up at its first asking. */
  for(station: MacAddress): NextKeys {
    const known = this.#keys.get(station);
    const isFresh = known !== undefined && known.until > this.#clock.now();
    return this.#keep(station, isFresh ? known.keys : [newDeviceKey(this.#random), newDeviceKey(this.#random)]);
  }

  /** It has been handed the first one. */
  handedOut(station: MacAddress): void {
    const [, next] = this.for(station);
    this.#keep(station, [next, newDeviceKey(this.#random)]);
  }

  /** It must be handed none of them any more. */
  forget(station: MacAddress): void {
    this.#keys.delete(station);
  }

  #keep(station: MacAddress, keys: NextKeys): NextKeys {
    const now = this.#clock.now();
    this.#keys.delete(station);
    this.#keys.set(station, { keys, until: now + KEPT_MS });
    this.#forgetOldest(now);
    return keys;
  }

  #forgetOldest(now: Instant): void {
    for (const [station, { until }] of this.#keys) {
      if (this.#keys.size <= MOST && until > now) return;
      this.#keys.delete(station);
    }
  }
}
