/** Reads what a client of the air asks for. Its process is not ours, so every field is looked at; null: unreadable. */
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { parsePin } from "../../wsc/pin.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AccessPointFacts, AdvertisedWindow, NetworkSettings, RestartSettings } from "../access-point.ts";
import type { EnrolMethod, Hotspot, Network, RadioResidue, RadioSetup, StaticAddress } from "../station-radio.ts";
import type { StationKeys } from "./remote-registrar.ts";

/** Every field that a line, or a value in one, may have. */
type Field =
  | "air"
  | "id"
  | "call"
  | "args"
  | "abort"
  | "value"
  | "item"
  | "done"
  | "error"
  | "kind"
  | "message"
  | "hint"
  | "station"
  | "bssid"
  | "setup"
  | "method"
  | "network"
  | "residue"
  | "pin"
  | "type"
  | "mode"
  | "hotspot"
  | "ssid"
  | "key"
  | "wpa1"
  | "sae"
  | "staticAddress"
  | "ip"
  | "mask"
  | "gateway"
  | "dns"
  | "dBm"
  | "keys"
  | "question"
  | "answer"
  | "window"
  | "authorized"
  | "settings"
  | "seconds"
  | "deviceName"
  | "wps";

export type Values = { readonly [name in Field]?: unknown };

/** The fields of a value that came over the socket; none when it is no object. */
export function readValues(value: unknown): Values {
  return typeof value === "object" && value !== null ? (value as Values) : {};
}

export function readMac(value: unknown): MacAddress | null {
  return typeof value === "string" ? parseMacAddress(value) : null;
}

/** A device name of 1..32 bytes, as long as WPS has room for. */
export function readName(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const length = Buffer.byteLength(value);
  return length >= 1 && length <= 32 ? value : null;
}

export function readMethod(value: unknown): EnrolMethod | null {
  const { type, pin } = readValues(value);
  if (type === "pushButton") return { type };
  const read = type === "pin" ? readPinSecret(pin) : null;
  return read && { type: "pin", pin: read };
}

export function readPinSecret(value: unknown): Secret | null {
  return value instanceof Secret && parsePin(value.revealText()).ok ? value : null;
}

export function readSetup(value: unknown): RadioSetup | null {
  const { mode, network, hotspot } = readValues(value);
  if (mode === "off") return { mode };
  if (mode === "station" && network === null) return { mode, network };
  if (mode === "station") {
    const read = readNetwork(network);
    return read && { mode, network: read };
  }
  const read = mode === "accessPoint" ? readHotspot(hotspot) : null;
  return read && { mode: "accessPoint", hotspot: read };
}

export function readNetwork(value: unknown): Network | null {
  const { wpa1, sae, staticAddress } = readValues(value);
  const hotspot = readHotspot(value);
  const address = staticAddress === undefined ? undefined : readStaticAddress(staticAddress);
  if (hotspot === null || typeof wpa1 !== "boolean" || typeof sae !== "boolean" || address === null) return null;
  return { ...hotspot, wpa1, sae, staticAddress: address };
}

function readStaticAddress(value: unknown): StaticAddress | null {
  const { ip, mask, gateway, dns } = readValues(value);
  const isText = (text: unknown) => typeof text === "string";
  const isTextOrNull = (text: unknown) => text === null || isText(text);
  if (!isText(ip) || !isText(mask) || !isTextOrNull(gateway) || !isTextOrNull(dns)) return null;
  return { ip, mask, gateway, dns } as StaticAddress;
}

/** A limit of the power in dBm, null for none; undefined for neither. */
export function readPower(value: unknown): number | null | undefined {
  return value === null || typeof value === "number" ? value : undefined;
}

function readHotspot(value: unknown): Hotspot | null {
  const { ssid, key } = readValues(value);
  if (!(ssid instanceof Uint8Array) || ssid.length < 1 || ssid.length > 32) return null;
  if (key !== null && !(key instanceof Secret && key.length >= 8 && key.length <= 64)) return null;
  return { ssid, key };
}

export function readResidue(value: unknown): RadioResidue | null {
  if (typeof value !== "object" || value === null) return null;
  const flat = Object.values(value).every(
    (one) => one === null || ["string", "number", "boolean"].includes(typeof one),
  );
  return flat ? (value as RadioResidue) : null;
}

export function readKeys(value: unknown): StationKeys | null {
  return value === "shared" || value === "per-device" ? value : null;
}

export function readWindow(value: unknown): AdvertisedWindow | null {
  const { method, authorized, pin } = readValues(value);
  if (method === "pushButton") return { method };
  if (method !== "pin") return null;
  const [station, secret] = [readMac(authorized), readPinSecret(pin)];
  if ((station === null && authorized !== null) || (secret === null && pin !== null)) return null;
  return { method, authorized: station, pin: secret };
}

/** As of a hotspot: a name, and a key or none. */
export function readNetworkSettings(value: unknown): NetworkSettings | null {
  return readHotspot(value);
}

const wpsStates: readonly unknown[] = ["disabled", "unconfigured", "configured"] satisfies AccessPointFacts["wps"][];

export function readRestart(value: unknown): RestartSettings | null {
  const { deviceName, wps } = readValues(value);
  if (deviceName !== undefined && deviceName !== "" && readName(deviceName) === null) return null;
  if (wps !== undefined && !wpsStates.includes(wps)) return null;
  return { deviceName, wps } as RestartSettings;
}

/** 0 to the longest that a timer can wait. */
export function readSeconds(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= 2_000_000 ? value : null;
}
