/**
 * The store port: small values under text keys, each write durable before it resolves. Shaped so that a replicated
 * key-value store can stand behind it. Backends: `level-store.ts` on disk, `memory-store.ts` for tests and one-shots;
 * `contract.ts` is what both promise.
 */

/** What a key holds, with a revision that changes at every write and never comes back. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

/** A change, as `watch` tells it; `entry` is null after a deletion. */
export interface Change {
  readonly key: string;
  readonly entry: Entry | null;
}

/** All methods throw a {@link StoreError} when the disk does not do its part, and after `close`. */
export interface Store {
  get(key: string): Promise<Entry | null>;
  /** Resolves when the value would survive a power cut. */
  put(key: string, value: Uint8Array): Promise<Entry>;
  delete(key: string): Promise<void>;
  /**
   * Writes only if the key still has this revision (null: only if it does not exist).
   * Gives the new entry, or null when somebody else was first.
   */
  compareAndSet(key: string, revision: number | null, value: Uint8Array): Promise<Entry | null>;
  /**
   * All entries whose key starts with `prefix`, in the order of their keys (by UTF-8 bytes), as they are at the
   * first step.
   */
  range(prefix: string): AsyncIterable<Entry>;
  /**
   * Changes to keys that start with `prefix`, from this call until the signal aborts or the store is closed. A reader
   * that falls behind gets the latest change of each key only; one that lets more than {@link watchLimit} keys
   * pile up gets a {@link StoreError}, and has to look at the range anew.
   */
  watch(prefix: string, options: { readonly signal: AbortSignal }): AsyncIterable<Change>;
  close(): Promise<void>;
}

/** Changed keys that wait for one reader of `watch`. */
export const watchLimit = 1024;

/** The store cannot be opened, read or written. `message` and `hint` are sentences for a person. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: "locked" | "permission" | "full" | "damaged" | "unreadable" | "behind" | "closed" | "failed";
  /** What to do next. */
  readonly hint: string;

  constructor(kind: StoreError["kind"], message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.hint = hint;
  }
}
