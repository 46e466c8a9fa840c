/**
 * The log in which LevelDB keeps the writes that are in none of its tables yet, looked at before LevelDB does: what it
 * cannot read there it passes over without a word, and the rest of the block with it. So a damaged sector could take
 * away networks, and a password. Reads only; what the records hold is not known here.
 */

/** Bytes of a block, which no record goes beyond, and of a record's head: checksum (4), length (2), type (1). */
const blockLength = 32_768;
const headLength = 7;
/** A write is one whole record (1), or a first (2), any middle (3) and a last one (4). */
const lastType = 4;
const beginsWrite = (type: number) => type <= 2;

/**
 * Whether something is missing in the middle: another write begins behind a record that cannot be read. At the very end
 * that is what a crash leaves of a write that nobody was told of, whose blocks come to the disk in any order.
 */
export function hasHole(log: Uint8Array): boolean {
  let broken = false;
  for (let start = 0; start < log.length; start += blockLength) {
    const block = log.subarray(start, start + blockLength);
    for (let at = 0; at + headLength <= block.length; ) {
      const record = recordAt(block, at);
      if (record !== null && broken && beginsWrite(record.type)) return true;
      broken ||= record === null;
      at += record?.length ?? 1;
    }
  }
  return false;
}

/** The record there, its length with its head; null when none can be read. */
function recordAt(block: Uint8Array, at: number): { readonly type: number; readonly length: number } | null {
  const view = new DataView(block.buffer, block.byteOffset + at, block.length - at);
  const length = headLength + view.getUint16(4, true);
  const type = view.getUint8(6);
  if (type < 1 || type > lastType || length > view.byteLength) return null;
  return masked(crc32c(block.subarray(at + 6, at + length))) === view.getUint32(0, true) ? { type, length } : null;
}

/** As LevelDB stores a checksum, lest one be taken of data that holds another. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The polynomial of CRC-32C, its bits reversed (RFC 3720, 12.1), worked out for each byte. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0x82f63b78);
  return crc;
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
