/**
 * Everything that reads text: PINs and addresses, wpa_supplicant's lines and tables, the air's lines, scenarios,
 * records, passwords as HTTP Digest proves them.
 */
import { digestResponse, isRightResponse, parseDigest } from "../../src/http/digest.ts";
import { parseScenario } from "../../src/radio/air/scenario.ts";
import { decodeLine, encodeLine } from "../../src/radio/air/wire.ts";
import {
  readMac,
  readMethod,
  readNetwork,
  readResidue,
  readSetup,
  readValues,
} from "../../src/radio/air/wire-values.ts";
import { parsePairs, unescapeText } from "../../src/radio/control/text.ts";
import { parseEvent } from "../../src/radio/wpa-supplicant/events.ts";
import { parseBss } from "../../src/radio/wpa-supplicant/scan.ts";
import { decodeRecord, encodeRecord, type StationRecord } from "../../src/station/record.ts";
import { parseMacAddress } from "../../src/wsc/address.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { generatePin, parsePin } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import type { Chance } from "../chance.ts";
import { elements, messages } from "../corpus.ts";
import { mutateJson, mutateText } from "../mutate-text.ts";
import { type Checks, demand, same } from "../target.ts";
import { textTarget } from "./bytes-target.ts";

/** Each takes any text, throws what must not be, and says how it ended. */
export const textChecks: Checks<string> = {
  pin(text) {
    const pin = parsePin(text);
    if (pin.ok)
      demand(
        /^(?:\d{4}|\d{8})$/.test(pin.value) && same(parsePin(pin.value), pin),
        "a PIN is one when it is read again",
      );
    const address = parseMacAddress(text);
    if (address !== null) demand(parseMacAddress(address) === address, "an address is one when it is read again");
    return pin.ok ? "PIN" : address === null ? pin.error.kind : "address";
  },

  event(text) {
    const event = parseEvent(text);
    if (event?.type === "trying") demand(event.bssid.length === 17, "an address has 17 characters");
    return event?.type ?? "no event";
  },

  scan(text) {
    parsePairs(text);
    unescapeText(text);
    const entry = parseBss(text);
    if (entry === null) return "nothing";
    demand(Number.isFinite(entry.bss.frequency) && Number.isFinite(entry.id), "numbers are numbers");
    demand(entry.bss.ssid.length <= 32, "names have 32 bytes");
    return `${entry.bss.authMode} ${entry.bss.pairwiseCipher}${entry.bss.wps === null ? "" : " with WPS"}`;
  },

  airLine(text) {
    const value = decodeLine(text);
    if (value === undefined) return "no JSON";
    // Once more, because JSON has numbers (1e999) that JavaScript has not.
    const written = decodeLine(encodeLine(value));
    demand(same(decodeLine(encodeLine(written)), written), "a line reads as it was written");
    const { args, id, call } = readValues(value);
    const { setup, network, method, bssid, residue } = readValues(args);
    readMac(bssid);
    readResidue(residue);
    const setUp = readSetup(setup);
    readNetwork(network);
    return `${typeof id} ${typeof call} ${readMethod(method)?.type ?? "-"} ${setUp?.mode ?? "-"}`;
  },

  scenario(text) {
    const scenario = parseScenario(text);
    if (scenario.ok) return `${scenario.value.accessPoints.length} access points`;
    demand(/^(?:In the scenario, .*|The scenario .*)\.$/s.test(scenario.error), "an error is a sentence");
    return scenario.error.replaceAll(/"[^"]*"|\d+/g, "_").slice(0, 50);
  },

  record(text) {
    const record = decodeRecord(new TextEncoder().encode(text));
    if (!record.ok) return record.error.slice(0, 50);
    const again = decodeRecord(encodeRecord(record.value));
    demand(again.ok && same(again.value, record.value), "a record reads as it was written");
    return record.value.setup?.mode ?? "no setup";
  },

  authorization(text) {
    const credentials = parseDigest(text);
    if (!credentials.ok) return credentials.error;
    if (!isRightResponse(credentials.value, digested)) return "wrong";
    const { opaque, response, ...proven } = credentials.value;
    demand(response === digestResponse(proven, digested), "a response is right for these fields alone");
    demand(
      proofs.some((proof) => same(proof, proven)),
      "what was changed does not prove a password",
    );
    return "right";
  },
};

const digested = { method: "POST", password: new Secret("correct horse"), body: new TextEncoder().encode("{}") };

const proofs = (["MD5-sess", "SHA-256"] as const).flatMap((algorithm) =>
  (["auth", "auth-int"] as const).map((qop) => ({
    username: "",
    realm: "openwps",
    nonce: "AZt23zvg0EVbAY3_izeiXHJpgo86pO9LvGJ6WAkL",
    uri: "/api/v1/wifi/wps",
    algorithm,
    qop,
    cnonce: "0a4f113b",
    nc: "0000000a",
  })),
);

const authorizations = proofs.map(
  ({ username, realm, nonce, uri, algorithm, qop, cnonce, nc }, i) =>
    `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", cnonce="${cnonce}", nc=${nc}, ` +
    `qop=${qop}, response="${digestResponse({ username, realm, nonce, uri, algorithm, qop, cnonce, nc }, digested)}", ` +
    `opaque="uAT7ZLTp5s-CSd0X", algorithm=${i % 2 === 0 ? algorithm : `"${algorithm}"`}`,
);

const pins = ["12345670", "1234", "1234-5670", " 1234 5670 ", "02:00:00:00:00:01", "02-00-00-00-00-01", "020000000001"];

