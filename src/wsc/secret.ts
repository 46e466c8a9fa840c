/**
 * Bytes that must not be shown: keys, PINs, passwords. Whatever prints one by accident prints `[secret]`.
 * JavaScript cannot wipe memory for good, so this guards against disclosure, not against a memory dump.
 */

/** Bytes that show themselves only to whoever asks by {@link Secret.reveal}. */
export class Secret {
  readonly #bytes: Uint8Array;

  /** @param value UTF-8 text or raw bytes; bytes are copied. */
  constructor(value: Uint8Array | string) {
    this.#bytes = typeof value === "string" ? new TextEncoder().encode(value) : value.slice();
  }

  /** The bytes themselves, for the one place that uses them. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** The bytes read as UTF-8. */
  revealText(): string {
    return new TextDecoder().decode(this.#bytes);
  }

  get length(): number {
    return this.#bytes.length;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
