/** Keys in virtual time; the access points are recorders of what they are told. */
import { beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { AuthMode } from "../radio/station-radio.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Secret } from "../wsc/secret.ts";
import { DeviceBook } from "./device-book.ts";
import type { Guest } from "./grant.ts";
import type { FiledKey, KeyFile } from "./key-delivery.ts";
import type { KeyedAccessPoint, KeyPolicy } from "./key-policy.ts";
import { Keyring } from "./keyring.ts";
import { Seal } from "./seal.ts";

const mac = (text: string) => parseMacAddress(text) as MacAddress;
const lamp = mac("02:00:00:00:01:01");
const meter = mac("02:00:00:00:01:02");
const first = mac("02:00:00:00:00:01");
const second = mac("02:00:00:00:00:02");

class Recorder implements KeyedAccessPoint {
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

class File implements KeyFile {
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

let clock: VirtualClock;
let store: Store;
let book: DeviceBook;
/** Of whoever is in the middle of an enrolment. */
let idle: Promise<void>;
let troubles: unknown[];

beforeEach(async () => {
  clock = new VirtualClock();
  store = createMemoryStore();
  book = await DeviceBook.open({ store, seal: new Seal(new Secret(new Uint8Array(32)), systemRandom) });
  idle = Promise.resolve();
  troubles = [];
});

const keyringWith = (policy: KeyPolicy) =>
  new Keyring({
    policy,
    book,
    store,
    clock,
    random: systemRandom,
    whenIdle: () => idle,
    onTrouble: (trouble) => troubles.push(trouble),
  });

function guest(peer: MacAddress, instance = first): Guest {
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
async function enrol(grants: (guest: Guest) => ReturnType<Awaited<ReturnType<Keyring["serve"]>>>, who: Guest) {
  const grant = await grants(who);
  await grant.handOut();
  await grant.settle("enrolled");
  await clock.advance(1_000);
  return grant.credentials[0]?.networkKey.revealText() ?? "";
}

const shown = (keys: readonly Secret[]) => keys.map((key) => key.revealText());

describe("keys that access points ask for", () => {
  test("are, for a stranger, two that nobody knows, which it is handed one after the other", async () => {
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const [next = "", later = ""] = shown(keyring.keys(lamp, first));
    expect(next).toMatch(/^[0-9a-f]{64}$/);
    expect(later).not.toBe(next);
    expect(shown(keyring.keys(meter, first))).not.toContain(next);
    expect(await enrol(grants, guest(lamp))).toBe(next);
    expect(await enrol(grants, guest(lamp))).toBe(later);
  });

  test("are its own and the next one for a device that has one", async () => {
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const key = await enrol(grants, guest(lamp));
    const [own, next = "", ...more] = shown(keyring.keys(lamp, first));
    expect([own, more]).toEqual([key, []]);
    expect(await enrol(grants, guest(lamp))).toBe(next);
    expect(shown(keyring.keys(lamp, first))).not.toContain(key);
  });

  test("that were handed out when Done never came are there beside the old one, and are handed out again", async () => {
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const old = await enrol(grants, guest(lamp));
    const grant = await grants(guest(lamp));
    await grant.handOut();
    await grant.settle("credentialGiven");
    const next = grant.credentials[0]?.networkKey.revealText();
    expect(shown(keyring.keys(lamp, first))).toEqual([old, next]);
    expect(book.get(lamp)?.confirmed).toBe(false);
    expect(await enrol(grants, guest(lamp))).toBe(next);
  });

  test("that a device could be handed next are others after its key was taken back", async () => {
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    await enrol(grants, guest(lamp));
    const before = shown(keyring.keys(lamp, first));
    await keyring.revoke(lamp);
    for (const key of shown(keyring.keys(lamp, first))) expect(before).not.toContain(key);
  });

  test("serve at each access point of the same network, and at no other", async () => {
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    await keyring.serve(new Recorder(second), null);
    const guests = mac("02:00:00:00:00:03");
    await keyring.serve(new Recorder(guests, "WPA2", "Guests"), null);
    const key = await enrol(grants, guest(lamp));
    expect(shown(keyring.keys(lamp, second))).toContain(key);
    expect(shown(keyring.keys(lamp, guests))).not.toContain(key);
    expect(keyring.keys(lamp, mac("02:00:00:00:00:99"))).toEqual([]);
  });

  test("are taken back by one call: the device is sent away, kept out while its key is remembered, and a stranger then", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(accessPoint, null);
    const key = await enrol(grants, guest(lamp));
    expect(await keyring.revoke(lamp)).toEqual({ type: "revoked" });
    expect(shown(keyring.keys(lamp, first))).not.toContain(key);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    await clock.advance(30_000);
    expect(accessPoint.told).toHaveLength(1);
    await clock.advance(1_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, `allow ${lamp}`]);
    expect(await keyring.revoke(lamp)).toEqual({ type: "unknown" });
  });

  test("that are taken back again while the device is being let back keep it out everywhere", async () => {
    const [one, other] = [new Recorder(first), new Recorder(second)];
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(one, null);
    await keyring.serve(other, null);
    await enrol(grants, guest(lamp));
    await keyring.revoke(lamp);
    await enrol(grants, guest(lamp));
    let go = () => {};
    one.allow = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    await clock.advance(31_000);
    await keyring.revoke(lamp);
    go();
    await clock.advance(0);
    expect(other.told).toEqual([`deny ${lamp}`, `deny ${lamp}`]);
    const { value } = await store.range("registrar/denied/")[Symbol.asyncIterator]().next();
    expect(value?.key).toContain(lamp);
  });

  test("that are being taken back when the process dies are taken back after its start", async () => {
    const before = keyringWith("per-device");
    const grants = await before.serve(new Recorder(first), null);
    await enrol(grants, guest(lamp));
    await before.revoke(lamp);
    await before.close();
    const accessPoint = new Recorder(first);
    await keyringWith("per-device").serve(accessPoint, null);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    await clock.advance(31_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, `allow ${lamp}`]);
    for await (const { key } of store.range("")) expect(key).not.toContain("denied");
  });
});

describe("keys in an access point's file", () => {
  test("come in when the run is over, and go with the device", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(accessPoint, file);
    const key = await enrol(grants, guest(lamp));
    await enrol(grants, guest(meter));
    expect(file.devices).toEqual([lamp, meter]);
    expect(file.keysOf(lamp)).toEqual([key]);
    expect(accessPoint.told).toEqual(["reload", "reload", "reload"]);
    await keyring.revoke(lamp);
    expect(file.devices).toEqual([meter]);
    expect(accessPoint.told.slice(3)).toEqual([`deny ${lamp}`, "reload"]);
  });

  test("are there before a device comes, and are its own as soon as it has one", async () => {
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    const before = file.spares;
    expect(new Set(before).size).toBe(4);
    const key = await enrol(grants, guest(lamp));
    expect(before).toContain(key);
    expect(file.spares).toHaveLength(4);
    expect(file.spares).not.toContain(key);
    expect(before).toContain(await enrol(grants, guest(meter)));
    // At the head of hostapd's list, which begins with the last line, one for any station would pass for the network's.
    expect(file.keys.at(-1)?.macAddress).toBe(meter);
  });

  test("are never two devices' own, and one that was not used is handed to the next", async () => {
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    const given = (grant: Awaited<ReturnType<typeof grants>>) => grant.credentials[0]?.networkKey.revealText() ?? "";
    const underWay = await Promise.all(Array.from({ length: 6 }, () => grants(guest(lamp))));
    expect(new Set(underWay.map(given)).size).toBe(6);
    for (const grant of underWay) await grant.settle("failed");
    const before = file.spares;
    const unsent = await grants(guest(lamp));
    expect(before).toContain(given(unsent));
    await unsent.handOut();
    await unsent.settle("passwordExposed");
    expect(book.get(lamp)).toBeNull();
    const next = await enrol(grants, guest(meter));
    expect(next).not.toBe(given(unsent));
    expect(before).toContain(next);
    expect(file.spares).toHaveLength(4);
    expect(file.spares).not.toContain(given(unsent));
  });

  test("stay as they are while a run is under way, also when the file is written for somebody else", async () => {
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    await enrol(grants, guest(meter));
    const grant = await grants(guest(lamp));
    const key = grant.credentials[0]?.networkKey.revealText();
    await keyring.revoke(meter);
    expect(file.spares).toContain(key);
  });

  test("that were handed out when Done never came stay, and are handed out again for ten minutes", async () => {
    const file = new File();
    const grants = await keyringWith("per-device").serve(new Recorder(first), file);
    const old = await enrol(grants, guest(lamp));
    const grant = await grants(guest(lamp));
    await grant.handOut();
    await grant.settle("credentialGiven");
    await clock.advance(1_000);
    const next = grant.credentials[0]?.networkKey.revealText();
    expect(file.keysOf(lamp)).toEqual([old, next]);
    expect(file.spares).not.toContain(next);
    expect((await grants(guest(lamp))).credentials[0]?.networkKey.revealText()).toBe(next);
    await clock.advance(600_000);
    expect((await grants(guest(lamp))).credentials[0]?.networkKey.revealText()).not.toBe(next);
  });

  test("that nobody has are others after a start", async () => {
    const file = new File();
    const before = keyringWith("per-device");
    const grants = await before.serve(new Recorder(first), file);
    const key = await enrol(grants, guest(lamp));
    // It dies in the middle of a run.
    const grant = await grants(guest(meter));
    await grant.handOut();
    const spares = file.spares;
    await keyringWith("per-device").serve(new Recorder(first), file);
    for (const spare of spares) expect(file.spares).not.toContain(spare);
    expect(file.keysOf(lamp)).toEqual([key]);
    expect(file.keysOf(meter)).toEqual([grant.credentials[0]?.networkKey.revealText()]);
  });

  test("that were sealed under another key file stay there, are told once, and keep nobody from enrolling", async () => {
    const before = keyringWith("per-device");
    await enrol(await before.serve(new Recorder(first), new File()), guest(lamp));
    await enrol(await before.serve(new Recorder(first), new File()), guest(meter));
    book = await DeviceBook.open({ store, seal: new Seal(new Secret(new Uint8Array(32).fill(1)), systemRandom) });
    const file = new File();
    const grants = await keyringWith("per-device").serve(new Recorder(first), file);
    expect([file.keysOf(lamp), file.keysOf(meter)]).toEqual([["stays"], ["stays"]]);
    const key = await enrol(grants, guest(lamp));
    expect(file.keysOf(lamp)).toEqual([key]);
    expect(file.keysOf(meter)).toEqual(["stays"]);
    expect(troubles).toEqual([expect.objectContaining({ message: expect.stringContaining("another key file") })]);
  });

  test("are not used up by access points whose devices can have none of their own", async () => {
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    const open = await keyring.serve(new Recorder(second, "open"), file);
    for (let i = 0; i < 10; i++) await expect(open(guest(lamp, second))).rejects.toThrow("is open");
    const before = file.spares;
    expect(before).toContain(await enrol(grants, guest(meter)));
  });

  test("of one that several networks read are those of all their devices", async () => {
    const [home, guests] = [new Recorder(first), new Recorder(second, "WPA2", "Guests")];
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(home, file);
    const grantsOfGuests = await keyring.serve(guests, file);
    await enrol(grants, guest(lamp));
    await enrol(grantsOfGuests, guest(meter, second));
    expect(file.devices).toEqual([lamp, meter]);
    await keyring.revoke(meter);
    expect(file.devices).toEqual([lamp]);
  });

  test("are taken back without breaking the run of another device: it is denied at once, and they are read anew then", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringWith("per-device");
    await enrol(await keyring.serve(accessPoint, file), guest(lamp));
    accessPoint.told.length = 0;
    let over = () => {};
    idle = new Promise((resolve) => {
      over = resolve;
    });
    const revoked = keyring.revoke(lamp);
    await clock.advance(0);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    expect(file.devices).toEqual([]);
    over();
    expect(await revoked).toEqual({ type: "revoked" });
    expect(accessPoint.told).toEqual([`deny ${lamp}`, "reload"]);
  });

  test("are in it at once, also while it waits to be read until somebody else has enrolled, which is then done once", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const grants = await keyringWith("per-device").serve(accessPoint, file);
    accessPoint.told.length = 0;
    let over = () => {};
    idle = new Promise((resolve) => {
      over = resolve;
    });
    await enrol(grants, guest(lamp));
    expect(file.devices).toEqual([lamp]);
    await enrol(grants, guest(meter));
    expect(file.devices).toEqual([lamp, meter]);
    expect(accessPoint.told).toEqual([]);
    over();
    await clock.advance(0);
    expect(accessPoint.told).toEqual(["reload"]);
  });

  test("that could not be taken out of it are tried again, also when another change had been waiting all the time", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(accessPoint, file);
    await enrol(grants, guest(lamp));
    let over = () => {};
    idle = new Promise((resolve) => {
      over = resolve;
    });
    await enrol(grants, guest(meter));
    file.isBroken = true;
    expect(await keyring.revoke(lamp)).toMatchObject({ type: "unfinished" });
    over();
    await clock.advance(0);
    file.isBroken = false;
    await clock.advance(10_000);
    expect(file.devices).toEqual([meter]);
    await clock.advance(31_000);
    expect(accessPoint.told.at(-1)).toBe(`allow ${lamp}`);
  });

  test("that cannot be taken out of it are said to be left, tried again, and their device kept out until then", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringWith("per-device");
    await enrol(await keyring.serve(accessPoint, file), guest(lamp));
    accessPoint.told.length = 0;
    file.isBroken = true;
    expect(await keyring.revoke(lamp)).toMatchObject({ type: "unfinished", trouble: { message: "no room" } });
    expect(book.get(lamp)).toBeNull();
    await clock.advance(100_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    file.isBroken = false;
    await clock.advance(10_000);
    expect(file.devices).toEqual([]);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, "reload"]);
    await clock.advance(31_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, "reload", `allow ${lamp}`]);
    const count = troubles.length;
    await clock.advance(100_000);
    expect(troubles).toHaveLength(count);
  });

  test("are brought to what the book says at the start", async () => {
    const before = keyringWith("per-device");
    await enrol(await before.serve(new Recorder(first), new File()), guest(lamp));
    const file = new File();
    await keyringWith("per-device").serve(new Recorder(first), file);
    expect(file.devices).toEqual([lamp]);
  });
});

