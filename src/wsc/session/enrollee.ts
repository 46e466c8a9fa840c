/**
 * The Enrollee's side of a run, for a station: proves that it knows the device password and is handed credentials.
 * A pure step. What carries the messages, how long to wait and which peer to ask is decided elsewhere.
 *
 * To what a peer does wrong it reacts as the reference does: it *aborts*, in silence, what belongs to no run of its
 * own, and *rejects*, with a NACK, what goes wrong within the run.
 */
import { CONFIG_ERROR, DEVICE_PASSWORD_ID, WSC_STATE } from "../attributes.ts";
import { type Attributes, type Fault, parse } from "../codec.ts";
import { type Credential, type SkipReason, usableCredentials } from "../credential.ts";
import { PRIVATE_KEY_LENGTH, publicKeyOf } from "../crypto.ts";
import type { DeviceInfo } from "../device.ts";
import { configErrorFor, type WscError } from "../errors.ts";
import {
  encode,
  M1,
  M2,
  M2D,
  M3,
  M4,
  M5,
  M6,
  M7,
  M8,
  type MessageType,
  messageTypeFrom,
  take,
  WSC_NACK,
} from "../messages.ts";
import type { Random } from "../random.ts";
import { Secret } from "../secret.ts";
import { openSettings, SETTINGS, sealSettings } from "../settings.ts";
import {
  ack,
  commit,
  deviceAttributes,
  done,
  type Exchange,
  establish,
  isAuthentic,
  isNonce,
  NO_NONCE,
  type Nonces,
  nack,
  opening,
  opens,
  outgoing,
  sign,
  UNSIGNED,
} from "./exchange.ts";
import type { DevicePassword, Outgoing, Step, WscMessage } from "./session.ts";

export interface EnrolleeConfig {
  readonly device: DeviceInfo;
  readonly password: DevicePassword;
}

/** Everything that chance decides in a run. Drawn once for each run: nonces and IVs must not serve twice. */
export interface EnrolleeDraws {
  /** 16 bytes (protocol: N1). */
  readonly nonce: Uint8Array;
  readonly privateKey: Secret;
  /** 16 bytes each: E-S1, E-S2. */
  readonly eS1: Secret;
  readonly eS2: Secret;
  /** 16 bytes each, for the Encrypted Settings of M5 and M7. */
  readonly iv5: Uint8Array;
  readonly iv7: Uint8Array;
}

export function drawEnrollee(random: Random): EnrolleeDraws {
  return {
    nonce: random("enrolleeNonce", 16),
    privateKey: new Secret(random("privateKey", PRIVATE_KEY_LENGTH)),
    eS1: new Secret(random("E-S1", 16)),
    eS2: new Secret(random("E-S2", 16)),
    iv5: random("iv", 16),
    iv7: random("iv", 16),
  };
}

/** What a Registrar says of itself in M2 or M2D; in M2D all of it may be missing. */
export interface RegistrarIdentity {
  readonly uuid: Uint8Array | null;
  readonly manufacturer: string | null;
  readonly modelName: string | null;
  readonly modelNumber: string | null;
  readonly serialNumber: string | null;
  readonly deviceName: string | null;
}

export type EnrolleeEvent =
  /** A Registrar answered by M2, and its Authenticator is right. */
  | { readonly type: "registrarMet"; readonly registrar: RegistrarIdentity }
  /** A Registrar will not serve us (M2D); another one still may, so that the run goes on. */
  | { readonly type: "turnedAway"; readonly registrar: RegistrarIdentity; readonly configError: number };

interface AwaitM2 {
  readonly name: "awaitM2";
  readonly config: EnrolleeConfig;
  readonly draws: EnrolleeDraws;
  readonly publicKey: Uint8Array;
  /** M1. */
  readonly lastSent: Uint8Array;
  /** Of the last M2D, or zeros. */
  readonly registrarNonce: Uint8Array;
  /** Configuration Error of the last M2D. */
  readonly turnedAway: number | null;
}

/** From M3 on. */
interface Proving {
  readonly draws: EnrolleeDraws;
  readonly exchange: Exchange;
  /** The message that the next one's Authenticator covers. */
  readonly lastSent: Uint8Array;
}

interface AwaitM4 extends Proving {
  readonly name: "awaitM4";
}

