/**
 * What a beacon's information elements say of an access point: how it protects itself, which 802.11 it speaks, what it
 * offers by WPS. Total on any bytes: an element that is cut off ends the reading, one that is malformed is not counted.
 */

import { WSC_STATE } from "../../wsc/attributes.ts";
import { toHex } from "../../wsc/bytes.ts";
import { parse } from "../../wsc/codec.ts";
import { attributesIn } from "../../wsc/elements.ts";
import type { AuthMode, Bss, Cipher, WpsAdvert } from "../station-radio.ts";

/** The part of a {@link Bss} that its elements tell. */
export type Advertised = Omit<Bss, "bssid" | "frequency" | "rssi">;

const ID = { ssid: 0, rates: 1, country: 7, htCapabilities: 45, rsn: 48, extendedRates: 50, htOperation: 61 } as const;
const ID_VHT_CAPABILITIES = 191;
const ID_VENDOR = 221;
const ID_EXTENSION = 255;
const EXTENSION_HE_CAPABILITIES = 35;
const EXTENSION_EHT_CAPABILITIES = 108;

interface Element {
  readonly id: number;
  readonly value: Uint8Array;
}

/**
 * @param bytes elements as they follow each other in a Beacon or Probe Response
 * @param options.privacy the capability bit that WEP sets, and every other protection too
 */
export function readElements(
  bytes: Uint8Array,
  options: { readonly frequency: number; readonly privacy: boolean },
): Advertised {
  const elements = split(bytes);
  const first = (id: number) => elements.find((element) => element.id === id)?.value;
  const rsn = readSuites(first(ID.rsn));
  const wpa = readSuites(wpaIn(elements));
  const ssid = first(ID.ssid) ?? new Uint8Array();
  return {
    ssid: ssid.every((byte) => byte === 0) ? new Uint8Array() : ssid.slice(0, 32),
    ht: width(first(ID.htOperation)),
    authMode: authMode(rsn, wpa, options.privacy),
    pairwiseCipher: pairwise(rsn, wpa, options.privacy),
    groupCipher: cipher((rsn ?? wpa)?.group, options.privacy),
    phy: phy(elements, options.frequency),
    country: country(first(ID.country)),
    wps: wps(attributesIn(bytes)),
  };
}

