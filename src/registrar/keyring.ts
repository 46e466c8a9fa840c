/**
 * The keys of a network's devices: made and handed out at an enrolment, told to access points so that they let the
 * device in, and taken back. Which devices there are is in `device-book.ts`; who is let in is decided elsewhere.
 */
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { inventedSettings } from "../wsc/ap-settings.ts";
import { toHex } from "../wsc/bytes.ts";
import { deviceTypeText } from "../wsc/device.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { RunOutcome } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import type { Device, DeviceBook, Enrolment } from "./device-book.ts";
import { credentialFor, type Grants, type Guest } from "./grant.ts";
import { type KeyedAccessPoint, type KeyPolicy, ownCredential, sharedCredential } from "./key-policy.ts";
import { PendingKeys } from "./pending-keys.ts";

/** One key in an access point's own file of keys. */
export interface FiledKey {
  readonly macAddress: MacAddress;
  /** 64 hex digits. */
  readonly key: Secret;
}

/** An access point's own file of keys, such as hostapd's `wpa_psk_file`. */
export interface KeyFile {
  /** Puts these keys in place of all that came from us, whole or not at all; leaves other people's lines alone. */
  write(keys: readonly FiledKey[]): Promise<void>;
}

export interface KeyringOptions {
  readonly policy: KeyPolicy;
  readonly book: DeviceBook;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether somebody may enrol at an access point now. */
  readonly isOpen: (instance: InstanceId) => boolean;
  /** Told of access points and files that could not be told. */
  readonly onTrouble: (error: unknown) => void;
}

/** The last packet of a run is on its way for about so long; what disturbs stations in the middle of one waits for it. */
const farewellMs = 200;

/** hostapd remembers for 30 s which keys it was told for a station. */
const deniedMs = 31_000;

const deniedPrefix = "registrar/denied/";

interface Served {
  readonly accessPoint: KeyedAccessPoint;
  /** null: it asks for keys (RADIUS), or all share one. */
  readonly file: KeyFile | null;
}

export class Keyring {
  readonly #options: KeyringOptions;
  readonly #pending: PendingKeys;
  readonly #served = new Map<InstanceId, Served>();
  readonly #denied = new Map<MacAddress, Timer>();
  /** Files are written one after the other. */
  #filing: Promise<void> = Promise.resolve();

  constructor(options: KeyringOptions) {
    this.#options = options;
    this.#pending = new PendingKeys(options);
  }

  /**
   * Takes an access point in, and tells it what a crash may have kept from it. Gives what its devices are given.
   * @param file where it reads its keys; null when it asks for them
   */
  async serve(accessPoint: KeyedAccessPoint, file: KeyFile | null): Promise<Grants> {
    this.#served.set(accessPoint.instance, { accessPoint, file });
    await this.#denyAgain();
    await this.#file();
    return (guest) => this.#grant(accessPoint, guest);
  }

