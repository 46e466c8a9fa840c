/** Our decoder and Wireshark's dissector read the same captures, and must find the same; and it reads what we write. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attributeWords, type DecodedAttribute } from "../../src/capture/attribute-words.ts";
import { decodeCapture } from "../../src/capture/decoder.ts";
import { BROADCAST, eapolFrame, type Frame, managementFrame, ssidElement } from "../../src/capture/frames.ts";
import type { DecodedMessage } from "../../src/capture/message.ts";
import { pcapHead, pcapRecord } from "../../src/capture/pcap.ts";
import { writePcapng } from "../../src/capture/pcapng.ts";
import { macAddressFrom } from "../../src/wsc/address.ts";
import { type AttributeName, WSC_STATE } from "../../src/wsc/attributes.ts";
import { concat, toHex } from "../../src/wsc/bytes.ts";
import { parse, readTlvs } from "../../src/wsc/codec.ts";
import { publicKeyOf } from "../../src/wsc/crypto.ts";
import { buildPacket } from "../../src/wsc/eap/packet.ts";
import {
  type Advertisement,
  ANYBODY,
  composeAssociationRequest,
  composeAssociationResponse,
  composeBeacon,
  composeProbeRequest,
  composeProbeResponse,
  REQUEST_TYPE,
  toElements,
} from "../../src/wsc/elements.ts";
import { publicKeyHash } from "../../src/wsc/keys.ts";
import { SCHEMAS } from "../../src/wsc/messages.ts";
import {
  composeConfigurationToken,
  composeHandoverRequest,
  composeHandoverSelect,
  composePasswordToken,
  drawPasswordToken,
  handoverPassword,
} from "../../src/wsc/nfc.ts";
import { parsePin, pinPassword } from "../../src/wsc/pin.ts";
import type { Secret } from "../../src/wsc/secret.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import { drawRegistrar } from "../../src/wsc/session/registrar.ts";
import type { Outgoing } from "../../src/wsc/session/session.ts";
import { unsealSettings } from "../../src/wsc/settings.ts";
import { apSettings, playAccessPoint } from "../access-point-pair.ts";
import { credentials, devices, type Played, play, seededRandom } from "../engine-pair.ts";
import { loadVector, must } from "../vectors.ts";
import { readWithTshark, type TsharkAttribute, type TsharkField, timesOf, tsharkMissing } from "./tshark.ts";

const missing = tsharkMissing();
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const captures = join(import.meta.dirname, "..", "captures");
const names = readdirSync(captures).sort();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-tshark-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function decodeFile(file: string): Promise<DecodedMessage[]> {
  const found: DecodedMessage[] = [];
  for await (const item of decodeCapture([new Uint8Array(readFileSync(file))]))
    if (item.type === "message") found.push(item);
  return found;
}

/** Where tshark's name of a field is not ours in small letters. */
const FIELD_NAMES: { readonly [N in AttributeName]?: string } = {
  configError: "configuration_error",
  wscState: "wifi_protected_setup_state",
  wfaExtension: "vendor_extension",
  requestedDeviceType: "requested_dev_type",
};

function fieldName(name: AttributeName): string {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `wps.${FIELD_NAMES[name] ?? snake.replace(/_(hash|snonce)(\d)/, "_$1$2")}`;
}

/** Our words for the bits that tshark names. Push button and display without qualifier say nothing beside one with it. */
const BIT_WORDS: ReadonlyMap<string, string> = new Map([
  ["usba", "USB"],
  ["ethernet", "Ethernet"],
  ["label", "label"],
  ["virt_display", "virtual display"],
  ["phy_display", "physical display"],
  ["nfcext", "external NFC token"],
  ["nfcint", "integrated NFC token"],
  ["nfcinf", "NFC interface"],
  ["virt_pushbutton", "virtual push button"],
  ["phy_pushbutton", "physical push button"],
  ["keypad", "keypad"],
  ["open", "open"],
  ["wpapsk", "WPA-PSK"],
  ["shared", "shared"],
  ["wpa", "WPA-EAP"],
  ["wpa2", "WPA2-EAP"],
  ["wpa2psk", "WPA2-PSK"],
  ["none", "none"],
  ["wep", "WEP"],
  ["tkip", "TKIP"],
  ["aes", "AES"],
  ["ess", "ESS"],
  ["ibss", "IBSS"],
]);