interface AwaitM6 extends Proving {
  readonly name: "awaitM6";
  /** From M4: what R-S2 in M6 must open. */
  readonly rHash2: Uint8Array;
}

interface AwaitM8 extends Proving {
  readonly name: "awaitM8";
}

interface Paired {
  readonly name: "paired";
  /** At least one. */
  readonly credentials: readonly Credential[];
  /** Why others were left out. */
  readonly skipped: readonly SkipReason[];
}

interface Failed {
  readonly name: "failed";
  readonly error: WscError;
}

export type EnrolleeState = AwaitM2 | AwaitM4 | AwaitM6 | AwaitM8 | Paired | Failed;

type Awaiting = Exclude<EnrolleeState, Paired | Failed>;
type EnrolleeStep = Step<EnrolleeState, EnrolleeEvent>;

/**
 * Begins a run: gives M1.
 * @throws RangeError for a device whose texts or ids do not fit their attributes: the caller's bug
 */
export function openEnrollee(config: EnrolleeConfig, draws: EnrolleeDraws): EnrolleeStep {
  const { device, password } = config;
  const publicKey = publicKeyOf(draws.privateKey);
  const m1 = encode(M1, {
    ...opening(M1),
    ...deviceAttributes(device),
    uuidE: device.uuid,
    macAddress: device.macAddress,
    enrolleeNonce: draws.nonce,
    publicKey,
    // A station has no settings to lose: always "not configured".
    wscState: WSC_STATE.notConfigured,
    devicePasswordId: password.id,
    configError: CONFIG_ERROR.none,
  });
  const state = {
    name: "awaitM2",
    config,
    draws,
    publicKey,
    lastSent: m1,
    registrarNonce: NO_NONCE,
    turnedAway: null,
  } as const;
  return { state, send: outgoing(M1, m1), events: [] };
}

/** Takes one message from the Registrar. Never throws, whatever the bytes; after the end of a run nothing changes. */
export function stepEnrollee(state: EnrolleeState, message: WscMessage): EnrolleeStep {
  if (state.name === "paired" || state.name === "failed") return { state, send: null, events: [] };
  const attributes = parse(message.bytes);
  if (!attributes.ok) return abort(malformed(null, attributes.error));
  switch (message.opCode) {
    case "WSC_MSG":
      return onMessage(state, attributes.value, message.bytes);
    case "WSC_NACK":
      return onNack(state, attributes.value);
    // An ACK goes to an Enrollee only when it is an access point.
    default:
      return abort({ kind: "unexpectedOpCode", opCode: message.opCode });
  }
}

/** Ends a run because its carrier did (EAP-Failure, silence). A run that has its credentials stays paired. */
export function endEnrollee(state: EnrolleeState): EnrolleeState {
  if (state.name === "paired" || state.name === "failed") return state;
  if (state.name === "awaitM2" && state.turnedAway !== null)
    return { name: "failed", error: { kind: "turnedAway", configError: state.turnedAway } };
  return { name: "failed", error: { kind: "cutOff", awaited: awaited(state) } };
}

function onMessage(state: Awaiting, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  if (!isNonce(attributes.enrolleeNonce, noncesOf(state).enrolleeNonce))
    return abort({ kind: "wrongNonce", nonce: "enrollee" });
  if (attributes.messageType === undefined)
    return reject(state, malformed(null, { kind: "missing", attribute: "messageType" }));
  const [messageType] = attributes.messageType;
  const message = messageTypeFrom(messageType);
  switch (message) {
    case "M2":
      return state.name === "awaitM2" ? onM2(state, attributes, bytes) : outOfOrder(state, message);
    case "M2D":
      return state.name === "awaitM2" ? onM2D(state, attributes) : outOfOrder(state, message);
    case "M4":
      return state.name === "awaitM4" ? onM4(state, attributes, bytes) : outOfOrder(state, message);
    case "M6":
      return state.name === "awaitM6" ? onM6(state, attributes, bytes) : outOfOrder(state, message);
    case "M8":
      return state.name === "awaitM8" ? onM8(state, attributes, bytes) : outOfOrder(state, message);
    default:
      return abort({ kind: "unknownMessage", messageType });
  }
}

