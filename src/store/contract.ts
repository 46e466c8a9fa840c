/** What every store promises, as a suite: on disk, in memory, whatever comes later. Declares tests when called. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Change, type Entry, type Store, StoreError, watchLimit } from "./store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (entry: Entry | null) => (entry === null ? null : new TextDecoder().decode(entry.value));

/** @param open gives an empty store; the suite closes it */
export function proveStore(backend: string, open: () => Promise<Store>): void {
  describe(`${backend} keeps the promises of a store:`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    const keys = async (prefix: string) => {
      const found: string[] = [];
      for await (const entry of store.range(prefix)) found.push(entry.key);
      return found;
    };

    test("a key that nobody wrote is null", async () => {
      expect(await store.get("nothing")).toBeNull();
    });

    test("what was put is got, with any bytes and under any key", async () => {
      const value = Uint8Array.from({ length: 256 }, (_, i) => i);
      for (const key of ["", "a/b", "revision", "entry:", "schlüssel 🔑"]) {
        const written = await store.put(key, value);
        expect(await store.get(key)).toEqual({ key, value, revision: written.revision });
      }
      await store.put("empty", new Uint8Array());
      expect((await store.get("empty"))?.value).toEqual(new Uint8Array());
    });

    test("bytes that the caller changes afterwards do not change the store", async () => {
      const value = bytes("mine");
      const writing = store.put("key", value);
      value.fill(0);
      const entry = await writing;
      entry.value.fill(1);
      (await store.get("key"))?.value.fill(2);
      expect(text(await store.get("key"))).toBe("mine");
    });

    test("each write has a revision of its own, which no deletion brings back", async () => {
      const first = await store.put("key", bytes("1"));
      const second = await store.put("key", bytes("2"));
      await store.delete("key");
      const third = await store.put("key", bytes("3"));
      expect(new Set([first.revision, second.revision, third.revision]).size).toBe(3);
    });

    test("what was deleted is gone, and deleting nothing is harmless", async () => {
      await store.put("key", bytes("value"));
      await store.delete("key");
      await store.delete("key");
      expect(await store.get("key")).toBeNull();
      expect(await keys("")).toEqual([]);
    });

    test("compare-and-set writes only over the revision that it was told", async () => {
      expect(await store.compareAndSet("key", 1_000_000, bytes("never"))).toBeNull();
      const first = await store.compareAndSet("key", null, bytes("first"));
      expect(text(first)).toBe("first");
      expect(await store.compareAndSet("key", null, bytes("again"))).toBeNull();
      const second = await store.compareAndSet("key", first?.revision ?? 0, bytes("second"));
      expect(text(second)).toBe("second");
      expect(await store.compareAndSet("key", first?.revision ?? 0, bytes("late"))).toBeNull();
      expect(text(await store.get("key"))).toBe("second");
    });

    test("of many who compare-and-set at once exactly one wins", async () => {
      const { revision } = await store.put("key", bytes("start"));
      const attempts = Array.from({ length: 20 }, (_, i) => store.compareAndSet("key", revision, bytes(String(i))));
      const winners = (await Promise.all(attempts)).filter((entry) => entry !== null);
      expect(winners).toHaveLength(1);
      expect(text(await store.get("key"))).toBe(text(winners[0] ?? null));
    });

    test("a range is what starts with the prefix, in the order of its UTF-8 bytes", async () => {
      const inOrder = ["a/", "a/1", "a/10", "a/2", "a/Z", "a/z", "a/é", "a/\uffee", "a/🔑"];
      for (const key of [...inOrder].reverse()) await store.put(key, bytes(key));
      for (const key of ["a", "a.", "b/1", ""]) await store.put(key, bytes(key));
      expect(await keys("a/")).toEqual(inOrder);
      expect(await keys("")).toEqual(["", "a", "a.", ...inOrder, "b/1"]);
      expect(await keys("c")).toEqual([]);
    });

    test("a range shows the store as it was at its first step", async () => {
      for (const key of ["1", "2", "3"]) await store.put(key, bytes("old"));
      const seen: (string | null)[] = [];
      for await (const entry of store.range("")) {
        seen.push(text(entry));
        await store.put("2", bytes("new"));
        await store.delete("3");
      }
      expect(seen).toEqual(["old", "old", "old"]);
    });

    test("watch tells the changes under its prefix from the call on, and ends with its signal", async () => {
      const stop = new AbortController();
      await store.put("a/before", bytes("0"));
      const changes = store.watch("a/", { signal: stop.signal });
      await store.put("a/1", bytes("1"));
      await store.put("b/1", bytes("other"));
      await store.compareAndSet("a/2", null, bytes("2"));
      await store.delete("a/1");
      await store.delete("a/missing");
      const seen: [string, string | null][] = [];
      for await (const { key, entry } of changes) {
        seen.push([key, text(entry)]);
        if (seen.length === 2) stop.abort();
      }
      // The first write of a/1 was never read before its deletion.
      expect(seen).toEqual([
        ["a/2", "2"],
        ["a/1", null],
      ]);
    });

    test("a reader that waits is told at once", async () => {
      const changes = store.watch("", { signal: new AbortController().signal })[Symbol.asyncIterator]();
      for (const value of ["1", "2"]) {
        const next = changes.next();
        await store.put("key", bytes(value));
        expect(text(((await next).value as Change).entry)).toBe(value);
      }
      await changes.return?.();
    });

    test("a reader that falls far behind is told so, and nothing piles up for it", async () => {
      const changes = store.watch("", { signal: new AbortController().signal })[Symbol.asyncIterator]();
      const writes = Array.from({ length: watchLimit + 1 }, (_, i) => store.put(String(i), bytes("")));
      await Promise.all(writes);
      await expect(changes.next()).rejects.toMatchObject({ kind: "behind" });
    });

    test("once closed it ends its watchers and does nothing more", async () => {
      const changes = store.watch("", { signal: new AbortController().signal })[Symbol.asyncIterator]();
      const next = changes.next();
      await store.close();
      expect(await next).toEqual({ done: true, value: undefined });
      await expect(store.get("key")).rejects.toBeInstanceOf(StoreError);
      await expect(store.put("key", bytes(""))).rejects.toBeInstanceOf(StoreError);
      await expect(keys("")).rejects.toBeInstanceOf(StoreError);
    });
  });
}