describe("a key that all share", () => {
  test("is read anew for each device, and its own keys there are none", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringWith("shared");
    const grants = await keyring.serve(accessPoint, null);
    expect(await enrol(grants, guest(lamp))).toBe("correct horse battery");
    accessPoint.shared = new Secret("another passphrase");
    expect(await enrol(grants, guest(meter))).toBe("another passphrase");
    expect(keyring.keys(lamp, first)).toEqual([]);
    expect([...book.all()].map(({ macAddress }) => macAddress)).toEqual([lamp, meter]);
    await keyring.revoke(lamp);
    expect(accessPoint.told).toEqual([`deauthenticate ${lamp}`]);
  });

  test("is made up by an access point that nobody has configured, once its first station has taken it", async () => {
    const accessPoint = new Recorder(first);
    Object.assign(accessPoint.facts, { wps: "unconfigured" });
    const grants = await keyringWith("shared").serve(accessPoint, null);
    const failed = await grants(guest(lamp));
    await failed.settle("failed");
    await clock.advance(1_000);
    expect(accessPoint.told).toEqual([]);
    const key = await enrol(grants, guest(lamp));
    expect(key).toHaveLength(22);
    expect(accessPoint.told).toEqual(["configure 22"]);
    expect(accessPoint.shared?.revealText()).toBe(key);
  });

  test.each([
    ["no passphrase", new Recorder(first), null, "no passphrase that its stations share"],
    ["WPA3 only", new Recorder(first, "WPA3"), "x", "set to WPA3, whose keys WPS cannot hand out"],
    ["enterprise", new Recorder(first, "EAP"), "x", "set to EAP"],
  ])("is not there at an access point with %s, which is told in a sentence", async (_what, accessPoint, key, sentence) => {
    accessPoint.shared = key === null ? null : new Secret(key);
    const grants = await keyringWith("shared").serve(accessPoint, null);
    await expect(grants(guest(lamp))).rejects.toThrow(sentence);
  });
});

