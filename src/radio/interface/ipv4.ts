/** IPv4 addresses as numbers of 32 bits and as dotted text, and what can be said of one by itself. */

/** 0..2^32-1 */
export type Ipv4 = number;

/** Reads `192.168.4.1`; null for anything else. */
export function parseIpv4(text: string): Ipv4 | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null;
  const bytes = text.split(".").map(Number);
  return bytes.some((byte) => byte > 255) ? null : bytes.reduce((value, byte) => value * 256 + byte, 0);
}

export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** Whether one host can have it: 0.0.0.0/8 is nobody, 127.0.0.0/8 oneself, and from 224 on are groups. */
export function isHost(address: Ipv4): boolean {
  return address >= 0x01000000 && address < 0xe0000000 && address >>> 24 !== 127;
}

/** 1..32; null when the mask is none. */
export function prefixLengthOf(mask: Ipv4): number | null {
  const hosts = ~mask >>> 0;
  return mask !== 0 && (hosts & (hosts + 1)) === 0 ? Math.clz32(hosts) : null;
}
