/**
 * The store on disk: LevelDB in a folder of its own, every write synced, nothing readable by anybody but its owner.
 * One process at a time; LevelDB's lock sees to that. What the values mean is not known here.
 */
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { ClassicLevel } from "classic-level";
import { hasHole } from "./level-log.ts";
import { type Entry, type Store, StoreError } from "./store.ts";
import { Watchers } from "./watchers.ts";

/**
 * Keys of ours in LevelDB: the entries, and the last revision given to anyone, so that none comes back after a
 * deletion.
 */
const entryPrefix = "entry:";
const revisionKey = "revision";
const sync = { sync: true } as const;

/** Entries of a range that are read at a time, and bytes of them at most. */
const rangeBatch = 1000;
const rangeBatchBytes = 1 << 16;

/** What LevelDB writes when it is opened, beside a table of what its log holds: more than it takes. */
const openingBytes = 1 << 16;

/** Bytes of the revision before each value. */
const headLength = 8;

/**
 * Opens the store in `folder`, made if missing. Sets the process's file mode mask to 077, because LevelDB makes files
 * whenever it likes. Throws a {@link StoreError} when the folder is in use, damaged or not ours to write.
 */
export async function openLevelStore(folder: string): Promise<Store> {
  // Worker threads cannot set it; the folder's own mode still keeps others out.
  if (isMainThread) process.umask(0o077);
  try {
    await makeFolder(folder);
    await chmod(folder, 0o700);
    await demandWholeLogs(folder);
  } catch (error) {
    throw explain(folder, error);
  }
  // From here on it opens, whether asked to or not.
  const level = new ClassicLevel<string, Uint8Array>(folder, { keyEncoding: "utf8", valueEncoding: "view" });
  try {
    await level.open();
    await hide(folder);
    const head = await level.get(revisionKey);
    return new LevelStore(folder, level, head === undefined ? 0 : revisionOf(head));
  } catch (error) {
    await level.close().catch(() => {});
    throw explain(folder, error);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // On a file system that can only be read, Node says so of a single folder, but ENOENT of several.
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && path !== undefined) await mkdir(path);
    throw error;
  }
}

/** Before LevelDB is opened, because it makes a table of what it can read, and removes the log. */
async function demandWholeLogs(folder: string): Promise<void> {
  for (const file of await readdir(folder))
    if (file.endsWith(".log") && hasHole(await readFile(join(folder, file)))) throw damaged(folder);
}

/** Keeps others from the files of a time before us, or restored from a backup. */
async function hide(folder: string): Promise<void> {
  for (const file of await readdir(folder))
    await chmod(join(folder, file), 0o600).catch((error: NodeJS.ErrnoException) => {
      // LevelDB tidies up in the background, above all after a crash, and has removed it meanwhile.
      if (error.code !== "ENOENT") throw error;
    });
}

/** Throws what the disk says when there is no room to open LevelDB anew. */
async function demandRoom(folder: string): Promise<void> {
  let bytes = openingBytes;
  for (const file of await readdir(folder)) if (file.endsWith(".log")) bytes += (await stat(join(folder, file))).size;
  const file = join(folder, "room");
  try {
    await writeFile(file, new Uint8Array(bytes), { mode: 0o600, flush: true });
  } finally {
    await rm(file, { force: true });
  }
}

class LevelStore implements Store {
  readonly #folder: string;
  readonly #level: ClassicLevel<string, Uint8Array>;
  readonly #watchers = new Watchers();
  #revision: number;
  /** The last write; the next one waits for it, which makes compare-and-set one step. */
  #writing: Promise<unknown> = Promise.resolve();
  /**
   * A write has failed, and may have left half a record at the end of LevelDB's log. LevelDB would go on behind it, and
   * at the next start read no further than to it: all that was acknowledged since would be lost.
   */
  #logIsTorn = false;
  #closed = false;

  constructor(folder: string, level: ClassicLevel<string, Uint8Array>, revision: number) {
    this.#folder = folder;
    this.#level = level;
    this.#revision = revision;
  }

  async get(key: string): Promise<Entry | null> {
    // Not open: it is being opened anew, or could not be.
    return this.#level.status === "open" ? this.#try(() => this.#read(key)) : this.#inTurn(() => this.#read(key));
  }

  async put(key: string, value: Uint8Array): Promise<Entry> {
    const copy = value.slice();
    return this.#inTurn(() => this.#write(key, copy));
  }

  async delete(key: string): Promise<void> {
    return this.#inTurn(async () => {
      if ((await this.#read(key)) === null) return;
      await this.#append(() => this.#level.del(entryPrefix + key, sync));
      this.#watchers.tell({ key, entry: null });
    });
  }

