/**
 * What the two machines compute alike: the keys of a run, signing and checking messages, a device's attributes, and
 * the three messages that end a run. No states here.
 */
import type { MacAddress } from "../address.ts";
import { CONNECTION_TYPE, DEVICE_PASSWORD_ID, VERSION, VERSION2 } from "../attributes.ts";
import { type Attributes, type Body, type Fault, parse, type Slot } from "../codec.ts";
import { equal, sharedSecret } from "../crypto.ts";
import type { DeviceInfo } from "../device.ts";
import type { WscError } from "../errors.ts";
import {
  authenticatorOf,
  commitment,
  dhKeyFrom,
  kdkFrom,
  passwordHalves,
  type SessionKeys,
  sessionKeysFrom,
} from "../keys.ts";
import {
  AUTHENTICATOR_LENGTH,
  encode,
  type MessageType,
  type Schema,
  take,
  WSC_ACK,
  WSC_DONE,
  WSC_NACK,
} from "../messages.ts";
import { err, type Result } from "../result.ts";
import type { Secret } from "../secret.ts";
import { takeSlots, unsealSettings } from "../settings.ts";
import { type Violation, violations, violationsInSettings } from "../strict.ts";
import type { WfaExtension } from "../vendor-extension.ts";
import type { DevicePassword, Manners, Outgoing } from "./session.ts";

/** A run from M2 on, when both sides hold the keys. The same on both sides. */
export interface Exchange {
  readonly enrolleeNonce: Uint8Array;
  readonly registrarNonce: Uint8Array;
  /** Public keys (protocol: PKE, PKR), exactly as they were sent: a peer's may be shorter than 192 bytes. */
  readonly enrolleeKey: Uint8Array;
  readonly registrarKey: Uint8Array;
  /** The Enrollee's. */
  readonly macAddress: MacAddress;
  /** We are told to be strict, and the peer speaks 2.0. */
  readonly strict: boolean;
  readonly keys: SessionKeys;
  /** What each half of the device password comes to under these keys. */
  readonly psk1: Secret;
  readonly psk2: Secret;
}

/** What the keys of a run are made of. */
export interface ExchangeInput {
  readonly enrolleeNonce: Uint8Array;
  readonly registrarNonce: Uint8Array;
  readonly enrolleeKey: Uint8Array;
  readonly registrarKey: Uint8Array;
  readonly macAddress: MacAddress;
  readonly strict: boolean;
  readonly privateKey: Secret;
  /** Which of the two public keys is the peer's. */
  readonly peer: "enrollee" | "registrar";
  readonly password: Secret;
}

/** Derives the keys of a run; null when the peer's public key is not one. Costs an exponentiation. */
export function establish(input: ExchangeInput): Exchange | null {
  const { enrolleeNonce, registrarNonce, enrolleeKey, registrarKey, macAddress, strict } = input;
  const shared = sharedSecret(input.privateKey, input.peer === "enrollee" ? enrolleeKey : registrarKey);
  if (shared === null) return null;
  const keys = sessionKeysFrom(kdkFrom(dhKeyFrom(shared), enrolleeNonce, macAddress, registrarNonce));
  const { psk1, psk2 } = passwordHalves(keys, input.password);
  return { enrolleeNonce, registrarNonce, enrolleeKey, registrarKey, macAddress, strict, keys, psk1, psk2 };
}

/** Whether we are told to be strict towards a peer that says this of itself. A 1.0 peer does not know the rules. */
export function isStrict({ strict = false }: Manners, peer: WfaExtension | undefined): boolean {
  return strict && peer?.version2 !== undefined;
}

/**
 * Reads a message, whatever it is.
 * @param state before M2 it knows its config, from then on its exchange, and at the very end neither
 */
