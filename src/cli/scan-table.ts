/** What a scan found, as a table for people and as lines for programs. */
import { apiMac, channelOf, signalPercent } from "../http/wifi-forms.ts";
import type { Bss } from "../radio/station-radio.ts";
import { tableLines } from "./table.ts";
import { type Paint, printable } from "./terminal.ts";

const titles = ["SSID", "BSSID", "CHANNEL", "SIGNAL", "SECURITY", "WPS"];

/** The table, a line each, its columns as wide as needed. */
export function scanTable(found: readonly Bss[], paint: Paint): string[] {
  const rows = found.map((bss) => [
    networkName(bss, paint),
    bss.bssid,
    String(channelOf(bss.frequency) ?? "?"),
    `${signalPercent(bss.rssi)} %`,
    bss.authMode,
    wpsWords(bss, paint),
  ]);
  return tableLines(titles, rows, paint);
}

/** A network's name as a terminal may show it. */
export function networkName({ ssid }: Bss, paint: Paint): string {
  return ssid.length === 0 ? paint("dim", "(hidden)") : printable(new TextDecoder().decode(ssid));
}

/** One access point as a line of JSON, in the names and forms of the API. */
export function scanJson(bss: Bss): string {
  return JSON.stringify({
    ssid: new TextDecoder().decode(bss.ssid),
    bssid: apiMac(bss.bssid),
    channel: channelOf(bss.frequency),
    ht: bss.ht,
    rssi: bss.rssi,
    signal: signalPercent(bss.rssi),
    auth_mode: bss.authMode,
    pairwise_cipher: bss.pairwiseCipher,
    group_cipher: bss.groupCipher,
    phy: bss.phy,
    wps: String(bss.wps !== null),
    country: bss.country,
  });
}

/** Whether WPS can do something there now. */
function wpsWords({ wps }: Bss, paint: Paint): string {
  if (wps === null) return paint("dim", "no");
  if (wps.selectedRegistrar) return paint("green", wps.devicePasswordId === 4 ? "button pressed" : "PIN expected");
  return wps.setupLocked ? paint("yellow", "yes, PIN locked") : "yes";
}
