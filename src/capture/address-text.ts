/** How the ends of a packet are written: MAC addresses as everywhere, IP addresses with their port. */

/** IPv4 (4 bytes) dotted, IPv6 (16 bytes) with its longest run of zeros left out. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const zeros = [...groups.join(":").matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = zeros.reduce((best, run) => (run.length > best.length ? run : best), "");
  return longest === "" ? groups.join(":") : groups.join(":").replace(new RegExp(`(?:^|:)${longest}(?::|$)`), "::");
}

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function endText(address: Uint8Array, port: number): string {
  return address.length === 4 ? `${ipText(address)}:${port}` : `[${ipText(address)}]:${port}`;
}
