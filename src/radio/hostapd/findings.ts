/**
 * What in an access point's settings forbids WPS or weakens it, in sentences: from what hostapd tells by its control
 * socket, from its configuration file, or from both. Pure; asks nobody. The rules are those of hostapd 2.10.
 */
import type { AccessPointFacts } from "../access-point.ts";
import type { AuthMode } from "../station-radio.ts";
import { type ConfNetwork, type HostapdConf, numberOf, wordsOf } from "./conf-file.ts";

export interface Finding {
  /** Stable; one of {@link FINDING_KEYS}. */
  readonly key: FindingKey;
  /** `forbids`: nobody can enrol; `weakens`: it works, with a risk or for some devices only. */
  readonly weight: "forbids" | "weakens";
  readonly sentence: string;
  /** What to change. */
  readonly hint: string;
}

/** How keys are to reach stations: one for all, hostapd's file of keys, or RADIUS; null: not known. */
export type KeyDelivery = "shared" | "file" | "radius";

/** Where the settings come from; what is null is not looked at. */
export interface Settings {
  readonly facts: AccessPointFacts | null;
  /** The file, and the network of it that is meant. */
  readonly conf: HostapdConf | null;
  readonly network: ConfNetwork | null;
  readonly keys: KeyDelivery | null;
}

/** What a rule reads. `network` is a network of `conf`. */
interface View extends Settings {
  readonly protection: Protection;
}

/** How the network protects itself, put together from both sources; hostapd itself knows better than a file. */
interface Protection {
  readonly authMode: AuthMode;
  readonly ccmp: boolean;
}

interface Rule {
  readonly weight: Finding["weight"];
  readonly applies: (view: View) => boolean;
  readonly sentence: string;
  readonly hint: string;
}

