import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory-store.ts";
import { StoreError } from "../store/store.ts";
import { Secret } from "../wsc/secret.ts";
import { isHostName, openServiceSettings, readPassword, type ServiceSettings } from "./settings.ts";

const defaults: ServiceSettings = { name: "", hostName: "openwps-000001", protection: false, password: null };
const password = new Secret("correct horse");

async function open(store = createMemoryStore(), fixedPassword: Secret | null = null) {
  return { store, settings: await openServiceSettings({ store, defaults, fixedPassword }) };
}

describe("settings", () => {
  test("begin with the defaults, which are not stored, and are back after a restart once changed", async () => {
    const { store, settings } = await open();
    expect(settings.current).toEqual(defaults);
    expect(await store.get("settings")).toBe(null);
    const changed = await settings.change({ name: "Meter", password, protection: true });
    expect(changed).toEqual({ ok: true, value: { ...defaults, name: "Meter", password, protection: true } });
    expect((await open(store)).settings.current).toEqual(settings.current);
  });

  test("keep the password when the host is renamed", async () => {
    const { store, settings } = await open();
    await settings.change({ password, protection: true });
    await settings.change({ hostName: "meter" });
    expect((await open(store)).settings.current).toEqual({
      ...defaults,
      hostName: "meter",
      password,
      protection: true,
    });
  });

  test("lose protection with the password, and get none without one", async () => {
    const { settings } = await open();
    const refused = { ok: false, error: "protection-without-password" };
    expect(await settings.change({ protection: true })).toEqual(refused);
    await settings.change({ password, protection: true });
    expect(await settings.change({ password: null, protection: true })).toEqual(refused);
    expect(settings.current.protection).toBe(true);
    await settings.change({ password: null });
    expect(settings.current).toEqual(defaults);
  });

  test("refuse names that are none, and then nothing has changed", async () => {
    const { store, settings } = await open();
    expect(await settings.change({ name: "x".repeat(32) })).toEqual({ ok: false, error: "bad-name" });
    expect(await settings.change({ name: "two\nlines" })).toEqual({ ok: false, error: "bad-name" });
    expect(await settings.change({ name: "Meter", hostName: "-" })).toEqual({ ok: false, error: "bad-host-name" });
    expect(settings.current).toEqual(defaults);
    expect(await store.get("settings")).toBe(null);
    expect((await settings.change({ name: "ü".repeat(31) })).ok).toBe(true);
  });

  test("change one at a time: of two changes at once neither is lost", async () => {
    const { settings } = await open();
    await Promise.all([settings.change({ name: "Meter" }), settings.change({ hostName: "meter" })]);
    expect(settings.current).toEqual({ ...defaults, name: "Meter", hostName: "meter" });
  });

  test("do not change when the disk refuses, and can be changed when it is back", async () => {
    const store = createMemoryStore();
    const full = new StoreError("full", "The disk is full.", "Make room.");
    let broken = true;
    const put: typeof store.put = (key, value) => (broken ? Promise.reject(full) : store.put(key, value));
    const settings = await openServiceSettings({ store: { ...store, put }, defaults });
    await expect(settings.change({ name: "Meter" })).rejects.toBe(full);
    expect(settings.current).toEqual(defaults);
    broken = false;
    await settings.change({ name: "Meter" });
    expect(settings.current.name).toBe("Meter");
  });

  test("are told to whoever follows, the present ones at once", async () => {
    const { settings } = await open();
    const stop = new AbortController();
    const names: string[] = [];
    for await (const { name } of settings.changes({ signal: stop.signal })) {
      names.push(name);
      if (names.length === 1) await settings.change({ name: "Meter" });
      else stop.abort();
    }
    expect(names).toEqual(["", "Meter"]);
  });

  test("with a password from outside are protected by that, and nobody takes it away", async () => {
    const { store, settings } = await open();
    await settings.change({ password: new Secret("old") });
    const { settings: fixed } = await open(store, password);
    expect(fixed.current).toMatchObject({ protection: true, password });
    for (const part of [{ password: null }, { password }, { protection: false }])
      expect(await fixed.change(part)).toEqual({ ok: false, error: "fixed-by-file" });
    await fixed.change({ name: "Meter", protection: true });
    expect(fixed.current).toEqual({ ...defaults, name: "Meter", protection: true, password });
    expect((await open(store)).settings.current).toEqual({ ...defaults, name: "Meter", password: new Secret("old") });
  });

  test("never print the password", async () => {
    const { settings } = await open();
    await settings.change({ password });
    expect(JSON.stringify(settings.current) + inspect(settings, { depth: 9 }) + String(settings.current)).not.toMatch(
      /correct/,
    );
  });
});

const unreadable = [
  ["not JSON", "{", /is not JSON/],
  ["of another form", '{"version":1}', /not in the form/],
  ["of a later openwps", '{"version":2}', /later openwps \(format 2, known here is 1\)/],
  [
    "against the rules",
    '{"version":1,"name":"","hostName":"a","protection":true,"password":null}',
    /breaks their rules/,
  ],
] as const;
test.each(unreadable)("what is stored and is %s opens nothing, and stays as it is", async (_name, text, says) => {
  const { store } = await open();
  await store.put("settings", new TextEncoder().encode(text));
  const error = await open(store).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ kind: "unreadable", message: expect.stringMatching(says) });
  expect(new TextDecoder().decode((await store.get("settings"))?.value)).toBe(text);
});

test("defaults that break the rules are a mistake of the program", async () => {
  const bad = { ...defaults, hostName: "not a name" };
  await expect(openServiceSettings({ store: createMemoryStore(), defaults: bad })).rejects.toThrow(RangeError);
});

test("a host name is one label: letters, digits, hyphens, up to 31, no hyphen at either end", () => {
  for (const good of ["a", "1", "openwps-00AB12", "a".repeat(31), "a--b"]) expect(isHostName(good), good).toBe(true);
  for (const bad of ["", "-a", "a-", "a.b", "a_b", "a b", "ä", "a".repeat(32), "a\n", "."])
    expect(isHostName(bad), bad).toBe(false);
});

test("a password is 1 to 31 characters without control characters, and one however its letters are composed", () => {
  for (const good of ["a", " ", "pässwörd", "🔑".repeat(31), "a:b", '"\\']) expect(readPassword(good)).not.toBe(null);
  for (const bad of ["", "a".repeat(32), "a\0", "a\nb", "\ud800"]) expect(readPassword(bad), bad).toBe(null);
  expect(readPassword("e\u0301")?.revealText()).toBe("\u00e9");
});
