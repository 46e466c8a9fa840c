/**
 * Who watches a store, and what each has not read yet. Bounded: of many changes to one key only the last one waits.
 * The stores call `tell` after each write; how a write is made they know themselves.
 */
import { type Change, StoreError, watchLimit } from "./store.ts";

interface Watcher {
  readonly prefix: string;
  /** The last unread change of each key, in the order in which they happened. */
  readonly unread: Map<string, Change>;
  ended: boolean;
  behind: boolean;
  wake: () => void;
}

export class Watchers {
  readonly #watchers = new Set<Watcher>();

  /** Tells everybody whose prefix fits. */
  tell(change: Change): void {
    for (const watcher of this.#watchers) {
      if (!change.key.startsWith(watcher.prefix)) continue;
      watcher.unread.delete(change.key);
      watcher.unread.set(change.key, change);
      watcher.behind ||= watcher.unread.size > watchLimit;
      if (watcher.behind) watcher.unread.clear();
      watcher.wake();
    }
  }

  /** Watches from this call on, not from the first `next`. */
  watch(prefix: string, signal: AbortSignal): AsyncIterable<Change> {
    const watcher: Watcher = {
      prefix,
      unread: new Map(),
      ended: signal.aborted,
      behind: false,
      wake: () => {},
    };
    this.#watchers.add(watcher);
    const stop = () => end(watcher);
    signal.addEventListener("abort", stop, { once: true });
    return this.#read(watcher, () => signal.removeEventListener("abort", stop));
  }

  /** Ends all watching. */
  close(): void {
    for (const watcher of this.#watchers) end(watcher);
  }

  async *#read(watcher: Watcher, release: () => void): AsyncGenerator<Change, void> {
    try {
      while (!watcher.ended) {
        if (watcher.behind) throw fellBehind();
        const [next] = watcher.unread.values();
        if (next === undefined) {
          await new Promise<void>((resolve) => {
            watcher.wake = resolve;
          });
          continue;
        }
        watcher.unread.delete(next.key);
        yield next;
      }
    } finally {
      release();
      this.#watchers.delete(watcher);
    }
  }
}

function end(watcher: Watcher): void {
  watcher.ended = true;
  watcher.unread.clear();
  watcher.wake();
}

function fellBehind(): StoreError {
  return new StoreError(
    "behind",
    `More than ${watchLimit} keys changed before their changes were read.`,
    "Read the whole range again, and watch again.",
  );
}