const rules = {
  "file-refused": {
    weight: "forbids",
    applies: ({ conf }) => conf !== null && conf.faults.length > 0,
    sentence: "hostapd refuses this configuration file.",
    hint: "Correct the lines that are named beside this.",
  },
  off: {
    weight: "forbids",
    applies: ({ facts }) => facts !== null && !facts.on,
    sentence: "The radio is switched off.",
    hint: "Switch it on: hostapd_cli enable.",
  },
  "wps-off": {
    weight: "forbids",
    applies: ({ facts, network }) =>
      facts !== null ? facts.wps === "disabled" : network !== null && numberOf(network, "wps_state") === 0,
    sentence: "WPS is off.",
    hint: "Put wps_state=2 into hostapd's configuration. If it is there, another finding says why hostapd ignores it.",
  },
  hidden: {
    weight: "forbids",
    applies: ({ network }) => network !== null && numberOf(network, "ignore_broadcast_ssid") !== 0,
    sentence: "The network hides its name, and hostapd switches WPS off then.",
    hint: "Put ignore_broadcast_ssid=0.",
  },
  wep: {
    weight: "forbids",
    applies: ({ protection }) => protection.authMode === "WEP",
    sentence: "The network is protected by WEP, with which WPS does not work.",
    hint: "Use WPA2: wpa=2, wpa_key_mgmt=WPA-PSK, rsn_pairwise=CCMP.",
  },
  "tkip-only": {
    weight: "forbids",
    applies: ({ protection: { authMode, ccmp } }) =>
      authMode === "WPA" || ((authMode === "WPA2" || authMode === "WPA-WPA2") && !ccmp),
    sentence: "The network offers TKIP alone, and hostapd switches WPS off then.",
    hint: "Put wpa=2 and rsn_pairwise=CCMP; without the latter hostapd takes TKIP.",
  },
  "wpa3-only": {
    weight: "forbids",
    applies: ({ protection: { authMode } }) => authMode === "WPA3" || authMode === "OWE",
    sentence: "The network takes WPA3 alone, and WPS can hand out no key for that.",
    hint: "Put wpa_key_mgmt=WPA-PSK SAE and ieee80211w=1, so that both kinds of device get in.",
  },
  enterprise: {
    weight: "forbids",
    applies: ({ protection: { authMode } }) => authMode === "EAP" || authMode === "WPA3-ENT",
    sentence: "The network has a login for each person (WPA-Enterprise), and WPS can hand out none.",
    hint: "Give devices a network of their own with wpa_key_mgmt=WPA-PSK.",
  },
  "accept-list": {
    weight: "forbids",
    applies: ({ network }) => network !== null && numberOf(network, "macaddr_acl") === 1,
    sentence: "Only devices of a list may come (macaddr_acl=1), so a new one cannot even ask.",
    hint: "Put macaddr_acl=0, or macaddr_acl=2 with keys by RADIUS.",
  },
  "nobody-answers": {
    weight: "forbids",
    applies: ({ network }) =>
      network !== null && numberOf(network, "eap_server") === 0 && network.radiusServers.length === 0,
    sentence: "Nobody answers a device that enrols: hostapd has neither a Registrar of its own nor one behind it.",
    hint: "Put auth_server_addr, auth_server_port and auth_server_shared_secret of openwps registrar, with eap_server=0.",
  },
  "no-radius-secret": {
    weight: "forbids",
    applies: ({ network }) =>
      network?.radiusServers.some(({ secret }) => secret === null || secret.length === 0) ?? false,
    sentence: "A RADIUS server is named without the secret that hostapd shares with it.",
    hint: "Put auth_server_shared_secret behind its auth_server_addr, the same as in openwps' --radius-secret-file.",
  },
  "psk-radius-alone": {
    weight: "forbids",
    applies: ({ network }) =>
      network !== null && numberOf(network, "wpa_psk_radius") !== 0 && numberOf(network, "macaddr_acl") !== 2,
    sentence: "Keys are to come by RADIUS (wpa_psk_radius), but devices are not asked for there; hostapd refuses that.",
    hint: "Put macaddr_acl=2 beside it.",
  },
  "no-key": {
    weight: "forbids",
    applies: ({ network, protection }) => network !== null && hasPsk(protection) && !hasAnyKey(network),
    sentence: "The network has no key, and none is to come from anywhere; hostapd refuses that.",
    hint: "Put wpa_passphrase, wpa_psk_file, or wpa_psk_radius=2 with macaddr_acl=2.",
  },
  "own-registrar": {
    weight: "weakens",
    applies: ({ facts, network }) =>
      network !== null ? numberOf(network, "eap_server") !== 0 : facts?.registrar === "own",
    sentence:
      "hostapd answers devices by its own Registrar. It gives all of them the same key, and tells no messages, attempts or locks.",
    hint: "For openwps to answer put eap_server=0, and its address and secret as auth_server_addr, auth_server_port and auth_server_shared_secret.",
  },
  "not-independent": {
    weight: "weakens",
    applies: ({ facts, conf }) => facts?.independent === false || (conf !== null && sharesButton(conf)),
    sentence: "One press opens every network of this hostapd, and closing one closes them all.",
    hint: "Put wps_independent=1 into each of its networks.",
  },
  "passphrase-beside-keys": {
    weight: "weakens",
    applies: ({ network, keys }) =>
      keys !== null && keys !== "shared" && network !== null && hasSharedKey(network) && !requiresRadius(network),
    sentence:
      "Beside the keys of single devices one passphrase is good for everybody, also for a device that was revoked.",
    hint: "Take wpa_passphrase and wpa_psk out.",
  },
  "no-key-file": {
    weight: "forbids",
    applies: ({ network, keys }) => keys === "file" && network !== null && !network.settings.has("wpa_psk_file"),
    sentence: "Keys are to be delivered by file, but hostapd reads none.",
    hint: "Put wpa_psk_file with the path that openwps writes to.",
  },
  "keys-not-by-radius": {
    weight: "forbids",
    applies: ({ network, keys }) => keys === "radius" && network !== null && !requiresRadius(network),
    sentence: "Keys are to be delivered by RADIUS, but hostapd does not ask there for each device.",
    hint: "Put macaddr_acl=2 and wpa_psk_radius=2.",
  },
  "sae-beside-keys": {
    weight: "weakens",
    applies: ({ keys, protection }) => keys !== null && keys !== "shared" && protection.authMode === "WPA2-WPA3",
    sentence: "Devices that prefer WPA3 (SAE) find no key of their own there, and may not get in.",
    hint: "Put wpa_key_mgmt=WPA-PSK alone where each device has its own key.",
  },
  "pmf-required": {
    weight: "weakens",
    applies: ({ network }) => network !== null && numberOf(network, "ieee80211w") === 2,
    sentence: "Only devices with protected management frames get in; an older one enrols and then stays out.",
    hint: "Put ieee80211w=1.",
  },
  "open-network": {
    weight: "weakens",
    applies: ({ protection }) => protection.authMode === "open",
    sentence: "The network is open, so enrolling gives a device no key, and many devices do not join it by themselves.",
    hint: "Use WPA2: wpa=2, wpa_key_mgmt=WPA-PSK, rsn_pairwise=CCMP, wpa_passphrase.",
  },
  "device-pin-for-good": {
    weight: "weakens",
    applies: ({ network }) => network?.secrets.has("ap_pin") ?? false,
    sentence: "The device PIN is valid for ever, so that whoever has time can try it out and change the whole network.",
    hint: "Take ap_pin out; openwps gives a PIN for a limited time when it is needed.",
  },
  "setup-locked": {
    weight: "weakens",
    applies: ({ network }) => network !== null && numberOf(network, "ap_setup_locked") !== 0,
    sentence: "hostapd refuses external Registrars for good (ap_setup_locked), and tells every device so.",
    hint: "Take ap_setup_locked out if one is to configure this network; enrolling devices is not touched by it.",
  },
  "settings-not-applied": {
    weight: "weakens",
    applies: ({ network }) => network !== null && numberOf(network, "wps_cred_processing") === 1,
    sentence: "Settings from an external Registrar are told and not used (wps_cred_processing=1).",
    hint: "Put wps_cred_processing=0, or 2 to have them told too.",
  },
  "no-button": {
    weight: "weakens",
    applies: ({ network }) => {
      const methods = network?.settings.get("config_methods") ?? null;
      return network !== null && !(methods ?? "").includes("push_button");
    },
    sentence: "config_methods names no push button, so hostapd announces a physical one while its window is open.",
    hint: "Put config_methods=virtual_push_button keypad.",
  },
  "pin-requests-kept": {
    weight: "weakens",
    applies: ({ network }) => network?.settings.has("wps_pin_requests") ?? false,
    sentence:
      "hostapd writes every device that asks without a PIN into a file that grows without an end (wps_pin_requests).",
    hint: "Take wps_pin_requests out; openwps shows such requests itself.",
  },
  "upnp-registrars": {
    weight: "weakens",
    applies: ({ network }) => network?.settings.has("upnp_iface") ?? false,
    sentence: "hostapd itself offers this network to external Registrars on the LAN (upnp_iface), beside openwps.",
    hint: "Take upnp_iface out, and let openwps do that.",
  },
  "no-control": {
    weight: "weakens",
    applies: ({ network, conf }) => {
      // Other networks of a radio take it from the first one's place, and need their own line all the same.
      return network !== null && conf !== null && !network.settings.has("ctrl_interface");
    },
    sentence: "This network has no control socket, so openwps cannot open a window on it.",
    hint: "Put ctrl_interface=/run/hostapd into its part of the file.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type FindingKey = keyof typeof rules;

/** All keys there are, in the order in which findings are told. */
export const FINDING_KEYS = Object.keys(rules) as readonly FindingKey[];

/** What there is to say; empty when nothing speaks against WPS. What forbids it comes first. */
export function findings(settings: Settings): readonly Finding[] {
  const view: View = { ...settings, protection: protectionOf(settings) };
  const found = FINDING_KEYS.flatMap((key) => {
    const { weight, applies, sentence, hint }: Rule = rules[key];
    return applies(view) ? [{ key, weight, sentence, hint }] : [];
  });
  return [...found.filter(({ weight }) => weight === "forbids"), ...found.filter(({ weight }) => weight === "weakens")];
}

function protectionOf({ facts, network }: Settings): Protection {
  if (network === null) {
    const cipher = facts?.pairwiseCipher;
    // Without either nothing is known, and nothing is said.
    return { authMode: facts?.security ?? "WPA2", ccmp: cipher !== "TKIP" };
  }
  const wpa = numberOf(network, "wpa");
  const methods = network.settings.has("wpa_key_mgmt") ? wordsOf(network, "wpa_key_mgmt") : ["WPA-PSK"];
  const pairwise = network.settings.has("wpa_pairwise") ? wordsOf(network, "wpa_pairwise") : ["TKIP"];
  const rsn = network.settings.has("rsn_pairwise") ? wordsOf(network, "rsn_pairwise") : pairwise;
  const ccmp = (wpa & 2) !== 0 && rsn.some((cipher) => /^(?:CCMP|GCMP)/.test(cipher));
  return { authMode: authModeOf(network, wpa, methods), ccmp };
}

function authModeOf(network: ConfNetwork, wpa: number, methods: readonly string[]): AuthMode {
  const psk = methods.some((method) => /PSK/.test(method));
  if ((wpa & 3) === 0) {
    if (numberOf(network, "ieee8021x") !== 0) return "EAP";
    return [...network.secrets.keys()].some((name) => /^wep_key\d$/.test(name)) ? "WEP" : "open";
  }
  if (methods.includes("SAE") || methods.includes("FT-SAE")) return psk ? "WPA2-WPA3" : "WPA3";
  if (psk) return (wpa & 3) === 3 ? "WPA-WPA2" : (wpa & 2) !== 0 ? "WPA2" : "WPA";
  return methods.includes("OWE") ? "OWE" : "EAP";
}

function hasPsk({ authMode }: Protection): boolean {
  return authMode === "WPA" || authMode === "WPA2" || authMode === "WPA-WPA2" || authMode === "WPA2-WPA3";
}

function hasSharedKey({ secrets }: ConfNetwork): boolean {
  return secrets.has("wpa_passphrase") || secrets.has("wpa_psk");
}

function requiresRadius(network: ConfNetwork): boolean {
  return numberOf(network, "macaddr_acl") === 2 && numberOf(network, "wpa_psk_radius") === 2;
}

function hasAnyKey(network: ConfNetwork): boolean {
  return hasSharedKey(network) || network.settings.has("wpa_psk_file") || requiresRadius(network);
}

/** Two networks with WPS of which one is not kept apart: a press on that one reaches all that are not either. */
function sharesButton({ networks }: HostapdConf): boolean {
  const withWps = networks.filter((network) => numberOf(network, "wps_state") !== 0);
  return withWps.filter((network) => numberOf(network, "wps_independent") === 0).length > 1;
}