function onM2(state: AwaitM2, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { config, draws, publicKey, lastSent } = state;
  // From here on a NACK names the nonce of this Registrar.
  const known = { ...state, registrarNonce: attributes.registrarNonce?.[0] ?? state.registrarNonce };
  const m2 = take(M2, attributes);
  if (!m2.ok) return reject(known, malformed("M2", m2.error));
  const { devicePasswordId } = m2.value;
  if (!acceptsPassword(config.password.id, devicePasswordId))
    return reject(known, { kind: "otherPassword", devicePasswordId });

  const exchange = establish({
    enrolleeNonce: draws.nonce,
    registrarNonce: m2.value.registrarNonce,
    enrolleeKey: publicKey,
    registrarKey: m2.value.publicKey,
    macAddress: config.device.macAddress,
    privateKey: draws.privateKey,
    peer: "registrar",
    password: config.password.secret,
  });
  if (exchange === null) return reject(known, { kind: "badPublicKey", message: "M2" });
  if (!isAuthentic(exchange, lastSent, bytes, m2.value.authenticator))
    return reject(known, { kind: "badAuthenticator", message: "M2" });

  const m3 = sign(
    exchange,
    bytes,
    encode(M3, {
      ...opening(M3),
      registrarNonce: exchange.registrarNonce,
      eHash1: commit(exchange, 1, draws.eS1),
      eHash2: commit(exchange, 2, draws.eS2),
      authenticator: UNSIGNED,
    }),
  );
  return {
    state: { name: "awaitM4", draws, exchange, lastSent: m3 },
    send: outgoing(M3, m3),
    events: [{ type: "registrarMet", registrar: identityIn(attributes) }],
  };
}

/**
 * Whether we go on under the password that M2 names. PIN ids 0 and 5 stand for each other among Wi-Fi Direct devices, and some
 * access points answer a push of the button with id 0.
 */
function acceptsPassword(announced: number, named: number): boolean {
  const { default: pin, registrarSpecified, pushButton } = DEVICE_PASSWORD_ID;
  return (
    named === announced ||
    (named === pin && (announced === registrarSpecified || announced === pushButton)) ||
    (named === registrarSpecified && announced === pin)
  );
}

function onM2D(state: AwaitM2, attributes: Attributes): EnrolleeStep {
  const m2d = take(M2D, attributes);
  if (!m2d.ok) return reject(state, malformed("M2D", m2d.error));
  const { registrarNonce = NO_NONCE, configError = CONFIG_ERROR.none } = m2d.value;
  const next = { ...state, registrarNonce, turnedAway: configError };
  return {
    state: next,
    send: ack(noncesOf(next)),
    events: [{ type: "turnedAway", registrar: identityIn(attributes), configError }],
  };
}

function onM4(state: AwaitM4, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { draws, exchange, lastSent } = state;
  const m4 = take(M4, attributes);
  if (!m4.ok) return reject(state, malformed("M4", m4.error));
  if (!isAuthentic(exchange, lastSent, bytes, m4.value.authenticator))
    return reject(state, { kind: "badAuthenticator", message: "M4" });
  const settings = openSettings(exchange.keys, SETTINGS.M4, m4.value.encryptedSettings);
  if (!settings.ok) return reject(state, { kind: "badSettings", message: "M4", fault: settings.error });
  if (!opens(exchange, 1, settings.value.rSnonce1, m4.value.rHash1))
    return reject(state, { kind: "wrongPassword", half: 1 });

  const m5 = sign(
    exchange,
    bytes,
    encode(M5, {
      ...opening(M5),
      registrarNonce: exchange.registrarNonce,
      encryptedSettings: sealSettings(exchange.keys, draws.iv5, SETTINGS.M5, { eSnonce1: draws.eS1 }),
      authenticator: UNSIGNED,
    }),
  );
  return go({ name: "awaitM6", draws, exchange, lastSent: m5, rHash2: m4.value.rHash2 }, outgoing(M5, m5));
}