/** Whether tshark's field says what our value says. */
function expectSame(attribute: DecodedAttribute, bytes: Uint8Array, fields: readonly TsharkField[]): void {
  const { name, value } = attribute;
  if (name === null) return;
  if (name === "wfaExtension") {
    expectSameExtension(value as { [name: string]: unknown }, fields);
    return;
  }
  const [field, ...bits] = fields;
  expect(field?.name).toBe(fieldName(name));
  expect(field?.value, name).toBe(toHex(bytes));
  if (typeof value === "number") expect(Number(field?.show), name).toBe(value);
  // One space stands for an empty text: protocol rules say so, and tshark leaves it to the reader.
  else if (typeof value === "string") expect(field?.show === " " ? "" : field?.show, name).toBe(value);
  else if (value instanceof Uint8Array) expect(field?.value).toBe(toHex(value));

  const words = attributeWords(attribute).split(", ");
  for (const bit of bits) {
    const word = BIT_WORDS.get(bit.name.split(".").at(-1) ?? "");
    if (word !== undefined) expect(words.includes(word), `${bit.name} in ${words}`).toBe(Number(bit.show) !== 0);
  }
}

function expectSameExtension(value: { [name: string]: unknown }, fields: readonly TsharkField[]): void {
  const shown = (name: string) => fields.find((field) => field.name === `wps.ext.${name}`);
  expect(fields.find(({ name }) => name === "wps.vendor_id")?.value).toBe("00372a");
  const version2 = shown("version2");
  expect(version2 && Number(version2.show)).toBe(value["version2"]);
  const requestToEnroll = shown("request_to_enroll");
  expect(requestToEnroll && Number(requestToEnroll.value)).toBe(value["requestToEnroll"]);
  const macs = value["authorizedMacs"];
  expect(shown("authorizedmacs")?.value).toBe(macs instanceof Uint8Array ? toHex(macs) : undefined);
}

/** Attribute by attribute: same ids, lengths, names, values, in the same order. */
function expectAgreement(decoded: DecodedMessage, theirs: readonly TsharkAttribute[]): void {
  const head = ({ id, length }: TsharkAttribute | DecodedAttribute) => `${id.toString(16)} ${length}`;
  expect(decoded.attributes.map(head)).toEqual(theirs.map(head));
  const tlvs = must(readTlvs(decoded.bytes));
  for (const [i, attribute] of decoded.attributes.entries())
    expectSame(attribute, tlvs[i]?.value ?? new Uint8Array(), theirs[i]?.fields ?? []);
}

const station = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 1, 0));
const accessPoint = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 0));

const pin = pinPassword(must(parsePin("12345670")));
const otherPin = pinPassword(must(parsePin("1234")));

/** A run as it goes between a station and an access point. @param stationPlays the role of the station */
function overEap(
  deliveries: readonly { readonly message: Outgoing; readonly to: string }[],
  stationPlays: "enrollee" | "registrar",
): Frame[] {
  return deliveries.map(({ message, to }, i) => {
    const fromNetwork = to === stationPlays;
    const fragment = { opCode: message.opCode, moreFragments: false, messageLength: null, data: message.bytes };
    const code = fromNetwork ? "request" : "response";
    const packet = buildPacket({ type: "wsc", code, identifier: (i + 1) >> 1, fragment });
    return eapolFrame(fromNetwork ? { from: accessPoint, to: station } : { from: station, to: accessPoint }, packet);
  });
}

