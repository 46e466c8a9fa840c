/**
 * The keys of a network's devices: made and handed out at an enrolment, told to access points so that they let the
 * device in, and taken back. Which devices there are is in `device-book.ts`; who is let in is decided elsewhere.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { MacAddress } from "../wsc/address.ts";
import { inventedSettings } from "../wsc/ap-settings.ts";
import { toHex } from "../wsc/bytes.ts";
import type { Credential } from "../wsc/credential.ts";
import { deviceTypeText } from "../wsc/device.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { RunOutcome } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import { farewellMs } from "./announcement.ts";
import { Denials } from "./denials.ts";
import type { DeviceBook, Enrolment } from "./device-book.ts";
import { credentialFor, type Grant, type Grants, type Guest } from "./grant.ts";
import { type FiledKey, KeyDelivery, type KeyFile } from "./key-delivery.ts";
import { type KeyedAccessPoint, type KeyPolicy, networkOfOwnKeys, sharedCredential } from "./key-policy.ts";
import { KEPT_MS, PendingKeys } from "./pending-keys.ts";
import type { SpareKeys } from "./spare-keys.ts";

/** What became of a wish to take a device's key back. */
export type Revocation =
  /** There is no such device. */
  | { readonly type: "unknown" }
  | { readonly type: "revoked" }
  /** Its record is gone, but not all access points could be told. They are told as soon as that works. */
  | { readonly type: "unfinished"; readonly trouble: unknown };

export interface KeyringOptions {
  readonly policy: KeyPolicy;
  readonly book: DeviceBook;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Resolves when nobody is in the middle of an enrolment there, nor on its way in after one, or after so long. */
  readonly whenIdle: (instance: InstanceId, withinMs: number) => Promise<void>;
  /** Told of access points and files that could not be told. */
  readonly onTrouble: (error: unknown) => void;
}

/** A key that nobody else has, for the device of one run. */
interface OwnKey {
  readonly key: Secret;
  /** The device is in the book with it, or could be. */
  readonly noted: () => void;
  /** The run is over. @param isNoted whether it came so far as to be noted, or was about to be */
  readonly over: (outcome: RunOutcome, isNoted: boolean) => void;
}

/** What an access point's file holds of a device. */
interface Filed {
  readonly instance: InstanceId;
  readonly keys: readonly FiledKey[];
}

export class Keyring {
  readonly #options: KeyringOptions;
  readonly #pending: PendingKeys;
  readonly #served = new Map<InstanceId, KeyedAccessPoint>();
  /** Of those that read their keys from a file: what they know beforehand. */
  readonly #spares = new Map<InstanceId, SpareKeys>();
  /** What stands in files for each device; made up anew when its keys have changed. */
  readonly #filed = new Map<MacAddress, Filed>();
  /** Keys that were sealed under another key file, which is told once. */
  #hasUnreadable = false;
  readonly #delivery: KeyDelivery;
  readonly #denials: Denials;

  constructor(options: KeyringOptions) {
    const { clock, random, store, whenIdle, onTrouble } = options;
    this.#options = options;
    this.#pending = new PendingKeys(options);
    const keysFor = (instances: readonly InstanceId[]) => this.#filedKeys(instances);
    this.#delivery = new KeyDelivery({ clock, random, keysFor, whenIdle, onTrouble });
    this.#denials = new Denials({ store, clock, isKeyGone: () => this.#delivery.isDone, onTrouble });
  }

  /**
   * Takes an access point in, and tells it what a crash may have kept from it. Gives what its devices are given.
   * @param file where it reads its keys; null when it asks for them
   */
  async serve(accessPoint: KeyedAccessPoint, file: KeyFile | null): Promise<Grants> {
    this.#served.set(accessPoint.instance, accessPoint);
    await this.#denials.serve(accessPoint);
    if (file !== null && this.#options.policy === "per-device") {
      this.#spares.set(accessPoint.instance, this.#delivery.serve(accessPoint, file));
      await this.#delivery.bring();
    }
    return (guest) => this.#grant(accessPoint, guest);
  }

  /** Whether an access point has its devices' keys from a file. Any key of its own that it names is one of these. */
  isByFile(instance: InstanceId): boolean {
    return this.#spares.has(instance);
  }

