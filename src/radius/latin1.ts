/** Bytes as a string of as many characters: to be compared and matched, not to be shown. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