  async compareAndSet(key: string, revision: number | null, value: Uint8Array): Promise<Entry | null> {
    const copy = value.slice();
    return this.#inTurn(async () => {
      const entry = await this.#read(key);
      return (entry?.revision ?? null) === revision ? this.#write(key, copy) : null;
    });
  }

  async *range(prefix: string): AsyncGenerator<Entry, void> {
    if (this.#closed) throw closedError(this.#folder);
    if (this.#level.status !== "open") await this.#inTurn(async () => {});
    const from = entryPrefix + prefix;
    const iterator = this.#level.iterator({ gte: from, highWaterMarkBytes: rangeBatchBytes });
    try {
      for (;;) {
        // Many at a time: one by one, a hundred thousand of them take longer than anybody wants to wait at the start.
        const batch = await iterator.nextv(rangeBatch);
        if (batch.length === 0) return;
        for (const [key, stored] of batch) {
          if (!key.startsWith(from)) return;
          yield entryOf(key.slice(entryPrefix.length), stored);
        }
      }
    } catch (error) {
      throw explain(this.#folder, error);
    } finally {
      await iterator.close();
    }
  }

  watch(
    prefix: string,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncIterable<{ key: string; entry: Entry | null }> {
    if (this.#closed) throw closedError(this.#folder);
    return this.#watchers.watch(prefix, signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watchers.close();
    await this.#writing.catch(() => {});
    await this.#level.close();
  }

  async #read(key: string): Promise<Entry | null> {
    const stored = await this.#level.get(entryPrefix + key);
    return stored === undefined ? null : entryOf(key, stored);
  }

  async #write(key: string, value: Uint8Array): Promise<Entry> {
    const entry: Entry = { key, value, revision: this.#revision + 1 };
    const head = headOf(entry.revision);
    const stored = Buffer.concat([head, value]);
    await this.#append(() =>
      this.#level.batch(
        [
          { type: "put", key: entryPrefix + key, value: stored },
          { type: "put", key: revisionKey, value: head },
        ],
        sync,
      ),
    );
    this.#revision = entry.revision;
    this.#watchers.tell({ key, entry: { ...entry, value: value.slice() } });
    return entry;
  }

  async #append(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#logIsTorn = true;
      throw error;
    }
  }

  /** Has LevelDB make a table of what its log holds, and begin a new log. Until there is room for that, it can be read. */
  async #beginNewLog(): Promise<void> {
    if (this.#level.status === "open") {
      await demandRoom(this.#folder);
      await this.#level.close();
    }
    await this.#level.open();
    const head = await this.#level.get(revisionKey);
    // The write that failed may turn out to be there after all.
    if (head !== undefined) this.#revision = Math.max(this.#revision, revisionOf(head));
    this.#logIsTorn = false;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const inOrder = async () => {
      if (this.#logIsTorn) await this.#beginNewLog();
      return work();
    };
    const turn = this.#writing.catch(() => {}).then(() => this.#try(inOrder));
    this.#writing = turn;
    return turn;
  }

  async #try<T>(access: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError(this.#folder);
    try {
      return await access();
    } catch (error) {
      throw explain(this.#folder, error);
    }
  }
}

function headOf(revision: number): Uint8Array {
  const head = new Uint8Array(headLength);
  new DataView(head.buffer).setBigUint64(0, BigInt(revision));
  return head;
}

function revisionOf(stored: Uint8Array): number {
  return Number(new DataView(stored.buffer, stored.byteOffset, headLength).getBigUint64(0));
}

function entryOf(key: string, stored: Uint8Array): Entry {
  // Each is a buffer of its own, so that nothing has to be copied.
  const value = new Uint8Array(stored.buffer, stored.byteOffset + headLength, stored.byteLength - headLength);
  return { key, value, revision: revisionOf(stored) };
}

function closedError(folder: string): StoreError {
  return new StoreError("closed", `The state folder ${folder} has been closed.`, "Open it again.");
}

/** LevelDB's own errors hide in `cause`, and tell a full disk or a missing right in words only. */
function explain(folder: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const chain: { readonly code: string; readonly message: string }[] = [];
  for (let link = error; link instanceof Error; link = link.cause)
    chain.push({ code: "code" in link ? String(link.code) : "", message: link.message });
  const has = (...codes: readonly string[]) => chain.some(({ code }) => codes.includes(code));
  const says = (words: RegExp) => chain.some(({ message }) => words.test(message));
  const options = { cause: error };

  if (has("LEVEL_LOCKED"))
    return new StoreError(
      "locked",
      `The state folder ${folder} is in use by another process.`,
      "Stop the other openwps, or give this one a folder of its own with --state.",
      options,
    );
  if (has("EROFS") || says(/read-only file system/i))
    return new StoreError(
      "permission",
      `The state folder ${folder} is on a file system that can only be read.`,
      "Mount it for writing (mount -o remount,rw), or name another folder with --state.",
      options,
    );
  if (has("EACCES", "EPERM") || says(/permission denied/i))
    return new StoreError(
      "permission",
      `The state folder ${folder} cannot be written by this user.`,
      "Run openwps as the folder's owner, or name another folder with --state.",
      options,
    );
  if (has("ENOTDIR", "EEXIST"))
    return new StoreError(
      "permission",
      `The state folder ${folder} cannot be made, because a file has that name.`,
      "Name another folder with --state.",
      options,
    );
  if (has("ENOSPC", "EDQUOT") || says(/no space left|quota exceeded/i))
    return new StoreError("full", `The disk of the state folder ${folder} is full.`, "Make room on it.", options);
  if (has("LEVEL_CORRUPTION") || says(/no such file|does not exist|missing files/i)) return damaged(folder, options);
  const last = chain.at(-1)?.message ?? String(error);
  return new StoreError(
    "failed",
    `The state folder ${folder} cannot be used: ${last}.`,
    "Check the disk, or name another folder with --state.",
    options,
  );
}

function damaged(folder: string, options?: ErrorOptions): StoreError {
  return new StoreError(
    "damaged",
    `The state folder ${folder} is damaged, and nothing in it was changed.`,
    "Restore it from a backup, or move it away to start afresh.",
    options,
  );
}
