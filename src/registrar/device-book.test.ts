import { beforeEach, describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Secret } from "../wsc/secret.ts";
import { DeviceBook, type Enrolment } from "./device-book.ts";
import { Seal } from "./seal.ts";

const mac = (text: string) => parseMacAddress(text) as MacAddress;
const sealOf = (byte: number) => new Seal(new Secret(new Uint8Array(32).fill(byte)), systemRandom);

const lamp: Enrolment = {
  macAddress: mac("02:00:00:00:01:01"),
  uuid: "0123456789abcdef0123456789abcdef",
  deviceName: 'Lamp "é" \u0000',
  manufacturer: "Example",
  modelName: "L",
  modelNumber: "1",
  serialNumber: "7",
  deviceType: "1-0050F204-1",
  instance: mac("02:00:00:00:00:01"),
  method: "pushButton",
  enrolledAt: 1_000,
};

const first = new Secret("11".repeat(32));
const second = new Secret("22".repeat(32));

let store: Store;
let book: DeviceBook;
beforeEach(async () => {
  store = createMemoryStore();
  book = await DeviceBook.open({ store, seal: sealOf(7) });
});

const shown = (keys: readonly Secret[]) => keys.map((key) => key.revealText().slice(0, 2));

describe("the keys of a device", () => {
  test("are none before it enrols, and the one it is handed from then on, through a restart", async () => {
    expect(book.keys(lamp.macAddress)).toEqual([]);
    await book.handOut(lamp, first);
    expect(shown(book.keys(lamp.macAddress))).toEqual(["11"]);
    await book.confirm(lamp.macAddress);
    const again = await DeviceBook.open({ store, seal: sealOf(7) });
    expect(shown(again.keys(lamp.macAddress))).toEqual(["11"]);
    expect(again.get(lamp.macAddress)).toEqual({ ...lamp, label: null, lastSeenAt: null, confirmed: true });
  });

  test("are two while it enrols again, and only the new one once it has confirmed that", async () => {
    await book.handOut(lamp, first);
    await book.confirm(lamp.macAddress);
    await book.handOut(lamp, second);
    expect(shown(book.keys(lamp.macAddress))).toEqual(["11", "22"]);
    await book.confirm(lamp.macAddress);
    expect(shown(book.keys(lamp.macAddress))).toEqual(["22"]);
  });

  test("are gone with the device, from memory and disk", async () => {
    await book.handOut(lamp, first);
    expect(await book.remove(lamp.macAddress)).toBe(true);
    expect(await book.remove(lamp.macAddress)).toBe(false);
    expect(book.keys(lamp.macAddress)).toEqual([]);
    expect((await DeviceBook.open({ store, seal: sealOf(7) })).size).toBe(0);
  });

  test("are sealed on disk, and useless without the key file", async () => {
    await book.handOut(lamp, first);
    for await (const { value } of store.range("")) expect(new TextDecoder().decode(value)).not.toContain("11111111");
    const other = await DeviceBook.open({ store, seal: sealOf(8) });
    expect(() => other.keys(lamp.macAddress)).toThrow("sealed under another key file");
  });

  test("cannot be moved from one device to another by whoever writes the disk", async () => {
    await book.handOut(lamp, first);
    const other = mac("02:00:00:00:01:02");
    const entry = await store.get(`registrar/device/${lamp.macAddress}`);
    await store.put(`registrar/device/${other}`, entry?.value ?? new Uint8Array());
    const again = await DeviceBook.open({ store, seal: sealOf(7) });
    expect(() => again.keys(other)).toThrow("sealed under another key file");
  });
});

test("a device that shares the network's key has none of its own, and loses one that it had", async () => {
  await book.handOut(lamp, first);
  await book.confirm(lamp.macAddress);
  await book.handOut(lamp, null);
  await book.confirm(lamp.macAddress);
  expect(book.keys(lamp.macAddress)).toEqual([]);
  expect(book.get(lamp.macAddress)?.confirmed).toBe(true);
});

test("confirming once more takes nothing away", async () => {
  await book.handOut(lamp, first);
  await book.confirm(lamp.macAddress);
  await book.confirm(lamp.macAddress);
  expect(shown(book.keys(lamp.macAddress))).toEqual(["11"]);
});

test("a name that a person gives stays, also when the device enrols again, and an unknown device has none", async () => {
  await book.handOut(lamp, null);
  expect(await book.change(lamp.macAddress, { label: "Kitchen" })).toBe(true);
  expect(await book.change(mac("02:00:00:00:01:02"), { label: "Hall" })).toBe(false);
  await book.handOut(lamp, null);
  expect((await DeviceBook.open({ store, seal: sealOf(7) })).get(lamp.macAddress)?.label).toBe("Kitchen");
});

test("an entry that is not ours stops the start, and stays as it is", async () => {
  await store.put("registrar/device/02:00:00:00:01:03", new TextEncoder().encode("{}"));
  await expect(DeviceBook.open({ store, seal: sealOf(7) })).rejects.toThrow("not in the form");
  expect(await store.get("registrar/device/02:00:00:00:01:03")).not.toBeNull();
});

test("a write that fails changes nothing in memory either", async () => {
  await book.handOut(lamp, first);
  await store.close();
  await expect(book.handOut({ ...lamp, deviceName: "Other" }, second)).rejects.toThrow();
  expect(shown(book.keys(lamp.macAddress))).toEqual(["11"]);
  expect(book.get(lamp.macAddress)?.deviceName).toBe(lamp.deviceName);
});

describe("changes of a device at the same time", () => {
  test("undo nothing of each other", async () => {
    await book.handOut(lamp, first);
    await Promise.all([
      book.confirm(lamp.macAddress),
      book.change(lamp.macAddress, { lastSeenAt: 2_000 }),
      book.handOut(lamp, second),
      book.change(lamp.macAddress, { label: "Kitchen" }),
    ]);
    for (const one of [book, await DeviceBook.open({ store, seal: sealOf(7) })]) {
      expect(shown(one.keys(lamp.macAddress))).toEqual(["11", "22"]);
      expect(one.get(lamp.macAddress)).toMatchObject({ lastSeenAt: 2_000, label: "Kitchen" });
    }
  });

  test("do not bring it back once it is removed", async () => {
    await book.handOut(lamp, first);
    const changes = await Promise.all([
      book.remove(lamp.macAddress),
      book.change(lamp.macAddress, { lastSeenAt: 2_000 }),
      book.confirm(lamp.macAddress),
    ]);
    expect(changes.slice(0, 2)).toEqual([true, false]);
    expect(book.size).toBe(0);
    expect((await DeviceBook.open({ store, seal: sealOf(7) })).size).toBe(0);
  });
});

test("a device that never confirmed its key keeps it while it enrols again: it may have taken it all the same", async () => {
  await book.handOut(lamp, first);
  await book.handOut(lamp, second);
  expect(shown(book.keys(lamp.macAddress))).toEqual(["11", "22"]);
  await book.confirm(lamp.macAddress);
  expect(shown(book.keys(lamp.macAddress))).toEqual(["22"]);
});
