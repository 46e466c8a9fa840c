/**
 * Keys that devices may be handed soon. A station that comes to an access point which asks us for keys (RADIUS) gets one
 * before anybody knows what it wants, because the access point remembers the answer for 30 s: were the key that M8
 * hands out another one, the device would be kept out for as long. Nobody who does not enrol ever learns his.
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

export class PendingKeys {
  readonly #clock: Clock;
  readonly #random: Random;
  /** Those asked for last stand last. */
  readonly #keys = new Map<MacAddress, { readonly key: Secret; readonly until: Instant }>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A station's key of 64 hex digits, made up at its first asking. */
  for(station: MacAddress): Secret {
    const now = this.#clock.now();
    const known = this.#keys.get(station);
    const key = known !== undefined && known.until > now ? known.key : this.#make();
    this.#keys.delete(station);
    this.#keys.set(station, { key, until: now + KEPT_MS });
    this.#forgetOldest(now);
    return key;
  }

  /** It has been handed out, or must not be any more: the next one is another. */
  forget(station: MacAddress): void {
    this.#keys.delete(station);
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
