/** What a Linux input device tells: the kernel's `struct input_event`, one after the other. Knows no keys. */

/** One `struct input_event`, without its time: that clock may be set while a key is held. */
export interface InputEvent {
  readonly type: number;
  readonly code: number;
  /** Signed. */
  readonly value: number;
}

/** Types of events. */
export const EV = { syn: 0, key: 1 } as const;

/** Codes of `EV.syn`: the end of a group of events, and that the kernel had to drop some. */
export const SYN = { report: 0, dropped: 3 } as const;

/**
 * Bytes of a `long`, as the kernel shows itself to this process: a 32-bit process sees 32 bits also below a 64-bit
 * kernel.
 */
export const wordBytes: 4 | 8 = ["arm", "ia32", "mips", "mipsel", "ppc"].includes(process.arch) ? 4 : 8;

/** Events out of what was read, and the bytes of one that is not complete yet: they go before the next read. */
export interface Decoded {
  readonly events: readonly InputEvent[];
  readonly rest: Uint8Array;
}

/**
 * Decodes as many events as there are. Little endian, as all machines with buttons are.
 * @param bytes the last `rest`, and what was read since
 * @param word bytes of a `long`: the time in front of each event is two of them
 */
export function decodeInputEvents(bytes: Uint8Array, word: 4 | 8 = wordBytes): Decoded {
  const length = 2 * word + 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: InputEvent[] = [];
  let at = 0;
  for (; at + length <= bytes.length; at += length) {
    const event = at + 2 * word;
    events.push({
      type: view.getUint16(event, true),
      code: view.getUint16(event + 2, true),
      value: view.getInt32(event + 4, true),
    });
  }
  return { events, rest: bytes.slice(at) };
}
