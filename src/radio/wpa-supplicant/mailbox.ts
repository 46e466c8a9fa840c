/** Things that happen, kept until somebody takes them: the step from callbacks to a loop. */

export class Mailbox<T> {
  readonly #items: T[] = [];
  #wake: (() => void) | null = null;

  put(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** Everything put so far and from now on, until the signal aborts; then nothing more, not even what is left. */
  async *take(signal: AbortSignal): AsyncGenerator<T> {
    const abort = () => this.#wake?.();
    signal.addEventListener("abort", abort);
    try {
      while (!signal.aborted) {
        const item = this.#items.shift();
        if (item !== undefined) {
          yield item;
          continue;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
