/**
 * The devices that have enrolled: who they are, and the key that each of them was given. In memory as on disk, one text a
 * device, so that a hundred thousand of them are there soon and take little room; a change is on disk when it resolves.
 * Keys are sealed in both. Who gets a key is decided elsewhere.
 */

import type { Instant } from "../clock/clock.ts";
import { check } from "../schema/check.ts";
import { type Static, Type } from "../schema/type.ts";
import { type Store, StoreError } from "../store/store.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Secret } from "../wsc/secret.ts";
import type { WindowMethod } from "./events.ts";
import type { Seal } from "./seal.ts";

/** A device that has enrolled. What it says of itself is as long as its messages allow, and says whatever it likes. */
export interface Device {
  readonly macAddress: MacAddress;
  /** 32 hex digits. */
  readonly uuid: string;
  readonly deviceName: string;
  readonly manufacturer: string;
  readonly modelName: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  /** As in a Primary Device Type: `6-0050F204-1`. */
  readonly deviceType: string;
  /** What a person calls it; null until somebody does. */
  readonly label: string | null;
  readonly instance: InstanceId;
  readonly method: WindowMethod;
  /** Of its last enrolment. */
  readonly enrolledAt: Instant;
  /** When it last came to the network; null before the first time. */
  readonly lastSeenAt: Instant | null;
  /** It has said that it took the credential (Done); without that it may have it all the same. */
  readonly confirmed: boolean;
}

/** What is noted of a device when it enrols. */
export type Enrolment = Omit<Device, "label" | "lastSeenAt" | "confirmed">;

/** Which of a device's keys: the one that it uses, or the one that its enrolment under way hands out. */
type KeyName = "key" | "pendingKey";

const version = 1;
const prefix = "registrar/device/";

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

const DeviceJson = Type.Object({
  version: Type.Literal(version),
  uuid: Type.String(),
  deviceName: Type.String(),
  manufacturer: Type.String(),
  modelName: Type.String(),
  modelNumber: Type.String(),
  serialNumber: Type.String(),
  deviceType: Type.String(),
  label: nullable(Type.String()),
  instance: Type.String(),
  method: Type.Enum(["pushButton", "pin"]),
  enrolledAt: Type.Number(),
  lastSeenAt: nullable(Type.Number()),
  confirmed: Type.Boolean(),
  key: nullable(Type.String()),
  pendingKey: nullable(Type.String()),
});
type DeviceJson = Static<typeof DeviceJson>;

interface Entry {
  readonly device: Device;
  /** Sealed. */
  readonly key: string | null;
  readonly pendingKey: string | null;
}

export class DeviceBook {
  readonly #store: Store;
  readonly #seal: Seal;
  /** As they stand on disk. */
  readonly #texts: Map<MacAddress, string>;
  /** What each device's next change waits for. */
  readonly #turns = new Map<MacAddress, Promise<void>>();

  private constructor(store: Store, seal: Seal, texts: Map<MacAddress, string>) {
    this.#store = store;
    this.#seal = seal;
    this.#texts = texts;
  }

  /** @throws StoreError when an entry cannot be read; all are left as they are */
  static async open({ store, seal }: { readonly store: Store; readonly seal: Seal }): Promise<DeviceBook> {
    const texts = new Map<MacAddress, string>();
    const utf8 = new TextDecoder("utf-8", { fatal: true });
    for await (const { key, value } of store.range(prefix)) {
      const macAddress = parseMacAddress(key.slice(prefix.length));
      if (macAddress === null) throw unreadable(key);
      try {
        const text = utf8.decode(value);
        mustBeDevice(text);
        texts.set(macAddress, text);
      } catch {
        throw unreadable(key);
      }
    }
    return new DeviceBook(store, seal, texts);
  }

  get size(): number {
    return this.#texts.size;
  }

  get(macAddress: MacAddress): Device | null {
    return this.#entry(macAddress)?.device ?? null;
  }

  /** Of all of them, in no particular order. */
  addresses(): IterableIterator<MacAddress> {
    return this.#texts.keys();
  }

  /** In no particular order. */
  *all(): IterableIterator<Device> {
    for (const [macAddress, text] of this.#texts) yield decode(macAddress, text).device;
  }

  /**
   * The keys by which a device may come to the network: the one it uses, and the one that it was or is about to be
   * handed. None for a device that shares the network's key, or has not enrolled.
   * @throws StoreError when they were sealed under another key file
   */
  keys(macAddress: MacAddress): readonly Secret[] {
    const entry = this.#entry(macAddress);
    if (entry === null) return [];
    const sealed: readonly (readonly [KeyName, string | null])[] = [
      ["key", entry.key],
      ["pendingKey", entry.pendingKey],
    ];
    return sealed.flatMap(([name, text]) => {
      if (text === null) return [];
      const key = this.#seal.open(text, owner(macAddress, name));
      if (key === null) throw sealedOtherwise(macAddress);
      return [key];
    });
  }

  /**
   * A device is about to be handed this key, null when it shares the network's. One that it has already stays good
   * until {@link confirm}, and what a person calls it stays as well. Gives what undoes it, should the key not go out.
   */
  handOut(enrolment: Enrolment, key: Secret | null): Promise<() => Promise<void>> {
    const { macAddress } = enrolment;
    return this.#inTurn(macAddress, async () => {
      const before = this.#entry(macAddress);
      const { label = null, lastSeenAt = null } = before?.device ?? {};
      const pendingKey = key && this.#seal.close(key, owner(macAddress, "pendingKey"));
      const device = { ...enrolment, label, lastSeenAt, confirmed: false };
      const given: Entry = { device, key: before && this.#keyInUse(before), pendingKey };
      await this.#write(given);
      return () => this.#undo(given, before);
    });
  }