function onM6(state: AwaitM6, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { draws, exchange, lastSent, rHash2 } = state;
  const m6 = take(M6, attributes);
  if (!m6.ok) return reject(state, malformed("M6", m6.error));
  if (!isAuthentic(exchange, lastSent, bytes, m6.value.authenticator))
    return reject(state, { kind: "badAuthenticator", message: "M6" });
  const settings = openSettings(exchange.keys, SETTINGS.M6, m6.value.encryptedSettings);
  if (!settings.ok) return reject(state, { kind: "badSettings", message: "M6", fault: settings.error });
  if (!opens(exchange, 2, settings.value.rSnonce2, rHash2)) return reject(state, { kind: "wrongPassword", half: 2 });

  const m7 = sign(
    exchange,
    bytes,
    encode(M7, {
      ...opening(M7),
      registrarNonce: exchange.registrarNonce,
      encryptedSettings: sealSettings(exchange.keys, draws.iv7, SETTINGS.M7, { eSnonce2: draws.eS2 }),
      authenticator: UNSIGNED,
    }),
  );
  return go({ name: "awaitM8", draws, exchange, lastSent: m7 }, outgoing(M7, m7));
}

function onM8(state: AwaitM8, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { exchange, lastSent } = state;
  const m8 = take(M8, attributes);
  if (!m8.ok) return reject(state, malformed("M8", m8.error));
  if (!isAuthentic(exchange, lastSent, bytes, m8.value.authenticator))
    return reject(state, { kind: "badAuthenticator", message: "M8" });
  const settings = openSettings(exchange.keys, SETTINGS.M8, m8.value.encryptedSettings);
  if (!settings.ok) return reject(state, { kind: "badSettings", message: "M8", fault: settings.error });
  const choice = usableCredentials(settings.value.credential);
  if (!choice.ok) return reject(state, { kind: "badCredential", fault: choice.error });
  const skipped = choice.value.skipped.map(({ reason }) => reason);
  if (choice.value.usable.length === 0) return reject(state, { kind: "noUsableCredential", skipped });

  return go({ name: "paired", credentials: choice.value.usable, skipped }, done(exchange));
}

/** The Registrar gives up. A station answers with a NACK of its own, so that the EAP server need not wait. */
function onNack(state: Awaiting, attributes: Attributes): EnrolleeStep {
  const own = noncesOf(state);
  const received = take(WSC_NACK, attributes);
  if (!received.ok) return abort(malformed("WSC_NACK", received.error));
  if (!isNonce(attributes.registrarNonce, own.registrarNonce)) return abort({ kind: "wrongNonce", nonce: "registrar" });
  if (!isNonce(attributes.enrolleeNonce, own.enrolleeNonce)) return abort({ kind: "wrongNonce", nonce: "enrollee" });
  return reject(state, { kind: "refused", configError: received.value.configError, lastSent: lastSentIn(state) });
}

function lastSentIn(state: Awaiting): MessageType {
  switch (state.name) {
    case "awaitM2":
      return state.turnedAway === null ? "M1" : "WSC_ACK";
    case "awaitM4":
      return "M3";
    case "awaitM6":
      return "M5";
    case "awaitM8":
      return "M7";
  }
}

function awaited(state: Awaiting): MessageType {
  switch (state.name) {
    case "awaitM2":
      return "M2";
    case "awaitM4":
      return "M4";
    case "awaitM6":
      return "M6";
    case "awaitM8":
      return "M8";
  }
}

function noncesOf(state: Awaiting): Nonces {
  return state.name === "awaitM2"
    ? { enrolleeNonce: state.draws.nonce, registrarNonce: state.registrarNonce }
    : state.exchange;
}

function identityIn(attributes: Attributes): RegistrarIdentity {
  return {
    uuid: attributes.uuidR?.[0] ?? null,
    manufacturer: attributes.manufacturer?.[0] ?? null,
    modelName: attributes.modelName?.[0] ?? null,
    modelNumber: attributes.modelNumber?.[0] ?? null,
    serialNumber: attributes.serialNumber?.[0] ?? null,
    deviceName: attributes.deviceName?.[0] ?? null,
  };
}

function malformed(message: MessageType | null, fault: Fault): WscError {
  return { kind: "malformed", message, fault };
}

function go(state: EnrolleeState, send: Outgoing): EnrolleeStep {
  return { state, send, events: [] };
}

function outOfOrder(state: Awaiting, message: MessageType): EnrolleeStep {
  return reject(state, { kind: "outOfOrder", message, awaited: awaited(state) });
}

function reject(state: Awaiting, error: WscError): EnrolleeStep {
  return go({ name: "failed", error }, nack(noncesOf(state), configErrorFor(error)));
}

function abort(error: WscError): EnrolleeStep {
  return { state: { name: "failed", error }, send: null, events: [] };
}