  /** An access point answers again, and may have forgotten what it was told. */
  async cameBack(accessPoint: KeyedAccessPoint): Promise<void> {
    await this.#denials.cameBack(accessPoint);
    if (!this.#delivery.isDone) await this.#delivery.bring();
  }

  /**
   * The keys by which a station may come to an access point; none to send it away. With those that it has come those
   * that it would be handed next: one, or two for a station that has none, so that it may enrol twice in a row.
   */
  keys(station: MacAddress, instance: InstanceId): readonly Secret[] {
    const { book, policy } = this.#options;
    if (policy === "shared" || !this.#served.has(instance)) return [];
    const device = book.get(station);
    const own = device !== null && this.#belongs(device.instance, instance) ? book.keys(station) : [];
    const [next, later] = this.#pending.for(station);
    if (own.length === 0) return [next, later];
    // One that was handed out, and maybe never arrived, is handed out again.
    return own.some((key) => key.revealText() === next.revealText()) ? own : [...own, next];
  }

  /**
   * Takes a device's key back and sends the device away. Rejects when the disk does not take that, and then nothing is
   * changed. A device that shares the network's key still knows it.
   */
  async revoke(station: MacAddress): Promise<Revocation> {
    const { book, policy } = this.#options;
    if (book.get(station) === null) return { type: "unknown" };
    if (policy === "per-device") await this.#denials.note(station);
    if (!(await book.remove(station))) return { type: "unknown" };
    this.#pending.forget(station);
    this.#filed.delete(station);
    const trouble = policy === "per-device" ? await this.#keepOut(station) : await this.#sendAway(station);
    return trouble === null ? { type: "revoked" } : { type: "unfinished", trouble };
  }

  async close(): Promise<void> {
    this.#denials.close();
    await this.#delivery.close();
  }

  async #grant(accessPoint: KeyedAccessPoint, guest: Guest): ReturnType<Grants> {
    const { policy } = this.#options;
    if (policy === "shared" && accessPoint.facts.wps === "unconfigured") return this.#firstGrant(accessPoint, guest);
    if (policy === "shared") {
      const credential = await sharedCredential(accessPoint);
      return this.#granted(guest, credentialFor(guest.peer, credential), null);
    }
    const network = networkOfOwnKeys(accessPoint);
    const own = this.#ownKey(guest);
    return this.#granted(guest, credentialFor(guest.peer, { ...network, key: own.key }), own);
  }

  /** One that the access point knows already, or will know when it asks. */
  #ownKey({ peer, instance }: Guest): OwnKey {
    const spares = this.#spares.get(instance);
    if (spares === undefined) {
      const [key] = this.#pending.for(peer);
      return { key, noted: () => {}, over: (outcome) => outcome === "enrolled" && this.#pending.handedOut(peer) };
    }
    const handed = this.#unconfirmedKey(peer);
    if (handed !== null) return { key: handed, noted: () => {}, over: () => {} };
    const key = spares.take();
    // Spent before the run is over: a device that is revoked meanwhile must not have a key that is good for anybody.
    return { key, noted: () => spares.spend(key), over: (_outcome, isNoted) => !isNoted && spares.giveBack(key) };
  }

  /** The one that a device was handed a short time ago, and maybe has: another one would shut it out. */
  #unconfirmedKey(station: MacAddress): Secret | null {
    const { book, clock } = this.#options;
    const device = book.get(station);
    if (device === null || device.confirmed || device.enrolledAt + KEPT_MS <= clock.now()) return null;
    return book.keys(station).at(-1) ?? null;
  }

