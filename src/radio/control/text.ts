/** How wpa_supplicant and hostapd write bytes, tables and events as text. Total on any text; knows no command. */

const named: Readonly<Record<string, number>> = { '"': 0x22, "\\": 0x5c, e: 0x1b, n: 0x0a, r: 0x0d, t: 0x09 };

/** The bytes behind escaped text such as an SSID in STATUS: `\xNN`, `\"`, `\\`, `\e`, `\n`, `\r`, `\t`, others as they are. */
export function unescapeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [piece, hex, letter] of text.matchAll(/\\x([0-9a-fA-F]{2})|\\(["\\enrt])|./gsu)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(named[letter] ?? 0);
    else bytes.push(...new TextEncoder().encode(piece));
  }
  return Uint8Array.from(bytes);
}

/** A reply of `key=value` lines; of a key that comes twice the first counts, so that no later value can overrule it. */
export function parsePairs(reply: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const line of reply.split("\n")) {
    const sign = line.indexOf("=");
    if (sign > 0 && !pairs.has(line.slice(0, sign))) pairs.set(line.slice(0, sign), line.slice(sign + 1));
  }
  return pairs;
}

/** What a datagram says unasked: `<3>TEXT`, on a global socket with `IFNAME=wlan0 ` before or behind the level; null for a reply. */
export function eventLine(datagram: string): string | null {
  const match = /^(?:IFNAME=\S+ )?<\d>(?:IFNAME=\S+ )?(.*)$/s.exec(datagram);
  return match === null ? null : (match[1] ?? "").trim();
}
