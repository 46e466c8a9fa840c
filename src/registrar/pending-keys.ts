/**
 * Keys that devices may be handed soon. An access point that asks us for a station's keys (RADIUS) remembers the answer
 * for 30 s, and keeps out for as long a device whose M8 hands it another one. So the answer holds beforehand what the
 * station would be handed if it enrolled. Nobody who does not enrol ever learns it.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";

/** Bytes of a device's key; it travels as twice as many hex digits, which spares access points its derivation. */
const KEY_LENGTH = 32;

/** A station that comes again within this time gets the same one. */
const KEPT_MS = 600_000;

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
    return this.#keep(station, isFresh ? known.keys : [this.#make(), this.#make()]);
  }

  /** It has been handed the first one. */
  handedOut(station: MacAddress): void {
    const [, next] = this.for(station);
    this.#keep(station, [next, this.#make()]);
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

  #make(): Secret {
    return new Secret(Buffer.from(this.#random("key", KEY_LENGTH)).toString("hex"));
  }

  #forgetOldest(now: Instant): void {
    for (const [station, { until }] of this.#keys) {
      if (this.#keys.size <= MOST && until > now) return;
      this.#keys.delete(station);
    }
  }
}
