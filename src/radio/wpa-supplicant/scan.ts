/** wpa_supplicant's table of access points, read into {@link Bss}. Asks nothing by itself: replies come in as text. */
import { parseMacAddress } from "../../wsc/address.ts";
import { fromHex } from "../../wsc/bytes.ts";
import { parsePairs, unescapeText } from "../control/text.ts";
import type { Bss } from "../station-radio.ts";
import { readElements } from "./elements.ts";

export interface BssEntry {
  readonly bss: Bss;
  /** wpa_supplicant's number of it, for `BSS NEXT-<id>`. */
  readonly id: number;
  /** Seconds since it was last heard. */
  readonly age: number;
}

const PRIVACY = 0x0010;

/** The reply to `BSS …`; null when there is no such access point, or no sense in the reply. */
export function parseBss(reply: string): BssEntry | null {
  const pairs = parsePairs(reply);
  const bssid = parseMacAddress(pairs.get("bssid") ?? "");
  const id = number(pairs.get("id"));
  const frequency = number(pairs.get("freq"));
  const rssi = number(pairs.get("level"));
  if (bssid === null || id === null || frequency === null || rssi === null) return null;
  const hex = pairs.get("ie") ?? "";
  const elements = readElements(/^(?:[0-9a-f]{2})*$/i.test(hex) ? fromHex(hex) : new Uint8Array(), {
    frequency,
    privacy: ((number(pairs.get("capabilities")) ?? 0) & PRIVACY) !== 0,
  });
  // The table knows the name of a hidden network that it was told; its beacon does not.
  const ssid = unescapeText(pairs.get("ssid") ?? "");
  const named = elements.ssid.length === 0 && ssid.some((byte) => byte !== 0) && ssid.length <= 32;
  const bss: Bss = { bssid, frequency, rssi, ...elements, ssid: named ? ssid : elements.ssid };
  return { bss, id, age: number(pairs.get("age")) ?? 0 };
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^-?(?:\d{1,10}|0x[0-9a-f]{1,8})$/i.test(text) ? Number(text) : null;
}
