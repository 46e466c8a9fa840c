/**
 * What devices tell each other by touch (NFC): tokens that hold a device password or a whole network, and the two
 * messages of a connection handover. Composed and read, with the NDEF record around them or without. What comes of a
 * password then is for the machines; how a tag is written is for others.
 */
import type { MacAddress } from "./address.ts";
import { DEVICE_PASSWORD_ID, RF_BAND, VERSION2 } from "./attributes.ts";
import { concat, toHex } from "./bytes.ts";
import { type Body, type Fault, parse, pick, type Slot, write } from "./codec.ts";
import {
  type Credential,
  type CredentialChoice,
  type CredentialFault,
  encodeCredential,
  usableCredentials,
} from "./credential.ts";
import { PRIVATE_KEY_LENGTH, publicKeyOf } from "./crypto.ts";
import { publicKeyHash } from "./keys.ts";
import type { Random } from "./random.ts";
import { err, ok, type Result } from "./result.ts";
import { Secret } from "./secret.ts";
import type { DevicePassword } from "./session/session.ts";

/** Why bytes are not the token that they should be. */
export type NfcFault =
  /** An NDEF message that is broken, or has no record for us. */
  | { readonly kind: "noRecord" }
  | { readonly kind: "malformed"; readonly fault: Fault }
  /** Too short for its kind, or under an id that no token has. */
  | { readonly kind: "badPassword" }
  | { readonly kind: "badCredential"; readonly fault: CredentialFault };

/** What a password token holds. The key pair whose hash it tells must be the one that its device uses in the run. */
export interface PasswordToken {
  /** 20 bytes. */
  readonly publicKeyHash: Uint8Array;
  /** 0x10 or more. */
  readonly devicePasswordId: number;
  /** 16 to 32 bytes. */
  readonly password: Secret;
}

