/** A network to join, or a hotspot to open, as the settings of a network in wpa_supplicant's words. Pure. */
import { toHex } from "../../wsc/bytes.ts";
import { pskFrom } from "../../wsc/choice.ts";
import { equal } from "../../wsc/crypto.ts";
import type { Secret } from "../../wsc/secret.ts";
import type { Hotspot, Network } from "../station-radio.ts";

/** One `SET_NETWORK <id> <name> <value>` each; the value carries quotes where they belong. */
export type NetworkSetting = readonly [name: string, value: string];

/** WPA2 in any case; WPA version 1 and WPA3 where the network says so. */
export function stationSettings(network: Network): readonly NetworkSetting[] {
  const { ssid, key, wpa1 } = network;
  const name: NetworkSetting = ["ssid", ssidValue(ssid)];
  // A hidden network answers only to its name, and nobody says beforehand which one is hidden.
  const common: readonly NetworkSetting[] = [name, ["scan_ssid", "1"]];
  if (key === null) return [...common, ["key_mgmt", "NONE"]];
  // SAE needs the passphrase itself; a PSK cannot serve it.
  const sae = network.sae && !isPsk(key) && isText(key);
  return [
    ...common,
    ["key_mgmt", sae ? "WPA-PSK WPA-PSK-SHA256 SAE" : "WPA-PSK"],
    ["proto", wpa1 ? "RSN WPA" : "RSN"],
    ["pairwise", wpa1 ? "CCMP TKIP" : "CCMP"],
    // Old access points protect broadcasts with the weakest cipher they offer to anybody.
    ["group", "CCMP TKIP"],
    // Optional: WPA3 must protect management frames, WPA2 may. Not asked of drivers that are never to speak WPA3.
    ...(sae ? ([["ieee80211w", "1"]] as const) : []),
    ["psk", keyValue(ssid, key)],
  ];
}

/** An access point of our own on channel 1: WPA2 with CCMP, its own WPS off. */
export function hotspotSettings(hotspot: Hotspot): readonly NetworkSetting[] {
  const common: readonly NetworkSetting[] = [
    ["ssid", ssidValue(hotspot.ssid)],
    ["mode", "2"],
    ["frequency", "2412"],
    ["wps_disabled", "1"],
  ];
  if (hotspot.key === null) return [...common, ["key_mgmt", "NONE"]];
  return [
    ...common,
    ["key_mgmt", "WPA-PSK"],
    ["proto", "RSN"],
    ["pairwise", "CCMP"],
    ["group", "CCMP"],
    ["psk", keyValue(hotspot.ssid, hotspot.key)],
  ];
}

/** Hex without quotes: an SSID is any bytes. */
function ssidValue(ssid: Uint8Array): string {
  if (ssid.length < 1 || ssid.length > 32) throw new RangeError(`ssid: expected 1..32 bytes, got ${ssid.length}`);
  return toHex(ssid);
}

/**
 * 64 hex digits are a PSK and stand bare; a passphrase stands in quotes. Nothing in it is escaped: wpa_supplicant reads
 * up to the last quote of the line. A line break would end the command, and no passphrase has one. Commands are
 * text: a passphrase of other bytes goes as the PSK that comes of it.
 */
function keyValue(ssid: Uint8Array, key: Secret): string {
  if (isPsk(key)) return key.revealText();
  if (key.length < 8 || key.length > 63) throw new RangeError(`key: expected 8..63 bytes, got ${key.length}`);
  if (key.reveal().some((byte) => byte < 0x20 || byte === 0x7f)) throw new RangeError("key: has a control character");
  return isText(key) ? `"${key.revealText()}"` : pskFrom(key, ssid).revealText();
}

/** Whether the bytes are UTF-8 and come back from text as they were. */
function isText(key: Secret): boolean {
  return equal(new TextEncoder().encode(key.revealText()), key.reveal());
}

function isPsk(key: Secret): boolean {
  return /^[0-9a-f]{64}$/i.test(key.revealText());
}