  /** A device has taken the key that it was handed: any other of its keys is void. */
  confirm(macAddress: MacAddress): Promise<void> {
    return this.#inTurn(macAddress, async () => {
      const entry = this.#entry(macAddress);
      if (entry === null || entry.device.confirmed) return;
      const { device, pendingKey } = entry;
      const key = pendingKey === null ? null : this.#promoted(macAddress, pendingKey);
      await this.#write({ device: { ...device, confirmed: true }, key, pendingKey: null });
    });
  }

  /** Changes what is noted beside its keys. False: there is no such device. */
  change(macAddress: MacAddress, change: Partial<Pick<Device, "label" | "lastSeenAt">>): Promise<boolean> {
    return this.#inTurn(macAddress, async () => {
      const entry = this.#entry(macAddress);
      if (entry === null) return false;
      await this.#write({ ...entry, device: { ...entry.device, ...change } });
      return true;
    });
  }

  /** Forgets a device and its keys. False: there was none. */
  remove(macAddress: MacAddress): Promise<boolean> {
    return this.#inTurn(macAddress, async () => {
      if (!this.#texts.has(macAddress)) return false;
      await this.#erase(macAddress);
      return true;
    });
  }

  /** The key that a device surely knows; where it has never confirmed one, the one that it was handed last. */
  #keyInUse({ device: { macAddress }, key, pendingKey }: Entry): string | null {
    return key ?? (pendingKey && this.#promoted(macAddress, pendingKey));
  }

  /** Sealed as the key that the device uses. */
  #promoted(macAddress: MacAddress, pendingKey: string): string {
    const key = this.#seal.open(pendingKey, owner(macAddress, "pendingKey"));
    if (key === null) throw sealedOtherwise(macAddress);
    return this.#seal.close(key, owner(macAddress, "key"));
  }

  #undo(given: Entry, before: Entry | null): Promise<void> {
    const { macAddress } = given.device;
    return this.#inTurn(macAddress, async () => {
      const { device, pendingKey } = this.#entry(macAddress) ?? {};
      // What has come of it since then stays.
      if (device === undefined || device.confirmed || pendingKey !== given.pendingKey) return;
      if (before === null) return this.#erase(macAddress);
      const { label, lastSeenAt } = device;
      await this.#write({ ...before, device: { ...before.device, label, lastSeenAt } });
    });
  }

  /** Changes of one device go one after the other: none of them may undo what another one did meanwhile. */
  #inTurn<T>(macAddress: MacAddress, work: () => Promise<T>): Promise<T> {
    const done = (this.#turns.get(macAddress) ?? Promise.resolve()).then(work);
    const over = done.then(
      () => {},
      () => {},
    );
    this.#turns.set(macAddress, over);
    void over.then(() => {
      if (this.#turns.get(macAddress) === over) this.#turns.delete(macAddress);
    });
    return done;
  }

  #entry(macAddress: MacAddress): Entry | null {
    const text = this.#texts.get(macAddress);
    return text === undefined ? null : decode(macAddress, text);
  }

  async #erase(macAddress: MacAddress): Promise<void> {
    await this.#store.delete(prefix + macAddress);
    this.#texts.delete(macAddress);
  }

  async #write(entry: Entry): Promise<void> {
    const { macAddress, ...rest } = entry.device;
    const json: DeviceJson = { version, ...rest, key: entry.key, pendingKey: entry.pendingKey };
    const text = JSON.stringify(json);
    await this.#store.put(prefix + macAddress, new TextEncoder().encode(text));
    this.#texts.set(macAddress, text);
  }
}

type CheckedJson = DeviceJson & { readonly instance: InstanceId };

/** @param text one that {@link mustBeDevice} has passed, or that was written here */
function decode(macAddress: MacAddress, text: string): Entry {
  const { version: _, key, pendingKey, ...rest } = JSON.parse(text) as CheckedJson;
  return { device: { ...rest, macAddress }, key, pendingKey };
}

/** @throws Error for what is no device */
function mustBeDevice(text: string): void {
  const json: unknown = JSON.parse(text);
  if (!check(DeviceJson, json) || parseMacAddress(json.instance) !== json.instance)
    throw new TypeError("text: expected a device");
}

const owner = (macAddress: MacAddress, name: KeyName) => `${name} of ${macAddress}`;

function unreadable(key: string): StoreError {
  return new StoreError(
    "unreadable",
    `What is stored under ${key} is not in the form that this openwps writes. It was left as it is.`,
    "Run the openwps that wrote it, or move the state folder away to start afresh.",
  );
}

function sealedOtherwise(macAddress: MacAddress): StoreError {
  return new StoreError(
    "unreadable",
    `The key of the device ${macAddress} was sealed under another key file.`,
    "Put back the key file that belongs to this state folder; without it the devices have to enrol again.",
  );
}
