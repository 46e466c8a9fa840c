/**
 * From things that happen to async iterables: a queue for one reader, an outlet for any number of them, and a value
 * with those who follow it. Bounded: a reader that does not keep up loses the oldest items, never the newest.
 */

/** For a source that ends by itself after a bounded number of items. */
export const unbounded = Number.POSITIVE_INFINITY;

/** Items for one reader. What is pushed after the end is dropped. */
export class Queue<T> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #items: T[] = [];
  #waiting: (() => void) | null = null;
  #ended: { readonly error: unknown } | null = null;

  /** @param limit how many unread items are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(item: T): void {
    if (this.#ended !== null) return;
    if (this.#items.length === this.#limit) this.#items.shift();
    this.#items.push(item);
    this.#waiting?.();
  }

  /** The reader still gets what is queued, and then the end, or the error. */
  end(error: unknown = null): void {
    this.#ended ??= { error };
    this.#waiting?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (true) {
      while (this.#items.length > 0) yield this.#items.shift() as T;
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
      this.#waiting = null;
    }
  }
}

/** Tells every present reader the same; who comes later hears what comes later. */
export class Outlet<T> {
  readonly #limit: number;
  readonly #readers = new Set<Queue<T>>();
  #ended: { readonly error: unknown } | null = null;

  /** @param limit how many unread items are kept for each reader */
  constructor(limit: number) {
    this.#limit = limit;
  }

  tell(item: T): void {
    for (const reader of this.#readers) reader.push(item);
  }

  /** Ends all readers, now and later ones. */
  end(error: unknown = null): void {
    this.#ended ??= { error };
    for (const reader of this.#readers) reader.end(error);
    this.#readers.clear();
  }

  /** Listens from this call on (not from the first `next`), until the signal aborts or the outlet ends. */
  listen(signal: AbortSignal, first: readonly T[] = []): AsyncIterable<T> {
    const reader = new Queue<T>(this.#limit);
    for (const item of first) reader.push(item);
    if (this.#ended) reader.end(this.#ended.error);
    else if (signal.aborted) reader.end();
    else this.#readers.add(reader);
    const stop = () => {
      this.#readers.delete(reader);
      reader.end();
    };
    signal.addEventListener("abort", stop, { once: true });
    return untilReturned(reader, () => {
      signal.removeEventListener("abort", stop);
      stop();
    });
  }
}

/** States kept for a follower that does not keep up. */
const lag = 32;

/** A value that changes, and those who follow it. */
export class Latest<T> {
  #value: T;
  readonly #changes = new Outlet<T>(lag);

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#changes.tell(value);
  }

  /** Ends all following, once the last value is read. */
  close(): void {
    this.#changes.end();
  }

  /** The value at once, and each later one, until the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<T> {
    return this.#changes.listen(signal, [this.#value]);
  }
}

/** Passes items on, and cleans up as soon as the reader is done or walks away. */
async function* untilReturned<T>(items: AsyncIterable<T>, cleanUp: () => void): AsyncGenerator<T, void> {
  try {
    yield* items;
  } finally {
    cleanUp();
  }
}
