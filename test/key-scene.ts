/** Keys in virtual time, for the keyring's tests in src/registrar; the access points are recorders of what they are told. */
import { VirtualClock } from "../src/clock/virtual-clock.ts";
import type { AuthMode } from "../src/radio/station-radio.ts";
import { DeviceBook } from "../src/registrar/device-book.ts";
import type { Guest } from "../src/registrar/grant.ts";
import type { FiledKey, KeyFile } from "../src/registrar/key-delivery.ts";
import type { KeyedAccessPoint, KeyPolicy } from "../src/registrar/key-policy.ts";
import { Keyring } from "../src/registrar/keyring.ts";
import { Seal } from "../src/registrar/seal.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import type { Store } from "../src/store/store.ts";
import { type MacAddress, parseMacAddress } from "../src/wsc/address.ts";
import { systemRandom } from "../src/wsc/crypto.ts";
import { Secret } from "../src/wsc/secret.ts";

export const mac = (text: string) => parseMacAddress(text) as MacAddress;
export const lamp = mac("02:00:00:00:01:01");
export const meter = mac("02:00:00:00:01:02");
export const first = mac("02:00:00:00:00:01");
export const second = mac("02:00:00:00:00:02");

/** An access point that remembers what it was told. */
export class Recorder implements KeyedAccessPoint {
  readonly name = "hostapd:wlan0";
  readonly instance: MacAddress;
  readonly facts: KeyedAccessPoint["facts"];
  readonly told: string[] = [];
  shared: Secret | null = new Secret("correct horse battery");

  constructor(instance: MacAddress, security: AuthMode = "WPA2", ssid = "Home") {
    this.instance = instance;
    // What keys do not depend on is left out.
    this.facts = { ssid: new TextEncoder().encode(ssid), security } as KeyedAccessPoint["facts"];
  }

  async sharedKey(): Promise<Secret | null> {
    return this.shared;
  }
  async deny(station: MacAddress): Promise<void> {
    this.told.push(`deny ${station}`);
  }
  async allow(station: MacAddress): Promise<void> {
    this.told.push(`allow ${station}`);
  }
  async deauthenticate(station: MacAddress): Promise<void> {
    this.told.push(`deauthenticate ${station}`);
  }
  async configure({ key }: Parameters<KeyedAccessPoint["configure"]>[0]): Promise<void> {
    this.told.push(`configure ${key?.length}`);
    this.shared = key;
  }
  async reloadKeys(): Promise<void> {
    this.told.push("reload");
  }
}

/** A file of keys in memory. */
export class File implements KeyFile {
  keys: readonly FiledKey[] = [];
  isBroken = false;
  async write(keys: readonly FiledKey[]): Promise<void> {
    if (this.isBroken) throw new Error("no room");
    this.keys = keys;
  }
  get devices(): readonly string[] {
    return this.keys.flatMap(({ macAddress }) => macAddress ?? []);
  }
  /** Those that are good for any station. */
  get spares(): readonly string[] {
    return this.#shown((macAddress) => macAddress === null);
  }
  keysOf(station: MacAddress): readonly string[] {
    return this.#shown((macAddress) => macAddress === station);
  }
  #shown(isSo: (macAddress: MacAddress | null) => boolean): readonly string[] {
    return this.keys.flatMap(({ macAddress, key }) => (isSo(macAddress) ? (key?.revealText() ?? "stays") : []));
  }
}

/** A book of devices that is empty, and what is around it. */
export interface KeyScene {
  readonly clock: VirtualClock;
  readonly store: Store;
  book: DeviceBook;
  /** Of whoever is in the middle of an enrolment. */
  idle: Promise<void>;
  readonly troubles: unknown[];
}

export async function openKeyScene(): Promise<KeyScene> {
  const store = createMemoryStore();
  const seal = new Seal(new Secret(new Uint8Array(32)), systemRandom);
  const book = await DeviceBook.open({ store, seal });
  return { clock: new VirtualClock(), store, book, idle: Promise.resolve(), troubles: [] };
}

/** A keyring of the scene, as after a start. */
export function keyringOf(scene: KeyScene, policy: KeyPolicy): Keyring {
  const { book, store, clock } = scene;
  const whenIdle = () => scene.idle;
  const onTrouble = (trouble: unknown) => scene.troubles.push(trouble);
  return new Keyring({ policy, book, store, clock, random: systemRandom, whenIdle, onTrouble });
}

/** A device whose button was pressed. */
export function guest(peer: MacAddress, instance = first): Guest {
  const enrollee = {
    uuid: new Uint8Array(16),
    macAddress: peer,
    manufacturer: "Example",
    modelName: "L",
    modelNumber: "1",
    serialNumber: "7",
    deviceName: "Lamp",
    primaryDeviceType: Uint8Array.of(0, 1, 0, 0x50, 0xf2, 4, 0, 1),
    configMethods: 0,
    authenticationTypes: 0,
    encryptionTypes: 0,
    rfBands: 1,
    osVersion: 0,
    wscState: 1,
    devicePasswordId: 4,
    wfaExtension: {},
  };
  return { peer, instance, method: "pushButton", enrollee };
}

/** A whole enrolment; gives the key that was handed out. */
export async function enrol(
  { clock }: KeyScene,
  grants: Awaited<ReturnType<Keyring["serve"]>>,
  who: Guest,
): Promise<string> {
  const grant = await grants(who);
  await grant.handOut();
  await grant.settle("enrolled");
  await clock.advance(1_000);
  return grant.credentials[0]?.networkKey.revealText() ?? "";
}

export const shown = (keys: readonly Secret[]): readonly string[] => keys.map((key) => key.revealText());