/** Neither our decoder nor tshark has anything to complain about, and they find the same. Gives the messages' names. */
async function expectNothingMalformed(name: string, frames: readonly Frame[]): Promise<string[]> {
  const file = join(folder, name);
  writeFileSync(file, concat(...writePcapng(frames.map((frame, i) => ({ at: BigInt(i), ...frame })))));
  const ours = await decodeFile(file);
  const theirs = readWithTshark(file);
  expect(ours.length).toBe(frames.length);
  expect(theirs.length).toBe(frames.length);
  for (const [i, decoded] of ours.entries()) {
    expect(decoded.fault).toBeNull();
    expect(theirs[i]?.complaints).toEqual([]);
    expectAgreement(decoded, theirs[i]?.attributes ?? []);
  }
  return ours.map(({ message }) => message);
}

/** Messages of the protocol in EAP, elements in their frames: whole, whatever they came in. */
function wrap({ message, bytes, carrier }: Pick<DecodedMessage, "message" | "bytes" | "carrier">): Frame {
  if (carrier === "802.11" || message === "Probe Request" || message === "SetSelectedRegistrar") {
    const ends = { from: accessPoint, to: BROADCAST, bssid: accessPoint };
    const elements = concat(ssidElement(new TextEncoder().encode("Home")), toElements(bytes));
    return managementFrame(message === "SetSelectedRegistrar" ? "Beacon" : (message as "Beacon"), ends, elements);
  }
  const schema = SCHEMAS[message as keyof typeof SCHEMAS];
  const fragment = { opCode: schema.opCode, moreFragments: false, messageLength: null, data: bytes };
  const packet = buildPacket({ type: "wsc", code: "request", identifier: 1, fragment });
  return eapolFrame({ from: accessPoint, to: station }, packet);
}

