/** Keys in virtual time: who is handed which, and what takes them back. */
import { beforeEach, describe, expect, test } from "vitest";
import {
  enrol,
  first,
  guest,
  type KeyScene,
  keyringOf,
  lamp,
  mac,
  meter,
  openKeyScene,
  Recorder,
  second,
  shown,
} from "../../test/key-scene.ts";
import { Secret } from "../wsc/secret.ts";

let scene: KeyScene;
beforeEach(async () => {
  scene = await openKeyScene();
});

describe("keys that access points ask for", () => {
  test("are, for a stranger, two that nobody knows, which it is handed one after the other", async () => {
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const [next = "", later = ""] = shown(keyring.keys(lamp, first));
    expect(next).toMatch(/^[0-9a-f]{64}$/);
    expect(later).not.toBe(next);
    expect(shown(keyring.keys(meter, first))).not.toContain(next);
    expect(await enrol(scene, grants, guest(lamp))).toBe(next);
    expect(await enrol(scene, grants, guest(lamp))).toBe(later);
  });

  test("are its own and the next one for a device that has one", async () => {
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const key = await enrol(scene, grants, guest(lamp));
    const [own, next = "", ...more] = shown(keyring.keys(lamp, first));
    expect([own, more]).toEqual([key, []]);
    expect(await enrol(scene, grants, guest(lamp))).toBe(next);
    expect(shown(keyring.keys(lamp, first))).not.toContain(key);
  });

  test("that were handed out when Done never came are there beside the old one, and are handed out again", async () => {
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const old = await enrol(scene, grants, guest(lamp));
    const grant = await grants(guest(lamp));
    await grant.handOut();
    await grant.settle("credentialGiven");
    const next = grant.credentials[0]?.networkKey.revealText();
    expect(shown(keyring.keys(lamp, first))).toEqual([old, next]);
    expect(scene.book.get(lamp)?.confirmed).toBe(false);
    expect(await enrol(scene, grants, guest(lamp))).toBe(next);
  });

  test("that a device could be handed next are others after its key was taken back", async () => {
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    await enrol(scene, grants, guest(lamp));
    const before = shown(keyring.keys(lamp, first));
    await keyring.revoke(lamp);
    for (const key of shown(keyring.keys(lamp, first))) expect(before).not.toContain(key);
  });

  test("serve at each access point of the same network, and at no other", async () => {
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    await keyring.serve(new Recorder(second), null);
    const guests = mac("02:00:00:00:00:03");
    await keyring.serve(new Recorder(guests, "WPA2", "Guests"), null);
    const key = await enrol(scene, grants, guest(lamp));
    expect(shown(keyring.keys(lamp, second))).toContain(key);
    expect(shown(keyring.keys(lamp, guests))).not.toContain(key);
    expect(keyring.keys(lamp, mac("02:00:00:00:00:99"))).toEqual([]);
  });

  test("are taken back by one call: the device is sent away, kept out while its key is remembered, and a stranger then", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(accessPoint, null);
    const key = await enrol(scene, grants, guest(lamp));
    expect(await keyring.revoke(lamp)).toEqual({ type: "revoked" });
    expect(shown(keyring.keys(lamp, first))).not.toContain(key);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    await scene.clock.advance(30_000);
    expect(accessPoint.told).toHaveLength(1);
    await scene.clock.advance(1_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, `allow ${lamp}`]);
    expect(await keyring.revoke(lamp)).toEqual({ type: "unknown" });
  });

  test("that are taken back again while the device is being let back keep it out everywhere", async () => {
    const [one, other] = [new Recorder(first), new Recorder(second)];
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(one, null);
    await keyring.serve(other, null);
    await enrol(scene, grants, guest(lamp));
    await keyring.revoke(lamp);
    await enrol(scene, grants, guest(lamp));
    let go = () => {};
    one.allow = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    await scene.clock.advance(31_000);
    await keyring.revoke(lamp);
    go();
    await scene.clock.advance(0);
    expect(other.told).toEqual([`deny ${lamp}`, `deny ${lamp}`]);
    const { value } = await scene.store.range("registrar/denied/")[Symbol.asyncIterator]().next();
    expect(value?.key).toContain(lamp);
  });

  test("that are being taken back when the process dies are taken back after its start", async () => {
    const before = keyringOf(scene, "per-device");
    const grants = await before.serve(new Recorder(first), null);
    await enrol(scene, grants, guest(lamp));
    await before.revoke(lamp);
    await before.close();
    const accessPoint = new Recorder(first);
    await keyringOf(scene, "per-device").serve(accessPoint, null);
    expect(accessPoint.told).toEqual([`deny ${lamp}`]);
    await scene.clock.advance(31_000);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, `allow ${lamp}`]);
    for await (const { key } of scene.store.range("")) expect(key).not.toContain("denied");
  });
});

