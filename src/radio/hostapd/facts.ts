/**
 * What hostapd's replies to GET_CONFIG, STATUS and MIB say of a network. Total on any text. The key that GET_CONFIG
 * shows is read only where it is asked for.
 */
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AccessPointFacts, AccessPointStatus } from "../access-point.ts";
import { parsePairs, unescapeText } from "../control/text.ts";
import type { AuthMode, Cipher } from "../station-radio.ts";

/** The replies as they came. */
export interface Replies {
  readonly config: string;
  readonly status: string;
  readonly mib: string;
  /** To `GET version`. */
  readonly version: string;
}

/** What the replies tell; of the rest nothing is known. */
export type ToldFacts = Omit<AccessPointFacts, "independent" | "deviceName">;

export function readFacts({ config, status, mib, version }: Replies): ToldFacts {
  const settings = parsePairs(config);
  const state = parsePairs(status);
  const bssid = settings.get("bssid") ?? "";
  const vap = [...state].find(([name, value]) => /^bssid\[\d{1,3}\]$/.test(name) && value === bssid);
  const number = vap?.[0].slice("bssid[".length, -1) ?? "0";
  const frequency = Number(state.get("freq") ?? 0);
  const on = state.get("state") === "ENABLED";
  const ciphers = settings.get("rsn_pairwise_cipher") ?? settings.get("wpa_pairwise_cipher") ?? "";
  return {
    on,
    ssid: unescapeText(settings.get("ssid") ?? "").slice(0, 32),
    radio: state.get("phy") || (state.get("bss[0]") ?? ""),
    vap: Number(number),
    ifname: state.get(`bss[${number}]`) ?? "",
    frequency: on && frequency > 0 && Number.isSafeInteger(frequency) ? frequency : null,
    security: authModeOf(Number(settings.get("wpa") ?? 0), settings.get("key_mgmt") ?? ""),
    pairwiseCipher: cipherOf(`${ciphers} ${settings.get("wpa_pairwise_cipher") ?? ""}`),
    groupCipher: cipherOf(settings.get("group_cipher") ?? ""),
    wps: wpsOf(settings.get("wps_state")),
    // hostapd tells no other one since its version 1.0.
    wpsVersion: "2.0",
    software: /^[\x20-\x7e]{1,40}$/.test(version) ? `hostapd ${version}` : "hostapd",
    registrar: /^radiusAuthServerAddress=/m.test(mib) ? "relayed" : "own",
  };
}

/** The network's own address; null for a hostapd that drives no radio. */
export function readBssid(config: string): MacAddress | null {
  const bssid = parseMacAddress(parsePairs(config).get("bssid") ?? "");
  return bssid === "00:00:00:00:00:00" ? null : bssid;
}

/** The key that all stations share: as passphrase where it has one. */
export function readSharedKey(config: string): Secret | null {
  const settings = parsePairs(config);
  const key = settings.get("passphrase") ?? settings.get("psk");
  return key === undefined ? null : new Secret(key);
}

/** Reads WPS_GET_STATUS. */
export function readStatus(reply: string): AccessPointStatus {
  const value = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(reply)?.[1] ?? "";
  return {
    pushButton: buttonStates[value("PBC Status")] ?? "idle",
    lastResult: results[value("Last WPS result")] ?? "none",
    failure: value("Failure Reason") || null,
    peer: parseMacAddress(value("Peer Address")),
  };
}

const buttonStates: Readonly<Record<string, AccessPointStatus["pushButton"]>> = {
  Active: "active",
  "Timed-out": "timedOut",
  Overlap: "overlap",
};

const results: Readonly<Record<string, AccessPointStatus["lastResult"]>> = { Success: "success", Failed: "failed" };

function wpsOf(state: string | undefined): AccessPointFacts["wps"] {
  if (state === "configured") return "configured";
  return state === "not configured" ? "unconfigured" : "disabled";
}

/** @param wpa bit 1: WPA, bit 2: RSN; 0: neither, which may be WEP as well and is not told apart */
function authModeOf(wpa: number, keyManagement: string): AuthMode {
  const methods = keyManagement.split(" ");
  const has = (pattern: RegExp) => methods.some((method) => pattern.test(method));
  const psk = has(/^(?:FT-PSK|WPA-PSK|WPA-PSK-SHA256)$/);
  const sae = has(/^(?:FT-)?SAE/);
  if ((wpa & 3) === 0) return "open";
  if (has(/SUITE-B/)) return "WPA3-ENT";
  if (has(/EAP/)) return "EAP";
  if (has(/^OWE$/)) return "OWE";
  if (sae) return psk ? "WPA2-WPA3" : "WPA3";
  if ((wpa & 3) === 3) return "WPA-WPA2";
  return (wpa & 2) === 2 ? "WPA2" : "WPA";
}

function cipherOf(text: string): Cipher {
  const ciphers = new Set(text.split(" ").filter((name) => name !== ""));
  const ccmp = ciphers.has("CCMP") || ciphers.has("CCMP-256");
  if (ciphers.size === 0) return "none";
  if (ccmp) return ciphers.has("TKIP") ? "TKIP-CCMP" : "CCMP";
  if (ciphers.has("GCMP") || ciphers.has("GCMP-256")) return "GCMP";
  return ciphers.has("TKIP") ? "TKIP" : "unknown";
}