  /** An access point that nobody has configured makes up its own key for its first station, and is configured then. */
  async #firstGrant(accessPoint: KeyedAccessPoint, guest: Guest): ReturnType<Grants> {
    const { clock, random, onTrouble } = this.#options;
    const { networkKey: key, ...network } = inventedSettings(accessPoint.facts.ssid, random);
    const granted = this.#granted(guest, credentialFor(guest.peer, { ...network, key }), null);
    return {
      ...granted,
      settle: async (outcome) => {
        await granted.settle(outcome);
        if (outcome !== "enrolled") return;
        const { ssid } = network;
        clock.after(farewellMs, () => void accessPoint.configure({ ssid, key }).catch(onTrouble));
      },
    };
  }

  /** @param own null: it shares the network's key */
  #granted(guest: Guest, credential: Credential, own: OwnKey | null): Grant {
    const { book, clock } = this.#options;
    let noted: Promise<() => Promise<void>> | null = null;
    return {
      credentials: [credential],
      handOut: async () => {
        noted = book.handOut(enrolmentOf(guest, clock.now()), own?.key ?? null);
        await noted.finally(() => {
          own?.noted();
          this.#filed.delete(guest.peer);
        });
      },
      settle: async (outcome) => {
        own?.over(outcome, noted !== null);
        if (outcome === "enrolled" || outcome === "credentialGiven") return this.#settle(guest.peer, outcome);
        // M8 was ready, but the window was closed before it went out.
        const takeBack = await noted?.catch(() => null);
        await takeBack?.();
        this.#filed.delete(guest.peer);
        // That key is used up, and files do not know the one in its place.
        if (noted !== null) void this.#delivery.bring("much");
      },
    };
  }

  async #settle(station: MacAddress, outcome: Extract<RunOutcome, "enrolled" | "credentialGiven">): Promise<void> {
    try {
      if (outcome === "enrolled") await this.#options.book.confirm(station);
    } finally {
      this.#filed.delete(station);
      // It comes in by the key that the access point knows; that this is its own by now can wait.
      void this.#delivery.bring("much");
    }
  }

  /** A device's key serves at each access point of the network that it has enrolled in. */
  #belongs(instance: InstanceId, other: InstanceId): boolean {
    if (instance === other) return true;
    const [home, there] = [this.#served.get(instance), this.#served.get(other)];
    if (home === undefined || there === undefined) return false;
    return Buffer.compare(home.facts.ssid, there.facts.ssid) === 0;
  }

  #filedKeys(instances: readonly InstanceId[]): readonly FiledKey[] {
    const areFrom = new Map<InstanceId, boolean>();
    const keys: FiledKey[] = [];
    for (const station of this.#options.book.addresses()) {
      const filed = this.#filed.get(station) ?? this.#file(station);
      if (filed === null) continue;
      let isFrom = areFrom.get(filed.instance);
      if (isFrom === undefined) {
        isFrom = instances.some((instance) => this.#belongs(filed.instance, instance));
        areFrom.set(filed.instance, isFrom);
      }
      if (isFrom) keys.push(...filed.keys);
    }
    return keys;
  }

  #file(macAddress: MacAddress): Filed | null {
    const { book } = this.#options;
    const device = book.get(macAddress);
    if (device === null) return null;
    const filed = { instance: device.instance, keys: this.#keysToFile(macAddress) };
    this.#filed.set(macAddress, filed);
    return filed;
  }

  /** One whose keys cannot be read keeps those that hostapd knows: without them it would have to enrol again. */
  #keysToFile(macAddress: MacAddress): readonly FiledKey[] {
    const { book, onTrouble } = this.#options;
    try {
      return book.keys(macAddress).map((key) => ({ macAddress, key }));
    } catch (trouble) {
      if (!this.#hasUnreadable) onTrouble(trouble);
      this.#hasUnreadable = true;
      return [{ macAddress, key: null }];
    }
  }

  /** At once by its address, and for good by its key, which takes longer. Gives the trouble with that; null: none. */
  async #keepOut(station: MacAddress): Promise<unknown> {
    const untold = await this.#denials.deny(station);
    const unbrought = await this.#delivery.bring();
    return untold ?? unbrought;
  }

  /** Gives the trouble with an access point that did not do it; null: none. */
  async #sendAway(station: MacAddress): Promise<unknown> {
    let first: unknown = null;
    for (const accessPoint of this.#served.values())
      await accessPoint.deauthenticate(station).catch((trouble: unknown) => {
        this.#options.onTrouble(trouble);
        first ??= trouble;
      });
    return first;
  }
}

/** What is noted of a guest in the book. */
export function enrolmentOf({ peer, instance, method, enrollee }: Guest, enrolledAt: Instant): Enrolment {
  const { deviceName, manufacturer, modelName, modelNumber, serialNumber } = enrollee;
  return {
    macAddress: peer,
    uuid: toHex(enrollee.uuid),
    deviceName,
    manufacturer,
    modelName,
    modelNumber,
    serialNumber,
    deviceType: deviceTypeText(enrollee.primaryDeviceType),
    instance,
    method,
    enrolledAt,
  };
}
