/** Bytes in XML (UPnP: bin.base64). */

/** In lines of 72, each with a line break at its end: some routers read no longer ones. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("base64")
    .replaceAll(/.{1,72}/g, "$&\n");
}

/** Null for what is no base64; blanks and line breaks do not count. */
export function fromBase64(text: string): Uint8Array | null {
  const digits = text.replaceAll(/\s/g, "");
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return null;
  return new Uint8Array(Buffer.from(digits, "base64"));
}
