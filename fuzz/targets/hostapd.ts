/**
 * What is read of hostapd: the lines that it sends unasked, in which stations have their say, its replies, and its two
 * files, which people write.
 */
import { commandWords } from "../../src/radio/hostapd/command-words.ts";
import { networkOf, numberOf, parseHostapdConf, wordsOf } from "../../src/radio/hostapd/conf-file.ts";
import { parseEvent } from "../../src/radio/hostapd/events.ts";
import { readBssid, readFacts, readSharedKey, readStatus } from "../../src/radio/hostapd/facts.ts";
import { formatPskFile, parsePskFile } from "../../src/radio/hostapd/psk-file.ts";
import type { Chance } from "../chance.ts";
import { mutateText } from "../mutate-text.ts";
import { type Checks, demand, same } from "../target.ts";
import { textTarget } from "./bytes-target.ts";

const macAddress = "02:00:00:00:01:00";
const uuid = "6d9c32a4-0b5e-5f1c-a6b6-0a0b0c0d0e0f";

/** Each takes any text, throws what must not be, and says how it ended. */
export const hostapdChecks: Checks<string> = {
  hostapdEvent(text) {
    const event = parseEvent(text);
    if (event === null) return "a reply";
    if ("macAddress" in event) demand(event.macAddress.length === 17, "an address has 17 characters");
    if ("uuid" in event) demand(/^[0-9a-f]{32}$/.test(event.uuid), "a UUID has 32 digits");
    if (event.type === "failed") demand(Number.isInteger(event.configError), "numbers are numbers");
    return event.type;
  },

  /** The text stands for each of the replies in turn. */
  hostapdReply(text) {
    readSharedKey(text);
    const bssid = readBssid(text);
    const { pushButton, lastResult } = readStatus(text);
    for (const place of ["config", "status", "mib", "version"] as const) {
      const { ssid, frequency, vap, software } = readFacts({ ...replies, [place]: text });
      demand(ssid.length <= 32, "names have 32 bytes");
      demand(frequency === null || Number.isFinite(frequency), "a frequency is a number");
      demand(Number.isInteger(vap), "a number of a network is one");
      demand(software !== null && /^[\x20-\x7e]*$/.test(software), "nothing of a terminal's comes through");
    }
    const { security, wps } = readFacts({ ...replies, config: text });
    return `${security} ${wps} ${pushButton} ${lastResult} ${bssid === null ? "-" : "at an address"}`;
  },

  hostapdConf(text) {
    const conf = parseHostapdConf(text);
    for (const network of conf.networks) {
      for (const name of ["wpa_passphrase", "wpa_psk", "sae_password", "ap_pin", "auth_server_shared_secret"])
        demand(!network.settings.has(name), "secrets are kept as such");
      if (network.ifname !== null) demand(networkOf(conf, network.ifname) !== null, "a network is found by its name");
      demand(Number.isFinite(numberOf(network, "wps_state")), "numbers are numbers");
      wordsOf(network, "wpa_key_mgmt");
    }
    for (const { line, reason } of conf.faults) {
      demand(line >= 1 && line <= text.split("\n").length, "a fault is in a line that is there");
      demand(!reason.includes("castle"), "a fault does not show what the line says");
    }
    commandWords(text);
    return `${conf.networks.length} networks, ${conf.faults.length} faults`;
  },

  hostapdPsk(text) {
    const lines = parsePskFile(text);
    const again = formatPskFile(lines.map((line) => line.text));
    demand(again === text || again === `${text}\n`, "the file is written as it was read");
    demand(same(parsePskFile(again), lines), "a file reads as it was written");
    for (const { entry, fault } of lines) {
      demand(entry === null || fault === null, "a line is a key, or wrong");
      demand(fault === null || !fault.includes("castle"), "a fault does not show the key");
    }
    return `${lines.filter(({ entry }) => entry !== null).length} keys of ${lines.length} lines`;
  },
};

const events = [
  "<3>AP-ENABLED ",
  "<3>WPS-PBC-ACTIVE ",
  "<3>WPS-TIMEOUT ",
  `<3>WPS-REG-SUCCESS ${macAddress} ${uuid}`,
  `<3>WPS-ENROLLEE-SEEN ${macAddress} ${uuid} 1-0050F204-1 0x2388 4 1 [Lamp ] of [ mine]`,
  `<3>WPS-PIN-NEEDED ${uuid} ${macAddress} [Lamp|Example|Ex|1|42|1-0050F204-1]`,
  "<3>WPS-FAIL msg=8 config_error=0 reason=1 (TKIP Only Prohibited)",
  "<3>WPS-NEW-AP-SETTINGS 100e0043",
  `IFNAME=wlan0 <3>AP-STA-CONNECTED ${macAddress} p2p_dev_addr=${macAddress} keyid=key-1`,
  `<3>AP-STA-DISCONNECTED ${macAddress}`,
] as const;

const replies = {
  config: [
    `bssid=${macAddress}`,
    'ssid=a \\"b\\" \\xc3\\xa9',
    "wps_state=configured",
    "passphrase=home is my castle",
    "wpa=2",
    "key_mgmt=WPA-PSK",
    "group_cipher=CCMP",
    "rsn_pairwise_cipher=CCMP",
  ].join("\n"),
  status: `state=ENABLED\nphy=phy3\nfreq=2412\nchannel=1\nbss[0]=wlan3\nbssid[0]=${macAddress}\nssid[0]=x`,
  mib: "hostapdWPAGroupState=2\nradiusAuthServerIndex=1\nradiusAuthServerAddress=127.0.0.1",
  version: "2.10",
} as const;

const wpsStatus = `PBC Status: Active\nLast WPS result: Failed\nFailure Reason: Security\nPeer Address: ${macAddress}`;

const conf = [
  "interface=wlan0",
  "# a comment",
  "ssid=Home",
  "wpa_passphrase=home is my castle",
  "wps_state=2",
  "auth_server_addr=127.0.0.1",
  "auth_server_port=1812",
  "auth_server_shared_secret=castle walls",
  "wpa_key_mgmt=WPA-PSK  SAE",
  "bss=wlan0_1",
  "ap_pin=12345670",
  "wps_nfc_dev_pw_id='x \\\"y\\\"'",
].join("\n");

const psk = [
  "# keys",
  `keyid=lamp ${macAddress} ${"16".repeat(32)}`,
  "wps=1 vlanid=2 00:00:00:00:00:00 home is my castle",
  "keyid= 02:00:00:00:01:01  a key of 17 bytes",
  "",
].join("\n");

const drawFrom =
  (texts: readonly string[]) =>
  (chance: Chance): string =>
    mutateText(chance.pick(texts), chance, texts);

const draws: { readonly [name: string]: readonly [share: number, draw: (chance: Chance) => string] } = {
  hostapdEvent: [6, drawFrom(events)],
  hostapdReply: [3, drawFrom([...Object.values(replies), wpsStatus])],
  hostapdConf: [2, drawFrom([conf, ...conf.split("\n")])],
  hostapdPsk: [2, drawFrom([psk, ...psk.split("\n")])],
};

export const hostapdTargets = Object.entries(draws).map(([name, [share, draw]]) =>
  textTarget({ name, share, draw, check: hostapdChecks[name] }),
);
