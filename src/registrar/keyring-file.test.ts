/** Keys in virtual time, in the files from which access points read them. */
import { beforeEach, describe, expect, test } from "vitest";
import {
  enrol,
  File,
  first,
  guest,
  type KeyScene,
  keyringOf,
  lamp,
  meter,
  openKeyScene,
  Recorder,
  second,
} from "../../test/key-scene.ts";
import type { Store } from "../store/store.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Secret } from "../wsc/secret.ts";
import { DeviceBook } from "./device-book.ts";
import { Seal } from "./seal.ts";

let scene: KeyScene;
beforeEach(async () => {
  scene = await openKeyScene();
});

describe("keys in an access point's file", () => {
  test("come in when the run is over, and go with the device", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(accessPoint, file);
    const key = await enrol(scene, grants, guest(lamp));
    await enrol(scene, grants, guest(meter));
    expect(file.devices).toEqual([lamp, meter]);
    expect(file.keysOf(lamp)).toEqual([key]);
    expect(accessPoint.told).toEqual(["reload", "reload", "reload"]);
    await keyring.revoke(lamp);
    expect(file.devices).toEqual([meter]);
    expect(accessPoint.told.slice(3)).toEqual([`deny ${lamp}`, "reload"]);
  });

  test("are there before a device comes, and are its own as soon as it has one", async () => {
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    const before = file.spares;
    expect(new Set(before).size).toBe(4);
    const key = await enrol(scene, grants, guest(lamp));
    expect(before).toContain(key);
    expect(file.spares).toHaveLength(4);
    expect(file.spares).not.toContain(key);
    expect(before).toContain(await enrol(scene, grants, guest(meter)));
    // At the head of hostapd's list, which begins with the last line, one for any station would pass for the network's.
    expect(file.keys.at(-1)?.macAddress).toBe(meter);
  });

  test("are never two devices' own, and one that was not used is handed to the next", async () => {
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
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
    expect(scene.book.get(lamp)).toBeNull();
    const next = await enrol(scene, grants, guest(meter));
    expect(next).not.toBe(given(unsent));
    expect(before).toContain(next);
    expect(file.spares).toHaveLength(4);
    expect(file.spares).not.toContain(given(unsent));
  });

  test("go with a device that is revoked before its run is over: nobody comes in by what it was handed", async () => {
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grant = await (await keyring.serve(new Recorder(first), file))(guest(lamp));
    const key = grant.credentials[0]?.networkKey.revealText();
    await grant.handOut();
    expect(await keyring.revoke(lamp)).toEqual({ type: "revoked" });
    expect(file.devices).toEqual([]);
    expect(file.spares).toHaveLength(4);
    expect(file.spares).not.toContain(key);
    // Its Done never comes.
    await grant.settle("credentialGiven");
    await scene.clock.advance(1_000);
    expect(file.devices).toEqual([]);
    expect(file.spares).not.toContain(key);
  });

  test("are there before a device comes also after runs that were ended when their keys were noted already", async () => {
    const file = new File();
    const grants = await keyringOf(scene, "per-device").serve(new Recorder(first), file);
    for (let i = 0; i < 4; i++) {
      const unsent = await grants(guest(lamp));
      await unsent.handOut();
      await unsent.settle("passwordExposed");
      await scene.clock.advance(1_000);
    }
    const before = file.spares;
    expect(before).toContain(await enrol(scene, grants, guest(meter)));
  });

  test("stay as they are while a run is under way, also when the file is written for somebody else", async () => {
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    await enrol(scene, grants, guest(meter));
    const grant = await grants(guest(lamp));
    const key = grant.credentials[0]?.networkKey.revealText();
    await keyring.revoke(meter);
    expect(file.spares).toContain(key);
  });

  test("that were handed out when Done never came stay, and are handed out again for ten minutes", async () => {
    const file = new File();
    const grants = await keyringOf(scene, "per-device").serve(new Recorder(first), file);
    const old = await enrol(scene, grants, guest(lamp));
    const grant = await grants(guest(lamp));
    await grant.handOut();
    await grant.settle("credentialGiven");
    await scene.clock.advance(1_000);
    const next = grant.credentials[0]?.networkKey.revealText();
    expect(file.keysOf(lamp)).toEqual([old, next]);
    expect(file.spares).not.toContain(next);
    expect((await grants(guest(lamp))).credentials[0]?.networkKey.revealText()).toBe(next);
    await scene.clock.advance(600_000);
    expect((await grants(guest(lamp))).credentials[0]?.networkKey.revealText()).not.toBe(next);
  });

  test("are a device's own also when the disk does not take it that the device has confirmed them", async () => {
    const disk = { isFull: false };
    const store: Store = {
      ...scene.store,
      put: (key, value) => (disk.isFull ? Promise.reject(new Error("no room")) : scene.store.put(key, value)),
    };
    scene.book = await DeviceBook.open({ store, seal: new Seal(new Secret(new Uint8Array(32)), systemRandom) });
    const file = new File();
    const grants = await keyringOf(scene, "per-device").serve(new Recorder(first), file);
    const grant = await grants(guest(lamp));
    await grant.handOut();
    disk.isFull = true;
    await expect(grant.settle("enrolled")).rejects.toThrow("no room");
    await scene.clock.advance(1_000);
    expect(file.keysOf(lamp)).toEqual([grant.credentials[0]?.networkKey.revealText()]);
    expect(file.spares).not.toContain(grant.credentials[0]?.networkKey.revealText());
  });

  test("that nobody has are others after a start", async () => {
    const file = new File();
    const before = keyringOf(scene, "per-device");
    const grants = await before.serve(new Recorder(first), file);
    const key = await enrol(scene, grants, guest(lamp));
    // It dies in the middle of a run.
    const grant = await grants(guest(meter));
    await grant.handOut();
    const spares = file.spares;
    await keyringOf(scene, "per-device").serve(new Recorder(first), file);
    for (const spare of spares) expect(file.spares).not.toContain(spare);
    expect(file.keysOf(lamp)).toEqual([key]);
    expect(file.keysOf(meter)).toEqual([grant.credentials[0]?.networkKey.revealText()]);
  });

  test("that were sealed under another key file stay there, are told once, and keep nobody from enrolling", async () => {
    const before = keyringOf(scene, "per-device");
    await enrol(scene, await before.serve(new Recorder(first), new File()), guest(lamp));
    await enrol(scene, await before.serve(new Recorder(first), new File()), guest(meter));
    scene.book = await DeviceBook.open({
      store: scene.store,
      seal: new Seal(new Secret(new Uint8Array(32).fill(1)), systemRandom),
    });
    const file = new File();
    const grants = await keyringOf(scene, "per-device").serve(new Recorder(first), file);
    expect([file.keysOf(lamp), file.keysOf(meter)]).toEqual([["stays"], ["stays"]]);
    const key = await enrol(scene, grants, guest(lamp));
    expect(file.keysOf(lamp)).toEqual([key]);
    expect(file.keysOf(meter)).toEqual(["stays"]);
    expect(scene.troubles).toEqual([expect.objectContaining({ message: expect.stringContaining("another key file") })]);
  });

  test("are not used up by access points whose devices can have none of their own", async () => {
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), file);
    const open = await keyring.serve(new Recorder(second, "open"), file);
    for (let i = 0; i < 10; i++) await expect(open(guest(lamp, second))).rejects.toThrow("is open");
    const before = file.spares;
    expect(before).toContain(await enrol(scene, grants, guest(meter)));
  });

  test("of one that several networks read are those of all their devices", async () => {
    const [home, guests] = [new Recorder(first), new Recorder(second, "WPA2", "Guests")];
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(home, file);
    const grantsOfGuests = await keyring.serve(guests, file);
    await enrol(scene, grants, guest(lamp));
    await enrol(scene, grantsOfGuests, guest(meter, second));
    expect(file.devices).toEqual([lamp, meter]);
    await keyring.revoke(meter);
    expect(file.devices).toEqual([lamp]);
  });

  test("are taken back without breaking the run of another device: it is denied at once, and they are read anew then", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    await enrol(scene, await keyring.serve(accessPoint, file), guest(lamp));
    accessPoint.told.length = 0;
    let over = () => {};
    scene.idle = new Promise((resolve) => {
      over = resolve;
    });
    const revoked = keyring.revoke(lamp);
    await scene.clock.advance(0);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    expect(file.devices).toEqual([]);
    over();
    expect(await revoked).toEqual({ type: "revoked" });
    expect(accessPoint.told).toEqual([`deny ${lamp}`, "reload"]);
  });

  test("are in it at once, also while it waits to be read until somebody else has enrolled, which is then done once", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const grants = await keyringOf(scene, "per-device").serve(accessPoint, file);
    accessPoint.told.length = 0;
    let over = () => {};
    scene.idle = new Promise((resolve) => {
      over = resolve;
    });
    await enrol(scene, grants, guest(lamp));
    expect(file.devices).toEqual([lamp]);
    await enrol(scene, grants, guest(meter));
    expect(file.devices).toEqual([lamp, meter]);
    expect(accessPoint.told).toEqual([]);
    over();
    await scene.clock.advance(0);
    expect(accessPoint.told).toEqual(["reload"]);
  });

  test("that could not be taken out of it are tried again, also when another change had been waiting all the time", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(accessPoint, file);
    await enrol(scene, grants, guest(lamp));
    let over = () => {};
    scene.idle = new Promise((resolve) => {
      over = resolve;
    });
    await enrol(scene, grants, guest(meter));
    file.isBroken = true;
    expect(await keyring.revoke(lamp)).toMatchObject({ type: "unfinished" });
    over();
    await scene.clock.advance(0);
    file.isBroken = false;
    await scene.clock.advance(10_000);
    expect(file.devices).toEqual([meter]);
    await scene.clock.advance(31_000);
    expect(accessPoint.told.at(-1)).toBe(`allow ${lamp}`);
  });

  test("that cannot be taken out of it are said to be left, tried again, and their device kept out until then", async () => {
    const accessPoint = new Recorder(first);
    const file = new File();
    const keyring = keyringOf(scene, "per-device");
    await enrol(scene, await keyring.serve(accessPoint, file), guest(lamp));
    accessPoint.told.length = 0;
    file.isBroken = true;
    expect(await keyring.revoke(lamp)).toMatchObject({ type: "unfinished", trouble: { message: "no room" } });
    expect(scene.book.get(lamp)).toBeNull();
    await scene.clock.advance(100_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    file.isBroken = false;
    await scene.clock.advance(10_000);
    expect(file.devices).toEqual([]);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, "reload"]);
    await scene.clock.advance(31_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, "reload", `allow ${lamp}`]);
    const count = scene.troubles.length;
    await scene.clock.advance(100_000);
    expect(scene.troubles).toHaveLength(count);
  });

  test("are brought to what the book says at the start", async () => {
    const before = keyringOf(scene, "per-device");
    await enrol(scene, await before.serve(new Recorder(first), new File()), guest(lamp));
    const file = new File();
    await keyringOf(scene, "per-device").serve(new Recorder(first), file);
    expect(file.devices).toEqual([lamp]);
  });
});
