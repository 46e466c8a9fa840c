/** Progress on its way from a run to whoever follows it, and the latest state for any number of onlookers. */

/** Items for one reader, in order. For sources that end by themselves after a bounded number of items. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #ended: { readonly error: unknown } | null = null;
  #wake = () => {};

  put(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** The reader gets what is left, then the end, or the error. */
  end(error: unknown = null): void {
    this.#ended ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (true) {
      const items = this.#items.splice(0);
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#ended?.error) throw this.#ended.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** States kept for an onlooker that does not keep up; of more than these it misses the oldest. */
const lag = 32;

/** A value that changes, and those who follow it. */
export class Latest<T> {
  #value: T;
  readonly #followers = new Set<(value: T | null) => void>();
  #closed = false;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const tell of this.#followers) tell(value);
  }

  /** Ends all following, once the last value is read. */
  close(): void {
    this.#closed = true;
    for (const tell of this.#followers) tell(null);
  }

  /** The value at once, and each later one, until the signal aborts. */
  async *follow(signal: AbortSignal): AsyncGenerator<T, void> {
    const unread: T[] = [this.#value];
    let ended = this.#closed;
    let wake = () => {};
    const tell = (value: T | null) => {
      if (value === null) ended = true;
      else if (unread.push(value) > lag) unread.shift();
      wake();
    };
    const stop = () => tell(null);
    this.#followers.add(tell);
    signal.addEventListener("abort", stop, { once: true });
    try {
      while (!signal.aborted) {
        const value = unread.shift();
        if (value !== undefined) yield value;
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#followers.delete(tell);
      signal.removeEventListener("abort", stop);
    }
  }
}