suite(`with tshark${withReason}`, () => {
  test.each(names)("%s: both find the same attributes in the same packets", async (name) => {
    const file = join(captures, name);
    const theirs = readWithTshark(file);
    const ours = new Map<number, DecodedMessage>();
    const fragmented = new Set<number>();
    for (const message of await decodeFile(file)) {
      if (message.attributes.length > 0 && message.carrier !== "UPnP") ours.set(message.packet, message);
      if (message.fragments > 1) fragmented.add(message.packet);
    }
    // tshark takes every fragment for a message of its own; those are compared in the next test.
    let following = false;
    for (const packet of theirs) {
      const isFragment = packet.opCode !== null && packet.opCode !== 6 && (packet.moreFragments || following);
      if (packet.opCode !== null && packet.opCode !== 6) following = packet.moreFragments;
      if (isFragment) continue;
      const decoded = ours.get(packet.number);
      expect(decoded === undefined, `packet ${packet.number}`).toBe(packet.attributes.length === 0);
      if (decoded === undefined) continue;
      expectAgreement(decoded, packet.attributes);
      ours.delete(packet.number);
    }
    expect(new Set(ours.keys())).toEqual(fragmented);
  });

  test.each(names)("%s: tshark reads each message once more from a capture of ours", async (name) => {
    const found = (await decodeFile(join(captures, name))).filter(
      ({ attributes, message }) => attributes.length > 0 && message !== "unknown",
    );
    expect(found.length).toBeGreaterThan(5);
    const file = join(folder, `${name}ng`);
    writeFileSync(file, concat(...writePcapng(found.map((message, i) => ({ at: BigInt(i), ...wrap(message) })))));
    const theirs = readWithTshark(file);
    expect(theirs.length).toBe(found.length);
    for (const [i, decoded] of found.entries()) {
      const packet = theirs[i];
      expect(packet?.complaints).toEqual([]);
      // An element holds 251 bytes: what is longer tshark does not join.
      if (wrap(decoded).bytes.length < 251) expectAgreement(decoded, packet?.attributes ?? []);
    }
  });

  test("it finds nothing malformed in the runs of our engine, which show every message and every role", async () => {
    const runs = [
      ...overEap(play({ enrolleePassword: pin, registrarPassword: pin }).deliveries, "enrollee"),
      ...overEap(play({ enrolleePassword: pin, registrarPassword: null }).deliveries, "enrollee"),
      ...overEap(play({ enrolleePassword: pin, registrarPassword: otherPin }).deliveries, "enrollee"),
      ...overEap(playAccessPoint({ task: { type: "configure", settings: apSettings } }).deliveries, "registrar"),
      ...overEap(playAccessPoint({ task: { type: "learn" } }).deliveries, "registrar"),
      ...overEap(playAccessPoint({ task: { type: "learn" }, access: { type: "none" } }).deliveries, "registrar"),
    ];
    const found = await expectNothingMalformed("runs.pcapng", runs);
    expect(new Set(found)).toEqual(new Set(Object.keys(SCHEMAS)));
  });

  /** Runs with what few have: Multi-AP, several Credentials with all that fits in, another password, a handover. */
  function rareRuns(): readonly Played[] {
    const [home] = credentials;
    if (home === undefined) throw new Error("no credential");
    const rich = {
      ...home,
      shareable: true,
      applicationExtension: concat(new Uint8Array(16).fill(0xa5), Uint8Array.of(1, 2, 3)),
      vendorExtensions: [Uint8Array.of(0, 0, 1, 4)],
    };
    const enrolleeDraws = drawEnrollee(seededRandom(6));
    const registrarDraws = drawRegistrar(seededRandom(7));
    const touched = ({ privateKey }: { readonly privateKey: Secret }) =>
      handoverPassword(publicKeyHash(publicKeyOf(privateKey)));
    return [
      play({
        enrolleePassword: pin,
        registrarPassword: pin,
        multiAp: 0x80,
        granted: [rich, { ...home, shareable: false }],
        newPassword: otherPin,
      }),
      play({
        enrolleePassword: touched(registrarDraws),
        registrarPassword: touched(enrolleeDraws),
        enrolleeDraws,
        registrarDraws,
      }),
    ];
  }

  test("it finds nothing malformed in runs with what few have", async () => {
    const found = await expectNothingMalformed(
      "rare.pcapng",
      rareRuns().flatMap(({ deliveries }) => overEap(deliveries, "enrollee")),
    );
    expect(found.slice(-3)).toEqual(["M1", "M2", "WSC_Done"]);
    expect(found).toHaveLength(12);
  });

  test("it finds nothing malformed in what our engine seals, opened and put into an element, where it looks for WPS", () => {
    const texts = [...rareRuns(), playAccessPoint({ task: { type: "configure", settings: apSettings } })].flatMap(
      ({ deliveries, exchange }) =>
        deliveries.flatMap(({ message }) => {
          const [sealed] = must(parse(message.bytes)).encryptedSettings ?? [];
          return sealed === undefined || exchange === null ? [] : [must(unsealSettings(exchange.keys, sealed))];
        }),
    );
    // M4 to M8 of two runs, and M2 of the handover.
    expect(texts).toHaveLength(11);
    const ends = { from: accessPoint, to: BROADCAST, bssid: accessPoint };
    const file = join(folder, "sealed.pcapng");
    // What needs a second element tshark would not join.
    const short = texts.filter(({ length }) => length <= 251);
    expect(short.length).toBeGreaterThanOrEqual(10);
    const packets = short.map((text, i) => ({ at: BigInt(i), ...managementFrame("Beacon", ends, toElements(text)) }));
    writeFileSync(file, concat(...writePcapng(packets)));
    const theirs = readWithTshark(file);
    expect(theirs.map(({ complaints }) => complaints)).toEqual(short.map(() => []));
    for (const [i, text] of short.entries()) {
      const ids = theirs[i]?.attributes.map(({ id }) => id) ?? [];
      expect(ids).toEqual(expect.arrayContaining(must(readTlvs(text)).map(({ id }) => id)));
    }
  });

  test("it finds nothing malformed in the elements of our engine", async () => {
    const advertisement: Advertisement = {
      device: devices.registrar,
      wscState: WSC_STATE.configured,
      setupLocked: true,
      selectedRegistrar: { devicePasswordId: 4, configMethods: 0x2688, authorizedMacs: [station, ANYBODY] },
      dualBand: true,
    };
    const idle: Advertisement = { ...advertisement, setupLocked: false, selectedRegistrar: null, dualBand: false };
    const probe = { device: devices.enrollee, requestType: REQUEST_TYPE.enrollee, devicePasswordId: 4 };
    const down = { from: accessPoint, to: BROADCAST, bssid: accessPoint };
    const up = { from: station, to: accessPoint, bssid: accessPoint };
    const elements = [
      managementFrame("Beacon", down, composeBeacon(advertisement)),
      managementFrame("Beacon", down, composeBeacon(idle)),
      managementFrame("Probe Response", down, composeProbeResponse(advertisement)),
      managementFrame("Probe Response", down, composeProbeResponse(idle)),
      managementFrame("Probe Request", up, composeProbeRequest(probe)),
      managementFrame("Probe Request", up, composeProbeRequest({ ...probe, requestType: REQUEST_TYPE.registrar })),
      managementFrame("Association Request", up, composeAssociationRequest(REQUEST_TYPE.enrollee)),
      managementFrame("Association Request", up, composeAssociationRequest(REQUEST_TYPE.registrar)),
      managementFrame("Association Response", down, composeAssociationResponse()),
    ];
    const found = await expectNothingMalformed("elements.pcapng", elements);
    expect(found).toEqual([
      ...["Beacon", "Beacon", "Probe Response", "Probe Response", "Probe Request", "Probe Request"],
      ...["Association Request", "Association Request", "Association Response"],
    ]);
  });

  test("it finds nothing malformed in what our devices say by touch, put into an element, where it looks for WPS", () => {
    const hash = new Uint8Array(20).fill(0x5a);
    const { token } = drawPasswordToken(seededRandom(5));
    const where = { rfBands: 1, apChannel: 6, macAddress: accessPoint };
    const ssid = new TextEncoder().encode("Home");
    const texts = [
      composePasswordToken(token),
      composeConfigurationToken(credentials, where),
      // The length of a handover stands before its attributes.
      composeHandoverRequest({ publicKeyHash: hash, uuid: devices.enrollee.uuid }).subarray(2),
      composeHandoverSelect({ publicKeyHash: hash, ssid, where }).subarray(2),
    ];
    const ends = { from: accessPoint, to: BROADCAST, bssid: accessPoint };
    const file = join(folder, "tokens.pcapng");
    const packets = texts.map((text, i) => ({
      at: BigInt(i),
      ...managementFrame("Beacon", ends, toElements(text)),
    }));
    writeFileSync(file, concat(...writePcapng(packets)));
    const theirs = readWithTshark(file);
    expect(theirs.map(({ complaints }) => complaints)).toEqual(texts.map(() => []));
    for (const [i, text] of texts.entries()) {
      const ids = theirs[i]?.attributes.map(({ id }) => id) ?? [];
      expect(ids).toEqual(expect.arrayContaining(must(readTlvs(text)).map(({ id }) => id)));
    }
  });

  test("what we write it reads, with our time to the nanosecond, in both formats", () => {
    const frame = wrap({
      carrier: "EAP",
      message: "M1",
      bytes: loadVector("pin").messages[0]?.bytes ?? new Uint8Array(),
    });
    const at = 1_700_000_000_123_456_789n;
    const files = {
      pcap: concat(pcapHead(frame.linkType), pcapRecord({ at, bytes: frame.bytes })),
      pcapng: concat(...writePcapng([{ at, ...frame }])),
    };
    for (const [format, bytes] of Object.entries(files)) {
      const file = join(folder, `time.${format}`);
      writeFileSync(file, bytes);
      expect(timesOf(file)).toEqual(["1700000000.123456789"]);
    }
  });
});
