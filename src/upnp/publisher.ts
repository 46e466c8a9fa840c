/**
 * Who is told what the access point hears (UPnP Device Architecture 1.0, 4): subscriptions, how long they hold, and how
 * many one host can have. Nobody pushes out another subscriber who holds no more of them.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import { macAddressFrom } from "../wsc/address.ts";
import { VERSION, VERSION2 } from "../wsc/attributes.ts";
import { encode, WSC_ACK } from "../wsc/messages.ts";
import type { Random } from "../wsc/random.ts";
import { toBase64 } from "./base64.ts";
import { composePropertySet } from "./gena.ts";
import { Rate, type RateLimit } from "./rate.ts";
import { type Notify, Subscriber, type UpnpEvent } from "./subscriber.ts";
import { uuidName } from "./wlan-config.ts";
import type { AccessPointState } from "./wlan-config-service.ts";
import { composeWlanEvent, type WlanEvent } from "./wlan-event.ts";

/** What every subscription is granted, whatever it asks for. */
export const GRANTED_SECONDS = 1801;
/** Of one address; as many as the reference takes in all. */
const MOST_PER_ADDRESS = 4;
const MOST = 16;
/** Probe Requests that are told, of all stations together (as in the reference). */
const PROBES: RateLimit = { withinMs: 1_000, ofOne: 5, ofAll: 5 };

/** Bits of APStatus. */
const CONFIGURATION_CHANGED = 0x01;
const LOCKED = 0x10;

export interface PublisherOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly notify: Notify;
  /** The last subscription of an address has ended. */
  readonly onLeft: (address: string) => void;
}

export class Publisher {
  readonly #options: PublisherOptions;
  /** By name, oldest first. */
  readonly #subscriptions = new Map<string, { readonly subscriber: Subscriber; expiry: Timer }>();
  #accessPoint = 0;
  #lastEvent = toBase64(nothingYet());
  readonly #probes: Rate;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#probes = new Rate(options.clock, PROBES);
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** Whether somebody at this address has subscribed. */
  has(address: string): boolean {
    return this.#of(address).length > 0;
  }

  /**
   * A new subscription, which hears nothing before it is started; null where there is no room for this address.
   *
   * @param callbacks of this very address; that they are is for the caller to see to
   */
  subscribe(address: string, callbacks: readonly URL[]): Subscriber | null {
    if (!this.#makeRoom(address)) return null;
    const { clock, notify } = this.#options;
    const sid = uuidName(version4(this.#options.random("subscription", 16)));
    const onGivenUp = () => this.#end(sid);
    const subscriber = new Subscriber({ sid, address, callbacks, clock, notify, onGivenUp });
    this.#subscriptions.set(sid, { subscriber, expiry: this.#expiryOf(sid) });
    const now = { STAStatus: "1", APStatus: String(this.#accessPoint), WLANEvent: this.#lastEvent };
    subscriber.tell({ mayGetLost: false, body: compose(now) });
    return subscriber;
  }

  /** Prolongs a subscription; false where this address has none of that name. */
  renew(sid: string, address: string): boolean {
    const subscription = this.#owned(sid, address);
    if (subscription === null) return false;
    subscription.expiry.cancel();
    subscription.expiry = this.#expiryOf(sid);
    return true;
  }

  /** False where this address has none of that name. */
  unsubscribe(sid: string, address: string): boolean {
    if (this.#owned(sid, address) === null) return false;
    this.#end(sid);
    return true;
  }

  tell(event: WlanEvent): void {
    const mayGetLost = event.type === "probeRequest";
    if (mayGetLost && !this.#probes.admits(event.station)) return;
    this.#lastEvent = toBase64(composeWlanEvent(event));
    this.#tellAll({ mayGetLost, body: compose({ WLANEvent: this.#lastEvent }) });
  }

  /** Tells it where it is another one than before. */
  state({ locked, configurationChanged }: AccessPointState): void {
    const now = (locked ? LOCKED : 0) | (configurationChanged ? CONFIGURATION_CHANGED : 0);
    if (now === this.#accessPoint) return;
    this.#accessPoint = now;
    this.#tellAll({ mayGetLost: false, body: compose({ APStatus: String(now) }) });
  }

  close(): void {
    for (const sid of this.#subscriptions.keys()) this.#end(sid);
  }

  #tellAll(event: UpnpEvent): void {
    for (const { subscriber } of [...this.#subscriptions.values()]) subscriber.tell(event);
  }

  #makeRoom(address: string): boolean {
    const own = this.#of(address);
    const [oldest] = own;
    if (oldest !== undefined && own.length >= MOST_PER_ADDRESS) {
      this.#end(oldest.sid);
      return true;
    }
    if (this.size < MOST) return true;
    const others = [...this.#subscriptions.values()].map(({ subscriber }) => this.#of(subscriber.address));
    const [victim] = others.find((theirs) => theirs.length > own.length + 1) ?? own;
    if (victim === undefined) return false;
    this.#end(victim.sid);
    return true;
  }

  #of(address: string): readonly Subscriber[] {
    return [...this.#subscriptions.values()].flatMap(({ subscriber }) =>
      subscriber.address === address ? [subscriber] : [],
    );
  }

  #owned(sid: string, address: string) {
    const subscription = this.#subscriptions.get(sid.toLowerCase());
    return subscription?.subscriber.address === address ? subscription : null;
  }

  #expiryOf(sid: string): Timer {
    return this.#options.clock.after(GRANTED_SECONDS * 1000, () => this.#end(sid));
  }

  #end(sid: string): void {
    const subscription = this.#subscriptions.get(sid);
    if (subscription === undefined) return;
    const { subscriber, expiry } = subscription;
    this.#subscriptions.delete(sid);
    expiry.cancel();
    subscriber.close();
    if (!this.has(subscriber.address)) this.#options.onLeft(subscriber.address);
  }
}

function compose(properties: Readonly<Record<string, string>>): string {
  return composePropertySet(new Map(Object.entries(properties)));
}

/** What the first event has for WLANEvent before there was one: an acknowledgement of nothing, to nobody. */
function nothingYet(): Uint8Array {
  const nonce = new Uint8Array(16);
  const bytes = encode(WSC_ACK, {
    version: VERSION,
    messageType: WSC_ACK.messageType,
    enrolleeNonce: nonce,
    registrarNonce: nonce,
    wfaExtension: { version2: VERSION2 },
    vendorExtension: [],
  });
  return composeWlanEvent({ type: "message", station: macAddressFrom(new Uint8Array(6)), bytes });
}

/** A random UUID (RFC 4122, 4.4). */
function version4(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte));
}
