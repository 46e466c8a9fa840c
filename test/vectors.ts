/**
 * Recorded runs between hostapd 2.10 and wpa_supplicant 2.10, with every secret they drew, from `vectors/*.json`.
 * Which side is the Enrollee: the sender of M1. In the `reg_*` files and `locked` that is the access point.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseMacAddress } from "../src/wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../src/wsc/attributes.ts";
import { fromHex } from "../src/wsc/bytes.ts";
import { parse } from "../src/wsc/codec.ts";
import { type Credential, decodeCredential, type NetworkSettings } from "../src/wsc/credential.ts";
import type { DeviceInfo } from "../src/wsc/device.ts";
import type { OpCode } from "../src/wsc/eap/packet.ts";
import { decode, M1, M2, type MessageType } from "../src/wsc/messages.ts";
import type { Result } from "../src/wsc/result.ts";
import { Secret } from "../src/wsc/secret.ts";
import type { EnrolleeDraws } from "../src/wsc/session/enrollee.ts";
import type { RegistrarDraws } from "../src/wsc/session/registrar.ts";
import type { DevicePassword } from "../src/wsc/session/session.ts";

export interface VectorMessage {
  /** The sender's address. */
  readonly from: string;
  readonly opCode: OpCode;
  readonly type: MessageType;
  readonly bytes: Uint8Array;
}

export interface VectorPacket {
  readonly from: string;
  readonly bytes: Uint8Array;
}

/** What one side drew and derived, by the names the files use; hex, except for the list of plaintexts it decrypted. */
export interface VectorKeys {
  readonly [name: string]: string | undefined;
}

export interface Vector {
  readonly name: string;
  readonly description: string;
  readonly apMac: string;
  readonly stationMac: string;
  /** Reassembled WSC messages in order. */
  readonly messages: readonly VectorMessage[];
  /** Every EAP packet (and EAPOL-Start) in order, before reassembly. */
  readonly eap: readonly VectorPacket[];
  readonly stationKeys: VectorKeys;
  readonly apKeys: VectorKeys;
  /** Plaintexts of Encrypted Settings, padding included, as each side decrypted them. */
  readonly decryptedByStation: readonly Uint8Array[];
  readonly decryptedByAp: readonly Uint8Array[];
  readonly hostapdConf: readonly string[];
}

const folder = join(import.meta.dirname, "vectors");
const PLAINTEXTS = "Decrypted Encrypted Settings";

/** All recorded runs, by the name of their file. */
export const vectorNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length))
  .sort();

export function loadVector(name: string): Vector {
  const raw = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  const plaintexts = (keys: { [PLAINTEXTS]?: string[] }) => (keys[PLAINTEXTS] ?? []).map(fromHex);
  return {
    ...raw,
    messages: raw.messages.map((message: { bytes: string }) => ({ ...message, bytes: fromHex(message.bytes) })),
    eap: raw.eap.map((packet: { from: string; eap: string }) => ({ from: packet.from, bytes: fromHex(packet.eap) })),
    decryptedByStation: plaintexts(raw.stationKeys),
    decryptedByAp: plaintexts(raw.apKeys),
  };
}

/** The value of a result that the test takes to be good. */
export function must<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
}

/** The first message of a type in a run; undefined when the run ended before it. */
export function messageOf(vector: Vector, type: MessageType): VectorMessage | undefined {
  return vector.messages.find((message) => message.type === type);
}

/** What both sides of a recorded run were and drew. */
interface Sides {
  readonly enrollee: { readonly device: DeviceInfo; readonly password: DevicePassword; readonly draws: EnrolleeDraws };
  readonly registrar: {
    readonly device: DeviceInfo;
    readonly password: DevicePassword;
    readonly draws: RegistrarDraws;
  };
}

/** Everything our machines need to play a run with a station as Enrollee over again. */
export interface Replay extends Sides {
  readonly registrar: Sides["registrar"] & { readonly credentials: readonly Credential[] };
}

/** The same for a run with an access point as Enrollee. */
export interface AccessPointReplay extends Sides {
  /** What the access point was. */
  readonly settings: NetworkSettings;
  /** What the Registrar wanted it to be; null when it only wanted to know. */
  readonly newSettings: NetworkSettings | null;
}

interface Pins {
  readonly enrollee: string;
  readonly registrar: string;
}

/**
 * The inputs of a recorded run whose Enrollee is the station.
 * @param pins what the two sides were given; none for push button
 */
export function replayOf(vector: Vector, pins?: Pins): Replay {
  const { enrollee, registrar } = sidesOf(vector, pins);
  return { enrollee, registrar: { ...registrar, credentials: credentialsIn(vector) } };
}