/** A fresh token, and the private key that belongs to it. Costs an exponentiation. */
export function drawPasswordToken(random: Random): { readonly token: PasswordToken; readonly privateKey: Secret } {
  const privateKey = new Secret(random("privateKey", PRIVATE_KEY_LENGTH));
  const { firstToken } = DEVICE_PASSWORD_ID;
  // 64 bits, so that the remainder favours no id by more than one in 10^14.
  const drawn = random("tokenId", 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return {
    token: {
      publicKeyHash: publicKeyHash(publicKeyOf(privateKey)),
      devicePasswordId: firstToken + Number(drawn % BigInt(0x10000 - firstToken)),
      password: new Secret(random("tokenPassword", 32)),
    },
    privateKey,
  };
}

/** The password of a token as the device takes it that made the token. */
export function ownTokenPassword({ devicePasswordId, password }: PasswordToken): DevicePassword {
  return { id: devicePasswordId, secret: new Secret(toHex(password.reveal()).toUpperCase()) };
}

/** The same as the device takes it that read the token: it knows the other's public key by its hash. */
export function readTokenPassword(token: PasswordToken): DevicePassword {
  return { ...ownTokenPassword(token), peerKeyHash: token.publicKeyHash };
}

/** The password of a handover: none. Each side knows the other's public key by its hash, and that is all it takes. */
export function handoverPassword(peerKeyHash: Uint8Array): DevicePassword {
  return { id: DEVICE_PASSWORD_ID.nfcConnectionHandover, secret: new Secret(""), peerKeyHash };
}

const HASH_LENGTH = 20;
const SHORTEST_PASSWORD = 16;
const TAIL = { wfaExtension: { version2: VERSION2 } } as const;

const PASSWORD_TOKEN = ["oobDevicePassword", "wfaExtension?"] as const satisfies readonly Slot[];
const CONFIGURATION_TOKEN = [
  "credential*",
  "rfBands?",
  "apChannel?",
  "macAddress?",
  "wfaExtension?",
] as const satisfies readonly Slot[];
const HANDOVER_REQUEST = ["oobDevicePassword", "uuidE?", "wfaExtension?"] as const satisfies readonly Slot[];
const HANDOVER_SELECT = [
  "oobDevicePassword",
  "ssid",
  "rfBands?",
  "apChannel?",
  "macAddress?",
  "wfaExtension?",
] as const satisfies readonly Slot[];

/** The bare attributes; {@link toNdef} puts the record around them. */
export function composePasswordToken(token: PasswordToken): Uint8Array {
  return write(PASSWORD_TOKEN, { oobDevicePassword: oobPassword(token), ...TAIL });
}

/** Reads a password token, with its NDEF record or without. */
export function readPasswordToken(bytes: Uint8Array): Result<PasswordToken, NfcFault> {
  const body = read(PASSWORD_TOKEN, bytes);
  if (!body.ok) return body;
  const token = tokenIn(body.value.oobDevicePassword);
  return token.devicePasswordId >= DEVICE_PASSWORD_ID.firstToken && token.password.length >= SHORTEST_PASSWORD
    ? ok(token)
    : err({ kind: "badPassword" });
}

/** Where a network is; all of it may be missing. */
export interface WhereaboutsHint {
  /** Bitmap of `RF_BAND`. */
  readonly rfBands?: number;
  readonly apChannel?: number;
  /** The BSSID. */
  readonly macAddress?: MacAddress;
}

/** A whole network: who reads it needs no run. */
export function composeConfigurationToken(
  credentials: readonly Credential[],
  { rfBands, apChannel, macAddress }: WhereaboutsHint,
): Uint8Array {
  return write(CONFIGURATION_TOKEN, {
    credential: credentials.map(encodeCredential),
    ...(rfBands === undefined ? {} : { rfBands }),
    ...(apChannel === undefined ? {} : { apChannel }),
    ...(macAddress === undefined ? {} : { macAddress }),
    ...TAIL,
  });
}

/** Reads a configuration token, with its NDEF record or without. */
export function readConfigurationToken(
  bytes: Uint8Array,
): Result<CredentialChoice & { readonly where: WhereaboutsHint }, NfcFault> {
  const body = read(CONFIGURATION_TOKEN, bytes);
  if (!body.ok) return body;
  const choice = usableCredentials(body.value.credential);
  if (!choice.ok) return err({ kind: "badCredential", fault: choice.error });
  return ok({ ...choice.value, where: whereIn(body.value) });
}

/** What a station says that touches an access point. */
export interface HandoverRequest {
  /** Of the public key that it will use: 20 bytes. */
  readonly publicKeyHash: Uint8Array;
  readonly uuid: Uint8Array | null;
}

/** What the access point answers. */
export interface HandoverSelect {
  readonly publicKeyHash: Uint8Array;
  readonly ssid: Uint8Array;
  readonly where: WhereaboutsHint;
}

/**
 * What a station hands over by touch, bare; {@link toNdef} puts the record around it.
 * @throws RangeError for a hash that has not 20 bytes or a UUID that has not 16: the caller's bug
 */
export function composeHandoverRequest({ publicKeyHash: hash, uuid }: HandoverRequest): Uint8Array {
  return withLength(
    write(HANDOVER_REQUEST, {
      oobDevicePassword: handoverHash(hash),
      ...(uuid === null ? {} : { uuidE: uuid }),
      ...TAIL,
    }),
  );
}

/**
 * What the access point answers, bare; {@link toNdef} puts the record around it.
 * @throws RangeError for a hash that has not 20 bytes or an SSID of more than 32: the caller's bug
 */
export function composeHandoverSelect({ publicKeyHash: hash, ssid, where }: HandoverSelect): Uint8Array {
  return withLength(write(HANDOVER_SELECT, { oobDevicePassword: handoverHash(hash), ssid, ...where, ...TAIL }));
}

/** Reads a handover request, with its NDEF record or without. */
export function readHandoverRequest(bytes: Uint8Array): Result<HandoverRequest, NfcFault> {
  const body = readWithLength(HANDOVER_REQUEST, bytes);
  if (!body.ok) return body;
  const hash = handoverHashIn(body.value.oobDevicePassword);
  return hash.ok ? ok({ publicKeyHash: hash.value, uuid: body.value.uuidE ?? null }) : hash;
}

/** Reads a handover select, with its NDEF record or without. */
export function readHandoverSelect(bytes: Uint8Array): Result<HandoverSelect, NfcFault> {
  const body = readWithLength(HANDOVER_SELECT, bytes);
  if (!body.ok) return body;
  const hash = handoverHashIn(body.value.oobDevicePassword);
  return hash.ok ? ok({ publicKeyHash: hash.value, ssid: body.value.ssid, where: whereIn(body.value) }) : hash;
}

/** MHz of the channel that a hint names; null when it names none that exists in its bands. */
export function frequencyOf({ rfBands, apChannel }: WhereaboutsHint): number | null {
  if (apChannel === undefined) return null;
  const band = (bit: number) => rfBands === undefined || (rfBands & bit) !== 0;
  if (apChannel >= 1 && apChannel <= 13 && band(RF_BAND.ghz24)) return 2407 + 5 * apChannel;
  if (apChannel === 14 && band(RF_BAND.ghz24)) return 2484;
  if (apChannel >= 30 && band(RF_BAND.ghz5)) return 5000 + 5 * apChannel;
  if (apChannel >= 1 && apChannel <= 6 && band(RF_BAND.ghz60)) return 56160 + 2160 * apChannel;
  return null;
}

function oobPassword({ publicKeyHash: hash, devicePasswordId, password }: PasswordToken): Secret {
  return new Secret(concat(hash, Uint8Array.of(devicePasswordId >> 8, devicePasswordId & 0xff), password.reveal()));
}

function handoverHash(hash: Uint8Array): Secret {
  const devicePasswordId = DEVICE_PASSWORD_ID.nfcConnectionHandover;
  return oobPassword({ publicKeyHash: hash, devicePasswordId, password: new Secret("") });
}

function tokenIn(oobDevicePassword: Secret): PasswordToken {
  const bytes = oobDevicePassword.reveal();
  const [high = 0, low = 0] = bytes.subarray(HASH_LENGTH);
  return {
    publicKeyHash: bytes.slice(0, HASH_LENGTH),
    devicePasswordId: high * 256 + low,
    password: new Secret(bytes.subarray(HASH_LENGTH + 2)),
  };
}

function handoverHashIn(oobDevicePassword: Secret): Result<Uint8Array, NfcFault> {
  const { publicKeyHash: hash, devicePasswordId } = tokenIn(oobDevicePassword);
  return devicePasswordId === DEVICE_PASSWORD_ID.nfcConnectionHandover ? ok(hash) : err({ kind: "badPassword" });
}

function whereIn({ rfBands, apChannel, macAddress }: WhereaboutsHint): WhereaboutsHint {
  return {
    ...(rfBands === undefined ? {} : { rfBands }),
    ...(apChannel === undefined ? {} : { apChannel }),
    ...(macAddress === undefined ? {} : { macAddress }),
  };
}

function read<S extends Slot>(slots: readonly S[], bytes: Uint8Array): Result<Body<S>, NfcFault> {
  const payload = payloadIn(bytes);
  return payload === null ? err({ kind: "noRecord" }) : readAttributes(slots, payload);
}

/** A handover says in two bytes how long its attributes are; what follows them is not ours. */
function readWithLength<S extends Slot>(slots: readonly S[], bytes: Uint8Array): Result<Body<S>, NfcFault> {
  const payload = payloadIn(bytes);
  const [high, low] = payload ?? [];
  if (payload === null || high === undefined || low === undefined) return err({ kind: "noRecord" });
  const end = 2 + high * 256 + low;
  if (end > payload.length) return err({ kind: "malformed", fault: { kind: "truncated", offset: 0 } });
  return readAttributes(slots, payload.subarray(2, end));
}

function readAttributes<S extends Slot>(slots: readonly S[], bytes: Uint8Array): Result<Body<S>, NfcFault> {
  const attributes = parse(bytes);
  const body = attributes.ok ? pick(slots, attributes.value) : attributes;
  return body.ok ? body : err({ kind: "malformed", fault: body.error });
}

function withLength(attributes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(attributes.length >> 8, attributes.length & 0xff), attributes);
}

