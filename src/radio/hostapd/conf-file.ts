/**
 * hostapd's configuration file, for what the control socket does not tell. Read as hostapd 2.10 reads it: line by line,
 * a network for each `bss=`, and of a setting that comes twice the last one counts. Total on any text. It knows which
 * settings hold secrets, and of the others nothing: what they mean for WPS is in findings.ts.
 */
import { Secret } from "../../wsc/secret.ts";

/** The settings of one network. */
export interface ConfNetwork {
  /** Null where the file does not name it (`interface=` is missing). */
  readonly ifname: string | null;
  readonly settings: ReadonlyMap<string, string>;
  /** Keys, PINs and passwords. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** Each RADIUS server that it asks, with the secret it shares with it; the first one is asked first. */
  readonly radiusServers: readonly RadiusServer[];
}

export interface RadiusServer {
  /** As it is written: an IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  readonly secret: Secret | null;
}

/** A line that makes hostapd refuse the whole file. */
export interface ConfFault {
  /** From 1. */
  readonly line: number;
  /** A sentence without the line's value. */
  readonly reason: string;
}

export interface HostapdConf {
  /** The network of `interface=`, then those of each `bss=`. */
  readonly networks: readonly [ConfNetwork, ...ConfNetwork[]];
  readonly faults: readonly ConfFault[];
}

const secretNames =
  /^(?:wpa_passphrase|wpa_psk|sae_password|ap_pin|wep_key\d|.*_shared_secret|private_key_passwd|multi_ap_backhaul_wpa_passphrase|multi_ap_backhaul_wpa_psk|pac_opaque_encr_key|mka_cak|wps_nfc_dh_privkey|wps_nfc_dev_pw)$/;

/** hostapd reads so many bytes as one line, its end included. */
const longestLine = 4095;
const defaultRadiusPort = 1812;

interface Draft {
  ifname: string | null;
  readonly settings: Map<string, string>;
  readonly secrets: Map<string, Secret>;
  readonly radiusServers: { address: string; port: number; secret: Secret | null }[];
}

export function parseHostapdConf(text: string): HostapdConf {
  const first = emptyNetwork(null);
  const networks: [Draft, ...Draft[]] = [first];
  const faults: ConfFault[] = [];
  for (const [index, content] of text.split("\n").entries()) {
    const line = index + 1;
    const sign = content.indexOf("=");
    if (content === "" || content.startsWith("#")) continue;
    if (new TextEncoder().encode(content).length >= longestLine) {
      faults.push({ line, reason: `Line ${line} is longer than 4094 bytes.` });
    } else if (sign < 0) {
      faults.push({ line, reason: `Line ${line} has no "=".` });
    } else {
      const name = content.slice(0, sign);
      const value = content.slice(sign + 1);
      const network = networks.at(-1) ?? first;
      if (name === "interface") first.ifname = value;
      else if (name === "bss" && value === "") faults.push({ line, reason: `Line ${line} names no interface.` });
      else if (name === "bss") networks.push(emptyNetwork(value));
      else if (/^auth_server_(?:port|shared_secret)$/.test(name) && network.radiusServers.length === 0)
        faults.push({ line, reason: `Line ${line} speaks of a RADIUS server before auth_server_addr names one.` });
      else if (name !== name.trim()) faults.push({ line, reason: `Line ${line} has blanks around its name.` });
      else set(network, name, value);
    }
  }
  return { networks, faults };
}

function emptyNetwork(ifname: string | null): Draft {
  return { ifname, settings: new Map(), secrets: new Map(), radiusServers: [] };
}

function set(network: Draft, name: string, value: string): void {
  const server = network.radiusServers.at(-1);
  if (name === "auth_server_addr") {
    network.radiusServers.push({ address: value, port: defaultRadiusPort, secret: null });
  } else if (name === "auth_server_port") {
    if (server !== undefined) server.port = Number.parseInt(value, 10) || 0;
  } else if (name === "auth_server_shared_secret") {
    if (server !== undefined) server.secret = new Secret(value);
  } else if (secretNames.test(name)) {
    // Each takes the other's place.
    if (name === "wpa_passphrase") network.secrets.delete("wpa_psk");
    if (name === "wpa_psk") network.secrets.delete("wpa_passphrase");
    // An empty one takes the PIN away.
    if (name === "ap_pin" && value === "") network.secrets.delete(name);
    else network.secrets.set(name, new Secret(value));
  } else {
    network.settings.set(name, value);
  }
}

/** The network of an interface; null when the file has none of that name. */
export function networkOf(conf: HostapdConf, ifname: string): ConfNetwork | null {
  return conf.networks.find((network) => network.ifname === ifname) ?? null;
}

/** A number as hostapd reads one: what stands at the beginning, within 32 bits, and 0 for anything else. */
export function numberOf(network: ConfNetwork, name: string, otherwise = 0): number {
  const text = network.settings.get(name);
  if (text === undefined) return otherwise;
  return Math.max(-(2 ** 31), Math.min(Number.parseInt(text, 10) || 0, 2 ** 31 - 1));
}

/** Words between blanks; none when it is not set. */
export function wordsOf(network: ConfNetwork, name: string): readonly string[] {
  return (network.settings.get(name) ?? "").split(/[ \t]+/).filter((word) => word !== "");
}
