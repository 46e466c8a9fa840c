/** How this API writes what a radio sees: addresses, channels, signal strength. Only forms, no decisions. */
export { channelOf } from "../radio/channel.ts";

/** An address as this API writes it: 12 upper-case hex digits. @param address with colons, in either case */
export function apiMac(address: string): string {
  return address.replaceAll(":", "").toUpperCase();
}

/** Signal strength in percent: -50 dBm or more is 100, -100 dBm or less is 0, in a straight line between. */
export function signalPercent(rssi: number): number {
  return Math.round(Math.min(100, Math.max(0, 2 * (rssi + 100))));
}

/**
 * A network's name as text. One that is not UTF-8 has U+FFFD in the places that cannot be shown; {@link ssidBytes}
 * finds the way back.
 */
export function ssidText(ssid: Uint8Array): string {
  return new TextDecoder().decode(ssid);
}

/**
 * The bytes of a network's name that came as text.
 * @param known names it may be one of, in case it is not UTF-8
 */
export function ssidBytes(text: string, known: readonly Uint8Array[]): Uint8Array {
  const shown = text.includes("\ufffd") ? known.find((ssid) => ssidText(ssid) === text) : undefined;
  return shown ?? new TextEncoder().encode(text);
}

/** The modes in this API's words. */
export const apiMode = { station: "STA", accessPoint: "AP", off: "OFF" } as const;