export function read(
  bytes: Uint8Array,
  { config, exchange }: { readonly name: string; readonly config?: Manners; readonly exchange?: Exchange },
): Result<Attributes, WscError> {
  const attributes = parse(bytes);
  if (!attributes.ok) return err(malformed(null, attributes.error));
  const strict = exchange?.strict ?? isStrict(config ?? {}, attributes.value.wfaExtension?.[0]);
  const violation = strict ? firstOf(violations(bytes)) : null;
  return violation === null ? attributes : err({ kind: "violation", violation });
}

function firstOf(found: Result<readonly Violation[], Fault>): Violation | null {
  return found.ok ? (found.value[0] ?? null) : null;
}

/**
 * In a handover nothing is proven but the public key: whoever may show any would get in.
 * @throws TypeError for the password of a handover without the hash of the peer's key: the caller's bug
 */
export function demandKeyHash({ id, peerKeyHash }: DevicePassword): void {
  if (id === DEVICE_PASSWORD_ID.nfcConnectionHandover && peerKeyHash === undefined)
    throw new TypeError("peerKeyHash: expected 20 bytes for a connection handover, got none");
}

/** E-Hash or R-Hash of one half: what its sender shows before the nonce that opens it. */
export function commit(
  { keys, enrolleeKey, registrarKey, ...halves }: Exchange,
  half: 1 | 2,
  snonce: Secret,
): Uint8Array {
  return commitment(keys, snonce, half === 1 ? halves.psk1 : halves.psk2, enrolleeKey, registrarKey);
}

/** Whether the nonce that the peer has now shown opens what it committed to: it knows this half of the password. */
export function opens(exchange: Exchange, half: 1 | 2, snonce: Secret, hash: Uint8Array): boolean {
  return equal(commit(exchange, half, snonce), hash);
}

/** Stands in a message until {@link sign} puts the Authenticator in its place. */
export const UNSIGNED = new Uint8Array(8);

/**
 * Fills in the Authenticator, the last attribute.
 * @param previous the message that this one answers, as received
 */
export function sign({ keys }: Exchange, previous: Uint8Array, unsigned: Uint8Array): Uint8Array {
  const signed = new Uint8Array(unsigned);
  signed.set(authenticatorOf(keys, previous, withoutAuthenticator(signed)), signed.length - UNSIGNED.length);
  return signed;
}

/**
 * Whether a received message is the peer's and answers `previous`.
 * Its Authenticator must be its last attribute: it covers all but the last 12 bytes, wherever the attribute lies.
 */
export function isAuthentic(
  { keys }: Exchange,
  previous: Uint8Array,
  bytes: Uint8Array,
  authenticator: Uint8Array,
): boolean {
  return equal(authenticatorOf(keys, previous, withoutAuthenticator(bytes)), authenticator);
}

function withoutAuthenticator(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, -AUTHENTICATOR_LENGTH);
}

/** A run in which the peer's next message must be signed. */
export interface Signed {
  readonly exchange: Exchange;
  /** The message that the next one's Authenticator covers. */
  readonly lastSent: Uint8Array;
}

/** Takes a message that answers our last one; whoever sent it holds the keys of the run. */
export function takeSigned<S extends Slot>(
  schema: Schema<S>,
  { exchange, lastSent }: Signed,
  attributes: Attributes,
  bytes: Uint8Array,
): Result<Body<S>, WscError> {
  const body = take(schema, attributes);
  if (!body.ok) return err(malformed(schema.name, body.error));
  const [authenticator] = attributes.authenticator ?? [];
  if (authenticator === undefined || !isAuthentic(exchange, lastSent, bytes, authenticator))
    return err({ kind: "badAuthenticator", message: schema.name });
  return body;
}

/** Opens the Encrypted Settings of a message. */
export function takeSettings<S extends Slot>(
  { keys, strict, macAddress }: Exchange,
  message: MessageType,
  slots: readonly S[],
  value: Uint8Array,
): Result<Body<S>, WscError> {
  const text = unsealSettings(keys, value);
  if (!text.ok) return err({ kind: "badSettings", message, fault: text.error });
  const violation = strict ? firstOf(violationsInSettings(text.value, macAddress)) : null;
  if (violation !== null) return err({ kind: "violation", violation });
  const settings = takeSlots(slots, text.value);
  return settings.ok ? settings : err({ kind: "badSettings", message, fault: settings.error });
}

