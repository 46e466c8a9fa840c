/**
 * The store port: small values under text keys, each write durable before it resolves. Shaped so that a replicated
 * key-value store can stand behind it. Backends: `level-store.ts` on disk, `memory-store.ts` for tests and one-shots.
 */

/** What a key holds, with a revision that changes at every write. */
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
  /** All entries whose key starts with `prefix`, in the order of their keys (by UTF-8 bytes). */
  range(prefix: string): AsyncIterable<Entry>;
  /** Changes to keys that start with `prefix`, from now until the signal aborts. */
  watch(prefix: string, options: { readonly signal: AbortSignal }): AsyncIterable<Change>;
  close(): Promise<void>;
}