  /**
   * The keys by which a station may come to an access point; none to send it away. One that has none of its own gets one
   * that nobody knows, so that it can associate and enrol.
   */
  keys(station: MacAddress, instance: InstanceId): readonly Secret[] {
    const { book, policy, isOpen } = this.#options;
    if (policy === "shared" || !this.#served.has(instance)) return [];
    const device = book.get(station);
    const own = device !== null && this.#belongs(device, instance) ? book.keys(station) : [];
    if (own.length > 0 && !isOpen(instance)) return own;
    const pending = this.#pending.for(station);
    return own.some((key) => key.revealText() === pending.revealText()) ? own : [...own, pending];
  }

  /**
   * Takes a device's key back and sends the device away. False: it has not enrolled. A device that shares the network's
   * key still knows it.
   */
  async revoke(station: MacAddress): Promise<boolean> {
    const { book, policy } = this.#options;
    if (book.get(station) === null) return false;
    const asked = policy === "per-device" && [...this.#served.values()].some(({ file }) => file === null);
    if (asked) await this.#noteDenial(station);
    await book.remove(station);
    this.#pending.forget(station);
    await this.#file();
    if (asked) await this.#deny(station);
    if (policy === "shared") await this.#each((accessPoint) => accessPoint.deauthenticate(station));
    return true;
  }

  async close(): Promise<void> {
    for (const timer of this.#denied.values()) timer.cancel();
    await this.#filing;
  }

  async #grant(accessPoint: KeyedAccessPoint, guest: Guest): ReturnType<Grants> {
    const { book, clock, policy } = this.#options;
    if (policy === "shared" && accessPoint.facts.wps === "unconfigured") return this.#firstGrant(accessPoint, guest);
    const own = policy === "per-device" ? this.#pending.for(guest.peer) : null;
    const credential = own === null ? await sharedCredential(accessPoint) : ownCredential(accessPoint, own);
    return {
      credentials: [credentialFor(guest.peer, credential)],
      handOut: () => book.handOut(enrolmentOf(guest, clock.now()), own),
      settle: (outcome) => this.#settle(guest.peer, outcome),
    };
  }

  /** An access point that nobody has configured makes up its own key for its first station, and is configured then. */
  async #firstGrant(accessPoint: KeyedAccessPoint, guest: Guest): ReturnType<Grants> {
    const { book, clock, random, onTrouble } = this.#options;
    const { networkKey: key, ...network } = inventedSettings(accessPoint.facts.ssid, random);
    return {
      credentials: [credentialFor(guest.peer, { ...network, key })],
      handOut: () => book.handOut(enrolmentOf(guest, clock.now()), null),
      settle: async (outcome) => {
        await this.#settle(guest.peer, outcome);
        if (outcome !== "enrolled") return;
        const { ssid } = network;
        clock.after(farewellMs, () => void accessPoint.configure({ ssid, key }).catch(onTrouble));
      },
    };
  }

  async #settle(station: MacAddress, outcome: RunOutcome): Promise<void> {
    const { book, clock, onTrouble } = this.#options;
    if (outcome !== "enrolled" && outcome !== "credentialGiven") return;
    if (outcome === "enrolled") {
      await book.confirm(station);
      this.#pending.forget(station);
    }
    // An access point that reads its keys anew drops stations in the middle of a run.
    clock.after(farewellMs, () => void this.#file().catch(onTrouble));
  }

  /** A device's key serves at each access point of the network that it has enrolled in. */
  #belongs({ instance }: Device, other: InstanceId): boolean {
    if (instance === other) return true;
    const [home, there] = [this.#served.get(instance), this.#served.get(other)];
    if (home === undefined || there === undefined) return false;
    return Buffer.compare(home.accessPoint.facts.ssid, there.accessPoint.facts.ssid) === 0;
  }

  /** Brings every file to what the book says. Another one that is under way is waited for, and may have been too early. */
  #file(): Promise<void> {
    const filing = this.#filing.then(async () => {
      for (const { accessPoint, file } of this.#served.values()) {
        if (file === null || this.#options.policy === "shared") continue;
        await this.#try(async () => {
          await file.write(this.#filedKeys(accessPoint.instance));
          await accessPoint.reloadKeys();
        });
      }
    });
    this.#filing = filing;
    return filing;
  }

  #filedKeys(instance: InstanceId): readonly FiledKey[] {
    const { book } = this.#options;
    const keys: FiledKey[] = [];
    for (const device of book.all())
      if (this.#belongs(device, instance))
        for (const key of book.keys(device.macAddress)) keys.push({ macAddress: device.macAddress, key });
    return keys;
  }

  /** On disk before anything is done: a crash must not leave a device kept out for good. */
  async #noteDenial(station: MacAddress): Promise<void> {
    await this.#options.store.put(deniedPrefix + station, new Uint8Array());
  }

  async #deny(station: MacAddress): Promise<void> {
    await this.#each((accessPoint) => accessPoint.deny(station));
    this.#denied.get(station)?.cancel();
    const allow = async () => {
      this.#denied.delete(station);
      await this.#each((accessPoint) => accessPoint.allow(station));
      await this.#options.store.delete(deniedPrefix + station);
    };
    const { clock, onTrouble } = this.#options;
    this.#denied.set(
      station,
      clock.after(deniedMs, () => void allow().catch(onTrouble)),
    );
  }

  async #denyAgain(): Promise<void> {
    for await (const { key } of this.#options.store.range(deniedPrefix)) {
      const station = parseMacAddress(key.slice(deniedPrefix.length));
      if (station !== null) await this.#deny(station);
    }
  }

  async #each(tell: (accessPoint: KeyedAccessPoint) => Promise<void>): Promise<void> {
    for (const { accessPoint } of this.#served.values()) await this.#try(() => tell(accessPoint));
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.onTrouble(error);
    }
  }
}

function enrolmentOf({ peer, instance, method, enrollee }: Guest, enrolledAt: Instant): Enrolment {
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