/** The inputs of a recorded run whose Enrollee is the access point. */
export function accessPointReplayOf(vector: Vector, pins: Pins): AccessPointReplay {
  const passphrase = vector.hostapdConf.find((line) => line.startsWith("wpa_passphrase="))?.split("=")[1] ?? "";
  const settings = {
    ssid: new TextEncoder().encode("VectorNet"),
    authenticationType: 0x0020,
    encryptionType: 0x0008,
    networkKey: new Secret(passphrase),
  };
  const m8 = vector.decryptedByAp[2];
  if (m8 === undefined) return { ...sidesOf(vector, pins), settings, newSettings: null };
  const told = must(parse(m8.subarray(0, -(m8.at(-1) ?? 0))));
  const newSettings = {
    ...settings,
    ssid: told.ssid?.[0] ?? new Uint8Array(),
    networkKey: told.networkKey?.[0] ?? new Secret(""),
  };
  return { ...sidesOf(vector, pins), settings, newSettings };
}

function sidesOf(vector: Vector, pins: Pins | undefined): Sides {
  const m1 = must(decode(M1, requiredBytes(vector, "M1")));
  const m2 = must(decode(M2, requiredBytes(vector, "M2")));
  const mac = (text: string) => {
    const parsed = parseMacAddress(text);
    if (parsed === null) throw new Error(`no MAC address: ${text}`);
    return parsed;
  };
  const shared = (body: typeof m1 | typeof m2) => ({
    manufacturer: body.manufacturer,
    modelName: body.modelName,
    modelNumber: body.modelNumber,
    serialNumber: body.serialNumber,
    deviceName: body.deviceName,
    primaryDeviceType: body.primaryDeviceType,
    configMethods: body.configMethods ?? 0,
    rfBands: body.rfBands ?? 0,
    osVersion: body.osVersion ?? 0,
    authenticationTypes: body.authenticationTypeFlags ?? 0,
    encryptionTypes: body.encryptionTypeFlags ?? 0,
  });
  const password = (pin: string | undefined): DevicePassword => ({
    id: pin === undefined ? DEVICE_PASSWORD_ID.pushButton : DEVICE_PASSWORD_ID.default,
    secret: new Secret(pin ?? "00000000"),
  });
  const drawn = (keys: VectorKeys, name: string) => new Secret(fromHex(keys[name] ?? "00".repeat(16)));
  const [enrolleeKeys, registrarKeys, registrarMac] =
    messageOf(vector, "M1")?.from === vector.apMac
      ? [vector.apKeys, vector.stationKeys, vector.stationMac]
      : [vector.stationKeys, vector.apKeys, vector.apMac];

  return {
    enrollee: {
      device: { ...shared(m1), uuid: m1.uuidE, macAddress: m1.macAddress },
      password: password(pins?.enrollee),
      draws: {
        nonce: m1.enrolleeNonce,
        privateKey: drawn(enrolleeKeys, "DH Private Key"),
        eS1: drawn(enrolleeKeys, "E-S1"),
        eS2: drawn(enrolleeKeys, "E-S2"),
        iv5: ivOf(vector, "M5"),
        iv7: ivOf(vector, "M7"),
      },
    },
    registrar: {
      device: { ...shared(m2), uuid: m2.uuidR, macAddress: mac(registrarMac) },
      password: password(pins?.registrar),
      draws: {
        nonce: m2.registrarNonce,
        privateKey: drawn(registrarKeys, "DH Private Key"),
        rS1: drawn(registrarKeys, "R-S1"),
        rS2: drawn(registrarKeys, "R-S2"),
        iv4: ivOf(vector, "M4"),
        iv6: ivOf(vector, "M6"),
        iv8: ivOf(vector, "M8"),
      },
    },
  };
}

/** The Credentials that the station decrypted from M8; those of `pbc`, the same network, when the run ended before it. */
function credentialsIn(vector: Vector): readonly Credential[] {
  const plaintext = vector.decryptedByStation[2];
  if (plaintext === undefined) return credentialsIn(loadVector("pbc"));
  const padding = plaintext.at(-1) ?? 0;
  const { credential = [] } = must(parse(plaintext.subarray(0, -padding)));
  return credential.map((value) => must(decodeCredential(value)));
}

/** The recorded IV of a message's Encrypted Settings; zeros when the run did not get there. */
function ivOf(vector: Vector, type: MessageType): Uint8Array {
  const message = messageOf(vector, type);
  if (message === undefined) return new Uint8Array(16);
  const { encryptedSettings } = must(parse(message.bytes));
  if (encryptedSettings === undefined) throw new Error(`${vector.name}: ${type} has no Encrypted Settings`);
  return encryptedSettings[0].subarray(0, 16);
}

function requiredBytes(vector: Vector, type: MessageType): Uint8Array {
  const message = messageOf(vector, type);
  if (message === undefined) throw new Error(`${vector.name}: no ${type}`);
  return message.bytes;
}
