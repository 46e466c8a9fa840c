/**
 * `GET /api/v1/wifi/scan`: the access points in sight, strongest first, in the names and forms that clients of this API
 * know. `wps` is text here, unlike in the system answer: that is how they know it.
 */
import type { Bss } from "../radio/station-radio.ts";
import { Type } from "../schema/type.ts";
import type { Station } from "../station/station.ts";
import type { App } from "./app.ts";
import { refusals } from "./errors.ts";
import { apiMac, channelOf, signalPercent, ssidText } from "./wifi-forms.ts";

/** Looks around; whoever asks while that goes on gets what comes of it. */
export type Scan = () => Promise<readonly Bss[]>;

/** Has all that want to know what is in sight share one scan at a time. */
export function sharedScan(station: Pick<Station, "scan">): Scan {
  let underWay: Promise<readonly Bss[]> | null = null;
  return () => {
    underWay ??= station.scan().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

const authModes = ["open", "WEP", "WPA", "WPA2", "WPA-WPA2", "EAP", "WPA3", "WPA2-WPA3", "OWE", "WPA3-ENT"] as const;
const ciphers = ["none", "WEP", "TKIP", "CCMP", "TKIP-CCMP", "GCMP", "unknown"] as const;

/** What this API says of an access point, here and in the system answer. */
export const bssFields = {
  ssid: Type.String({ description: "Its name, at most 32 bytes; empty when hidden" }),
  bssid: Type.String({ pattern: "^[0-9A-F]{12}$" }),
  channel: Type.Union([Type.Integer(), Type.Null()], { description: "null in a band that has none here" }),
  ht: Type.Enum(["20", "40+", "40-"]),
  rssi: Type.Integer({ description: "Signal strength in dBm" }),
  signal: Type.Integer({ minimum: 0, maximum: 100, description: "Signal strength in percent" }),
  auth_mode: Type.Enum([...authModes]),
  pairwise_cipher: Type.Enum([...ciphers]),
  group_cipher: Type.Enum([...ciphers]),
  phy: Type.String({ description: 'Generations of 802.11, such as "bgn"' }),
  country: Type.Union([Type.String(), Type.Null()], { description: "Two letters; null when it does not say" }),
};

/** @returns all of {@link bssFields} */
export function bssBody(bss: Bss) {
  return {
    ssid: ssidText(bss.ssid),
    bssid: apiMac(bss.bssid),
    channel: channelOf(bss.frequency),
    ht: bss.ht,
    rssi: Math.round(bss.rssi),
    signal: signalPercent(bss.rssi),
    auth_mode: bss.authMode,
    pairwise_cipher: bss.pairwiseCipher,
    group_cipher: bss.groupCipher,
    phy: bss.phy,
    country: bss.country,
  };
}

const { country, ...beforeWps } = bssFields;
const Networks = Type.Array(Type.Object({ ...beforeWps, wps: Type.Enum(["true", "false"]), country }));

/** Adds the endpoint. */
export function scanApi(app: App, scan: Scan): void {
  const schema = {
    summary: "The access points in sight, strongest first",
    response: { 200: Networks, ...refusals("radio-gone", "radio-refused") },
  };
  app.get("/api/v1/wifi/scan", { schema }, async () =>
    (await scan()).map((bss) => ({ ...bssBody(bss), wps: bss.wps === null ? ("false" as const) : ("true" as const) })),
  );
}