/** NDEF (NFC Data Exchange Format): one record of a MIME type. */
const MIME_TYPE = new TextEncoder().encode("application/vnd.wfa.wsc");
const FLAG = { messageBegin: 0x80, messageEnd: 0x40, chunk: 0x20, shortRecord: 0x10, idLength: 0x08 } as const;
const TYPE_FORMAT_MASK = 0x07;
const MIME = 0x02;

/** An NDEF message of one record. */
export function toNdef(payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const short = length < 256;
  const head = FLAG.messageBegin | FLAG.messageEnd | (short ? FLAG.shortRecord : 0) | MIME;
  const lengthField = short ? [length] : [length >>> 24, length >>> 16, length >>> 8, length];
  return concat(Uint8Array.of(head, MIME_TYPE.length, ...lengthField), MIME_TYPE, payload);
}

/** The payload of the first record of ours in an NDEF message, or the bytes themselves when they are none. */
function payloadIn(bytes: Uint8Array): Uint8Array | null {
  // Every NDEF message begins with this bit; no attribute and no length of a handover does.
  if (((bytes[0] ?? 0) & FLAG.messageBegin) === 0) return bytes;
  for (let rest = bytes; rest.length > 0; ) {
    const record = firstRecord(rest);
    if (record === null) return null;
    if (record.isOurs) return record.payload;
    rest = rest.subarray(record.length);
  }
  return null;
}

function firstRecord(
  bytes: Uint8Array,
): { readonly isOurs: boolean; readonly payload: Uint8Array; readonly length: number } | null {
  const [head = 0, typeLength = 0] = bytes;
  const lengthBytes = head & FLAG.shortRecord ? 1 : 4;
  const idBytes = head & FLAG.idLength ? 1 : 0;
  const fixed = 2 + lengthBytes + idBytes;
  if (bytes.length < fixed || (head & FLAG.chunk) !== 0) return null;
  const payloadLength = bytes.subarray(2, 2 + lengthBytes).reduce((value, byte) => value * 256 + byte, 0);
  const idLength = idBytes === 0 ? 0 : (bytes[fixed - 1] ?? 0);
  const start = fixed + typeLength + idLength;
  const length = start + payloadLength;
  if (length > bytes.length) return null;
  const type = bytes.subarray(fixed, fixed + typeLength);
  const isOurs =
    (head & TYPE_FORMAT_MASK) === MIME &&
    type.length === MIME_TYPE.length &&
    MIME_TYPE.every((byte, i) => type[i] === byte);
  return { isOurs, payload: bytes.subarray(start, length), length };
}
