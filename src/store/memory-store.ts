/** A store that lives as long as the process: for tests, and for commands that leave nothing behind. */
import { type Entry, type Store, StoreError } from "./store.ts";
import { Watchers } from "./watchers.ts";

export function createMemoryStore(): Store {
  const entries = new Map<string, Entry>();
  const watchers = new Watchers();
  let revision = 0;
  let closed = false;

  const write = (key: string, value: Uint8Array): Entry => {
    const entry: Entry = { key, value: value.slice(), revision: ++revision };
    entries.set(key, entry);
    watchers.tell({ key, entry: copyOf(entry) });
    return copyOf(entry);
  };
  const mustBeOpen = () => {
    if (closed) throw closedError();
  };

  return {
    async get(key) {
      mustBeOpen();
      const entry = entries.get(key);
      return entry === undefined ? null : copyOf(entry);
    },
    async put(key, value) {
      mustBeOpen();
      return write(key, value);
    },
    async delete(key) {
      mustBeOpen();
      if (entries.delete(key)) watchers.tell({ key, entry: null });
    },
    async compareAndSet(key, expected, value) {
      mustBeOpen();
      return (entries.get(key)?.revision ?? null) === expected ? write(key, value) : null;
    },
    async *range(prefix) {
      mustBeOpen();
      const found = [...entries.values()].filter(({ key }) => key.startsWith(prefix));
      found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
      for (const entry of found) yield copyOf(entry);
    },
    watch(prefix, { signal }) {
      mustBeOpen();
      return watchers.watch(prefix, signal);
    },
    async close() {
      closed = true;
      watchers.close();
    },
  };
}

/** Nobody outside holds the bytes that are kept. */
function copyOf(entry: Entry): Entry {
  return { ...entry, value: entry.value.slice() };
}

function closedError(): StoreError {
  return new StoreError("closed", "The store has been closed.", "Open it again.");
}