test("an access point that cannot be told keeps nobody from revoking", async () => {
  const accessPoint = new Recorder(first);
  accessPoint.deny = async () => {
    throw new Error("it does not answer");
  };
  const keyring = keyringWith("per-device");
  const grants = await keyring.serve(accessPoint, null);
  await enrol(grants, guest(lamp));
  expect(await keyring.revoke(lamp)).toMatchObject({ type: "unfinished" });
  expect(book.get(lamp)).toBeNull();
  expect(troubles).toHaveLength(1);
});

describe("an access point that was away", () => {
  test("is told again whom it is to keep out", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringWith("per-device");
    await enrol(await keyring.serve(accessPoint, null), guest(lamp));
    await keyring.revoke(lamp);
    await keyring.cameBack(accessPoint);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, `deny ${lamp}`]);
  });

  test("when a device is to be let back keeps it out no longer than until it is there again", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringWith("per-device");
    await enrol(await keyring.serve(accessPoint, null), guest(lamp));
    await keyring.revoke(lamp);
    const allow = accessPoint.allow.bind(accessPoint);
    accessPoint.allow = async () => {
      throw new Error("it does not answer");
    };
    await clock.advance(31_000);
    accessPoint.allow = allow;
    await clock.advance(31_000);
    expect(accessPoint.told.at(-1)).toBe(`allow ${lamp}`);
    for await (const { key } of store.range("")) expect(key).not.toContain("denied");
  });
});

describe("a device whose window closed when its key was about to go out", () => {
  test("has not enrolled", async () => {
    const grants = await keyringWith("per-device").serve(new Recorder(first), null);
    const grant = await grants(guest(lamp));
    await Promise.all([grant.handOut(), grant.settle("passwordExposed")]);
    expect(book.get(lamp)).toBeNull();
  });

  test("is what it was before, with the key that it had", async () => {
    const keyring = keyringWith("per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const key = await enrol(grants, guest(lamp));
    const before = book.get(lamp);
    const grant = await grants(guest(lamp));
    await grant.handOut();
    await grant.settle("failed");
    expect(book.get(lamp)).toEqual(before);
    expect(shown(book.keys(lamp))).toEqual([key]);
  });
});