const events = [
  "<3>CTRL-EVENT-SCAN-RESULTS ",
  "<3>WPS-FAIL msg=8 config_error=18",
  "<3>WPS-FAIL msg=12 config_error=15 reason=1 (Security: TKIP only prohibited)",
  "<3>WPS-M2D dev_password_id=4 config_error=12",
  "<3>WPS-CRED-RECEIVED 100e00331026000101104500067465737431",
  `<3>WPS-CRED-RECEIVED ${toHex(messages[0] ?? new Uint8Array())}`,
  "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=openwps]",
  "<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=3 locally_generated=1",
  '<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="home" auth_failures=1 duration=10 reason=WRONG_KEY',
  "<3>SME: Trying to authenticate with 02:00:00:00:01:00 (SSID='it\\'s \\xc3\\xa9' freq=2412 MHz)",
  "<3>Trying to associate with 02:00:00:00:01:00 (SSID='home' freq=5180 MHz)",
  "<3>Associated with 02:00:00:00:01:00",
  "IFNAME=wlan0 <3>WPS-SUCCESS ",
  "<3>IFNAME=wlan0 WPS-PBC-ACTIVE ",
] as const;

const scans: readonly string[] = elements.map(
  (bytes, i) =>
    `id=${i}\nbssid=02:00:00:00:00:00\nfreq=2412\ncapabilities=0x0411\nlevel=-30\nage=8\nie=${toHex(bytes)}\nflags=[WPA2-PSK-CCMP][ESS]\nssid=caf\\xc3\\xa9\n`,
);

const network = {
  ssid: new TextEncoder().encode("Home"),
  key: new Secret("correct horse battery"),
  wpa1: false,
  sae: true,
};

const staticAddress = { ip: "192.168.1.2", mask: "255.255.255.0", gateway: "192.168.1.1", dns: null };

const requests: readonly unknown[] = [
  { air: 1 },
  { id: 1, call: "scan", args: {} },
  { id: 2, abort: true },
  {
    id: 3,
    call: "enrol",
    args: { method: { type: "pin", pin: new Secret("12345670") }, bssid: "02:00:00:00:00:01", residue: { id: 1 } },
  },
  { id: 4, call: "apply", args: { setup: { mode: "station", network } } },
  {
    id: 5,
    call: "apply",
    args: { setup: { mode: "accessPoint", hotspot: { ssid: network.ssid, key: network.key } }, network },
  },
  { id: null, error: { kind: "gone", message: "It is gone.", hint: "Plug it in." } },
];

const scenarios: readonly unknown[] = [
  { accessPoints: [{ name: "Home", key: "correct horse battery" }] },
  {
    seed: 7,
    loss: 0.1,
    delayMs: 5,
    repeat: 0.05,
    accessPoints: [
      {
        name: "Home",
        ssid: "Home 5",
        key: "correct horse battery",
        security: "WPA-WPA2",
        channel: 36,
        bssid: "02:00:00:00:00:11",
      },
      { name: "Cafe", security: "open", signal: null, subnet: 9, dhcp: false },
      { name: "Vault", security: "WPA3", key: "a".repeat(64), wps: false },
    ],
    station: { name: "Radio", macAddress: "02:00:00:00:01:00", connectedTo: "Home" },
    happenings: [
      { at: 1, press: "Home" },
      { at: 2.5, enterPin: "Home", pin: "1234-5670" },
      { at: 3, move: "Cafe", signal: null },
      { at: 4, off: "Vault" },
    ],
  },
];

const session = {
  active: false,
  method: "pbc",
  phase: "ended",
  message: null,
  peer: null,
  secondsLeft: 0,
  result: "success",
  reason: null,
  hint: null,
  hintKey: null,
} as const;

const stored: readonly StationRecord[] = [
  { setup: null, run: null, last: null, maxTxPower: null },
  { setup: { mode: "station", network: { ...network, staticAddress } }, run: null, last: session, maxTxPower: 17.5 },
  {
    setup: { mode: "accessPoint", network: null },
    run: {
      startedAt: 1,
      method: "pin",
      mode: "off",
      residue: { id: 1, name: "wlan0", on: true },
      ended: { ...session, result: "failed" },
    },
    last: null,
    maxTxPower: null,
  },
];
const records: readonly string[] = stored.map((record) => new TextDecoder().decode(encodeRecord(record)));

const lines: readonly string[] = requests.map((request) => encodeLine(request).trim());

/** JSON whose text is damaged, or, more often, whose values are. */
function drawJson(texts: readonly string[]): (chance: Chance) => string {
  return (chance) => {
    const text = chance.pick(texts);
    if (chance.oneIn(3)) return mutateText(text, chance, texts);
    let value: unknown = JSON.parse(text);
    do value = mutateJson(value, chance);
    while (chance.oneIn(2));
    return JSON.stringify(value);
  };
}

const draws: { readonly [name: string]: readonly [share: number, draw: (chance: Chance) => string] } = {
  pin: [
    3,
    (chance) =>
      chance.oneIn(8) ? generatePin((_, length) => chance.bytes(length)) : mutateText(chance.pick(pins), chance, pins),
  ],
  event: [6, (chance) => mutateText(chance.pick(events), chance, events)],
  scan: [4, (chance) => mutateText(chance.pick(scans), chance, scans)],
  airLine: [5, drawJson(lines)],
  scenario: [5, drawJson(scenarios.map((one) => JSON.stringify(one)))],
  record: [5, drawJson(records)],
  authorization: [4, (chance) => mutateText(chance.pick(authorizations), chance, authorizations)],
};

export const textTargets = Object.entries(draws).map(([name, [share, draw]]) =>
  textTarget({ name, share, draw, check: textChecks[name] }),
);