function split(bytes: Uint8Array): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const [id = 0, length = 0] = bytes.subarray(at, at + 2);
    at += 2;
    if (at + length > bytes.length) break;
    elements.push({ id, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

/** WPA is an element of Microsoft's, 00:50:f2, type 1: what stands behind that. */
function wpaIn(elements: readonly Element[]): Uint8Array | undefined {
  const head = [0x00, 0x50, 0xf2, 0x01];
  const wpa = elements.find(({ id, value }) => id === ID_VENDOR && head.every((byte, at) => value[at] === byte));
  return wpa?.value.subarray(4);
}

/** Suite types of an RSN or WPA element; -1 stands for another vendor's. */
interface Suites {
  readonly group: number;
  readonly pairwise: readonly number[];
  readonly akm: readonly number[];
}

/** Both elements have one layout: version, group suite, counted pairwise suites, counted key management suites. */
function readSuites(value: Uint8Array | undefined): Suites | null {
  if (value === undefined || value.length < 2) return null;
  let at = 2;
  const suite = (): number => {
    const [a, b, c, type = -1] = value.subarray(at, at + 4);
    at += 4;
    const known = (a === 0x00 && b === 0x0f && c === 0xac) || (a === 0x00 && b === 0x50 && c === 0xf2);
    return known ? type : -1;
  };
  const list = (missing: number): readonly number[] => {
    if (at + 2 > value.length) return [missing];
    const count = (value[at] ?? 0) | ((value[at + 1] ?? 0) << 8);
    at += 2;
    const suites: number[] = [];
    while (suites.length < count && at + 4 <= value.length) suites.push(suite());
    return suites;
  };
  // What is left out of an element is CCMP and 802.1X (IEEE 802.11, 9.4.2.24).
  return { group: value.length < 6 ? SUITE.ccmp : suite(), pairwise: list(SUITE.ccmp), akm: list(AKM.ieee8021x) };
}

const SUITE = { useGroup: 0, wep40: 1, tkip: 2, ccmp: 4, wep104: 5, gcmp: 8, gcmp256: 9, ccmp256: 10 } as const;
const AKM = {
  ieee8021x: 1,
  psk: 2,
  ftPsk: 4,
  pskSha256: 6,
  sae: 8,
  ftSae: 9,
  owe: 18,
  saeExt: 24,
  ftSaeExt: 25,
} as const;
const ENTERPRISE: readonly number[] = [1, 3];
const ENTERPRISE_WPA3: readonly number[] = [5, 11, 12, 13];
const PSK: readonly number[] = [AKM.psk, AKM.ftPsk, AKM.pskSha256];
const SAE: readonly number[] = [AKM.sae, AKM.ftSae, AKM.saeExt, AKM.ftSaeExt];

function authMode(rsn: Suites | null, wpa: Suites | null, privacy: boolean): AuthMode {
  const has = (suites: Suites | null, kinds: readonly number[]) =>
    suites?.akm.some((akm) => kinds.includes(akm)) === true;
  if (has(rsn, SAE)) return has(rsn, PSK) ? "WPA2-WPA3" : "WPA3";
  if (has(rsn, PSK)) return has(wpa, PSK) ? "WPA-WPA2" : "WPA2";
  if (has(rsn, [AKM.owe])) return "OWE";
  if (has(rsn, ENTERPRISE)) return "EAP";
  if (has(rsn, ENTERPRISE_WPA3)) return "WPA3-ENT";
  if (has(wpa, PSK)) return "WPA";
  if (rsn !== null || wpa !== null) return "EAP";
  return privacy ? "WEP" : "open";
}

function pairwise(rsn: Suites | null, wpa: Suites | null, privacy: boolean): Cipher {
  const suites = [...(rsn?.pairwise ?? []), ...(wpa?.pairwise ?? [])];
  if (suites.length === 0) return cipher(undefined, privacy);
  const tkip = suites.includes(SUITE.tkip);
  const ccmp = suites.includes(SUITE.ccmp) || suites.includes(SUITE.ccmp256);
  if (tkip && ccmp) return "TKIP-CCMP";
  return ccmp ? "CCMP" : cipher(suites[0], privacy);
}

function cipher(suite: number | undefined, privacy: boolean): Cipher {
  switch (suite) {
    case undefined:
      return privacy ? "WEP" : "none";
    case SUITE.wep40:
    case SUITE.wep104:
      return "WEP";
    case SUITE.tkip:
      return "TKIP";
    case SUITE.ccmp:
    case SUITE.ccmp256:
      return "CCMP";
    case SUITE.gcmp:
    case SUITE.gcmp256:
      return "GCMP";
    default:
      return "unknown";
  }
}

/** The secondary channel: above, below, or none. */
function width(htOperation: Uint8Array | undefined): Bss["ht"] {
  const offset = (htOperation?.[1] ?? 0) & 0b11;
  return offset === 1 ? "40+" : offset === 3 ? "40-" : "20";
}

function phy(elements: readonly Element[], frequency: number): string {
  const has = (id: number) => elements.some((element) => element.id === id);
  const extension = (kind: number) => elements.some(({ id, value }) => id === ID_EXTENSION && value[0] === kind);
  // Rates in units of 500 kbit/s; the highest bit says that a station must support it.
  const rates = elements
    .filter(({ id }) => id === ID.rates || id === ID.extendedRates)
    .flatMap(({ value }) => Array.from(value, (rate) => rate & 0x7f));
  const dsss = rates.some((rate) => [2, 4, 11, 22].includes(rate));
  const ofdm = rates.some((rate) => [12, 18, 24, 36, 48, 72, 96, 108].includes(rate));
  const ghz24 = frequency < 3000;
  return [
    ghz24 && dsss ? "b" : "",
    ofdm ? (ghz24 ? "g" : "a") : "",
    has(ID.htCapabilities) ? "n" : "",
    has(ID_VHT_CAPABILITIES) ? "ac" : "",
    extension(EXTENSION_HE_CAPABILITIES) ? "ax" : "",
    extension(EXTENSION_EHT_CAPABILITIES) ? "be" : "",
  ].join("");
}

function country(value: Uint8Array | undefined): string | null {
  const text = new TextDecoder().decode(value?.subarray(0, 2));
  return /^[A-Z]{2}$/.test(text) ? text : null;
}

function wps(bytes: Uint8Array | null): WpsAdvert | null {
  const attributes = bytes === null ? null : parse(bytes);
  if (attributes === null || !attributes.ok) return null;
  const { selectedRegistrar, devicePasswordId, apSetupLocked, wscState, uuidE, deviceName } = attributes.value;
  const uuid = uuidE?.[0];
  return {
    selectedRegistrar: selectedRegistrar?.[0] === 1,
    devicePasswordId: devicePasswordId?.[0] ?? null,
    setupLocked: apSetupLocked?.[0] === 1,
    configured: wscState?.[0] !== WSC_STATE.notConfigured,
    uuid: uuid === undefined ? null : toHex(uuid),
    deviceName: deviceName?.[0] || null,
  };
}
