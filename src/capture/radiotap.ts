/** Radiotap: what a capturing radio writes before each frame. Only what changes how the frame is to be read matters. */

const FLAGS = { frameCheckSequence: 0x10, dataPadding: 0x20 } as const;
const PRESENT = { timer: 1 << 0, flags: 1 << 1, more: 1 << 31 } as const;

/** The 802.11 frame behind the head, without a frame check sequence; null if the head is not whole. */
export function read80211Of(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint16(2, true);
  if (length < 8 || length > bytes.length) return null;
  const frame = bytes.subarray(length);
  const flags = flagsOf(view, length);
  // Padding between head and data is what some old drivers do; nobody has seen WPS in it.
  if ((flags & FLAGS.dataPadding) !== 0) return null;
  return (flags & FLAGS.frameCheckSequence) !== 0 ? frame.subarray(0, -4) : frame;
}

function flagsOf(view: DataView, length: number): number {
  const present = view.getUint32(4, true);
  if ((present & PRESENT.flags) === 0) return 0;
  let offset = 8;
  for (let word = present; (word & PRESENT.more) !== 0; offset += 4) {
    if (offset + 4 > length) return 0;
    word = view.getUint32(offset, true);
  }
  // The timer, 8 bytes on a multiple of 8, is the only field before the flags.
  if ((present & PRESENT.timer) !== 0) offset = ((offset + 7) & ~7) + 8;
  return offset < length ? view.getUint8(offset) : 0;
}