describe("a key that all share", () => {
  test("is read anew for each device, and its own keys there are none", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringOf(scene, "shared");
    const grants = await keyring.serve(accessPoint, null);
    expect(await enrol(scene, grants, guest(lamp))).toBe("correct horse battery");
    accessPoint.shared = new Secret("another passphrase");
    expect(await enrol(scene, grants, guest(meter))).toBe("another passphrase");
    expect(keyring.keys(lamp, first)).toEqual([]);
    expect([...scene.book.all()].map(({ macAddress }) => macAddress)).toEqual([lamp, meter]);
    await keyring.revoke(lamp);
    expect(accessPoint.told).toEqual([`deauthenticate ${lamp}`]);
  });

  test("is made up by an access point that nobody has configured, once its first station has taken it", async () => {
    const accessPoint = new Recorder(first);
    Object.assign(accessPoint.facts, { wps: "unconfigured" });
    const grants = await keyringOf(scene, "shared").serve(accessPoint, null);
    const failed = await grants(guest(lamp));
    await failed.settle("failed");
    await scene.clock.advance(1_000);
    expect(accessPoint.told).toEqual([]);
    const key = await enrol(scene, grants, guest(lamp));
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
    const grants = await keyringOf(scene, "shared").serve(accessPoint, null);
    await expect(grants(guest(lamp))).rejects.toThrow(sentence);
  });
});

test("an access point that cannot be told keeps nobody from revoking", async () => {
  const accessPoint = new Recorder(first);
  accessPoint.deny = async () => {
    throw new Error("it does not answer");
  };
  const keyring = keyringOf(scene, "per-device");
  const grants = await keyring.serve(accessPoint, null);
  await enrol(scene, grants, guest(lamp));
  expect(await keyring.revoke(lamp)).toMatchObject({ type: "unfinished" });
  expect(scene.book.get(lamp)).toBeNull();
  expect(scene.troubles).toHaveLength(1);
});

describe("an access point that was away", () => {
  test("is told again whom it is to keep out", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringOf(scene, "per-device");
    await enrol(scene, await keyring.serve(accessPoint, null), guest(lamp));
    await keyring.revoke(lamp);
    await keyring.cameBack(accessPoint);
    expect(accessPoint.told).toEqual([`deny ${lamp}`, `deny ${lamp}`]);
  });

  test("when a device is to be let back keeps it out no longer than until it is there again", async () => {
    const accessPoint = new Recorder(first);
    const keyring = keyringOf(scene, "per-device");
    await enrol(scene, await keyring.serve(accessPoint, null), guest(lamp));
    await keyring.revoke(lamp);
    const allow = accessPoint.allow.bind(accessPoint);
    accessPoint.allow = async () => {
      throw new Error("it does not answer");
    };
    await scene.clock.advance(31_000);
    accessPoint.allow = allow;
    await scene.clock.advance(31_000);
    expect(accessPoint.told.at(-1)).toBe(`allow ${lamp}`);
    for await (const { key } of scene.store.range("")) expect(key).not.toContain("denied");
  });
});

describe("a device whose window closed when its key was about to go out", () => {
  test("has not enrolled", async () => {
    const grants = await keyringOf(scene, "per-device").serve(new Recorder(first), null);
    const grant = await grants(guest(lamp));
    await Promise.all([grant.handOut(), grant.settle("passwordExposed")]);
    expect(scene.book.get(lamp)).toBeNull();
  });

  test("is what it was before, with the key that it had", async () => {
    const keyring = keyringOf(scene, "per-device");
    const grants = await keyring.serve(new Recorder(first), null);
    const key = await enrol(scene, grants, guest(lamp));
    const before = scene.book.get(lamp);
    const grant = await grants(guest(lamp));
    await grant.handOut();
    await grant.settle("failed");
    expect(scene.book.get(lamp)).toEqual(before);
    expect(shown(scene.book.keys(lamp))).toEqual([key]);
  });
});
