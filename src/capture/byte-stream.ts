/**
 * Bytes that come in chunks, taken in the amounts a format asks for. Holds no more than one chunk and what is asked for;
 * knows no format.
 */
import { concat } from "../wsc/bytes.ts";

/** Bytes in pieces of any length, as files and pipes give them. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One pass over such bytes. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();
  #offset = 0;

  constructor(chunks: Chunks) {
    this.#chunks = iterate(chunks);
  }

  /** How many bytes were taken so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The next `length` bytes if they are here already, without waiting; undefined if not. */
  takeNow(length: number): Uint8Array | undefined {
    if (this.#held.length < length) return undefined;
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.#offset += length;
    return taken;
  }

  /** The next `length` bytes; null, and nothing is taken, if the stream ends before. */
  async take(length: number): Promise<Uint8Array | null> {
    await this.#fill(length);
    return this.takeNow(length) ?? null;
  }

  /** The next bytes without taking them; fewer than `length` only at the end. */
  async peek(length: number): Promise<Uint8Array> {
    await this.#fill(length);
    return this.#held.subarray(0, length);
  }

  /** Everything from here on, in chunks. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    while ((await this.peek(1)).length > 0) yield this.takeNow(this.#held.length) ?? new Uint8Array();
  }

  /** Lets go of the source, which need not be at its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(length: number): Promise<void> {
    if (this.#held.length >= length) return;
    const parts = [this.#held];
    let filled = this.#held.length;
    while (filled < length) {
      const { done, value } = await this.#chunks.next();
      if (done === true) break;
      parts.push(value);
      filled += value.length;
    }
    this.#held = concat(...parts);
  }
}

async function* iterate(chunks: Chunks): AsyncGenerator<Uint8Array, void> {
  yield* chunks;
}