/** Takes an ACK, NACK or Done. They carry no Authenticator: the nonces alone show that they belong to the run. */
export function takeEnding<S extends Slot>(
  own: Nonces,
  schema: Schema<S>,
  attributes: Attributes,
): Result<Body<S>, WscError> {
  const received = take(schema, attributes);
  if (!received.ok) return err(malformed(schema.name, received.error));
  if (!isNonce(attributes.registrarNonce, own.registrarNonce)) return err({ kind: "wrongNonce", nonce: "registrar" });
  if (!isNonce(attributes.enrolleeNonce, own.enrolleeNonce)) return err({ kind: "wrongNonce", nonce: "enrollee" });
  return received;
}

/** @param message null where it is not known which it was to be */
export function malformed(message: MessageType | null, fault: Fault): WscError {
  return { kind: "malformed", message, fault };
}

/** What every message of ours begins with, and its Version2. */
export function opening<S extends Slot>(schema: Schema<S>) {
  return {
    version: VERSION,
    messageType: schema.messageType,
    wfaExtension: { version2: VERSION2 },
    vendorExtension: [],
  } as const;
}

/** What M1, M2 and M2D tell of the device that sends them. First in a body: what is spread there costs least. */
export function deviceAttributes(device: DeviceInfo) {
  return {
    authenticationTypeFlags: device.authenticationTypes,
    encryptionTypeFlags: device.encryptionTypes,
    connectionTypeFlags: CONNECTION_TYPE.ess,
    configMethods: device.configMethods,
    manufacturer: device.manufacturer,
    modelName: device.modelName,
    modelNumber: device.modelNumber,
    serialNumber: device.serialNumber,
    primaryDeviceType: device.primaryDeviceType,
    deviceName: device.deviceName,
    rfBands: device.rfBands,
    associationState: 0,
    osVersion: (device.osVersion | 0x80000000) >>> 0,
  } as const;
}

/** The two nonces that name a run, 16 bytes each. */
export interface Nonces {
  readonly enrolleeNonce: Uint8Array;
  /** Zeros before the Registrar has shown one. */
  readonly registrarNonce: Uint8Array;
}

/** Sent for a nonce that is not known. */
export const NO_NONCE = new Uint8Array(16);

/** A message that is ready to go. */
export function outgoing<S extends Slot>({ name, opCode }: Schema<S>, bytes: Uint8Array): Outgoing {
  return { type: name, opCode, bytes };
}

/** WSC_ACK of a run. */
export function ack({ enrolleeNonce, registrarNonce }: Nonces): Outgoing {
  return outgoing(WSC_ACK, encode(WSC_ACK, { ...opening(WSC_ACK), enrolleeNonce, registrarNonce }));
}

/**
 * WSC_NACK of a run.
 * @param configError one value of `CONFIG_ERROR`
 */
export function nack({ enrolleeNonce, registrarNonce }: Nonces, configError: number): Outgoing {
  return outgoing(WSC_NACK, encode(WSC_NACK, { ...opening(WSC_NACK), enrolleeNonce, registrarNonce, configError }));
}

/** WSC_Done of a run. */
export function done({ enrolleeNonce, registrarNonce }: Nonces): Outgoing {
  return outgoing(WSC_DONE, encode(WSC_DONE, { ...opening(WSC_DONE), enrolleeNonce, registrarNonce }));
}

/** Whether a nonce came, and is this one. Nonces are no secrets; `equal` serves for its convenience. */
export function isNonce(received: readonly [Uint8Array, ...Uint8Array[]] | undefined, expected: Uint8Array): boolean {
  return received !== undefined && equal(received[0], expected);
}
