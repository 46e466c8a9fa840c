/**
 * The Enrollee's side of a run, for a station: proves that it knows the device password and is handed credentials.
 * A pure step. What carries the messages, how long to wait and which peer to ask is decided elsewhere.
 *
 * To what a peer does wrong it reacts as the reference does: it *aborts*, in silence, what belongs to no run of its
 * own, and *rejects*, with a NACK, what goes wrong within the run.
 */
import { CONFIG_ERROR, DEVICE_PASSWORD_ID, WSC_STATE } from "../attributes.ts";
import type { Attributes, Body } from "../codec.ts";
import { type Credential, mergedCredentials, type SkipReason, usableCredentials } from "../credential.ts";
import type { DeviceInfo } from "../device.ts";
import { configErrorFor, type WscError } from "../errors.ts";
import { M1, M2, M2D, M3, M5, M7, type MessageType, take, WSC_NACK } from "../messages.ts";
import { SETTINGS, sealSettings } from "../settings.ts";
import {
  composeM1,
  composeM3,
  composeM5,
  composeM7,
  type EnrolleeDraws,
  establishWithM2,
  faultInM6,
  heard,
  type Opened,
  openM8,
  type Proving,
  passwordNamed,
  type RegistrarIdentity,
  registrarIn,
  verifyM4,
} from "./enrollee-messages.ts";
import {
  ack,
  demandKeyHash,
  done,
  type Exchange,
  isStrict,
  malformed,
  NO_NONCE,
  type Nonces,
  nack,
  outgoing,
  read,
  takeEnding,
  takeSettings,
} from "./exchange.ts";
import {
  abort,
  type DevicePassword,
  type Failed,
  failed,
  go,
  type Manners,
  type Step,
  stay,
  type WscMessage,
} from "./session.ts";

export { drawEnrollee, type EnrolleeDraws, type RegistrarIdentity } from "./enrollee-messages.ts";

/** What a run of a station needs to know beforehand. */
export interface EnrolleeConfig extends Manners {
  readonly device: DeviceInfo;
  /** The one that M1 announces. */
  readonly password: DevicePassword;
  /** Others that a Registrar may name in its place: the PIN of a device that announces its NFC token. */
  readonly otherPasswords?: readonly DevicePassword[];
  /** Multi-AP: what of a mesh this device is; see `WfaExtension`. A Registrar gives a backhaul station other credentials. */
  readonly multiAp?: number;
}

/** What an onlooker may want to know of a run before its end. */
export type EnrolleeEvent =
  /** A Registrar answered by M2, and its Authenticator is right. */
  | { readonly type: "registrarMet"; readonly registrar: RegistrarIdentity }
  /** A Registrar will not serve us (M2D); another one still may, so that the run goes on. */
  | { readonly type: "turnedAway"; readonly registrar: RegistrarIdentity; readonly configError: number };

interface AwaitM2 extends Opened {
  readonly name: "awaitM2";
  readonly config: EnrolleeConfig;
  /** Of the last M2D, or zeros. */
  readonly registrarNonce: Uint8Array;
  /** Configuration Error of the last M2D. */
  readonly turnedAway: number | null;
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
  /** What the device is to announce from now on in place of its old password; null in all but rare runs. */
  readonly newPassword: DevicePassword | null;
}

/** Where a station's run is; named after what it waits for. `paired` and `failed` are final. */
export type EnrolleeState = AwaitM2 | AwaitM4 | AwaitM6 | AwaitM8 | Paired | Failed;

type Awaiting = Exclude<EnrolleeState, Paired | Failed>;
type EnrolleeStep = Step<EnrolleeState, EnrolleeEvent>;

/**
 * Begins a run: gives M1.
 * @throws RangeError for a device whose texts or ids do not fit their attributes, TypeError for the password of a handover
 *   without the hash of the Registrar's key: the caller's bugs
 */
export function openEnrollee(config: EnrolleeConfig, draws: EnrolleeDraws): EnrolleeStep {
  for (const password of [config.password, ...(config.otherPasswords ?? [])]) demandKeyHash(password);
  const opened = composeM1(config.device, draws, {
    // A station has no settings to lose: always "not configured".
    wscState: WSC_STATE.notConfigured,
    devicePasswordId: config.password.id,
    ...(config.multiAp === undefined ? {} : { multiAp: config.multiAp }),
  });
  const state = { name: "awaitM2", config, ...opened, registrarNonce: NO_NONCE, turnedAway: null } as const;
  return { state, send: outgoing(M1, opened.lastSent), events: [] };
}

/** Takes one message from the Registrar. Never throws, whatever the bytes; after the end of a run nothing changes. */
export function stepEnrollee(state: EnrolleeState, message: WscMessage): EnrolleeStep {
  if (state.name === "paired" || state.name === "failed") return stay(state);
  const attributes = read(message.bytes, state);
  if (!attributes.ok) return abort(attributes.error);
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
    return failed({ kind: "turnedAway", configError: state.turnedAway });
  return failed({ kind: "cutOff", awaited: awaited(state) });
}

function onMessage(state: Awaiting, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const message = heard(noncesOf(state).enrolleeNonce, attributes);
  if (!message.ok)
    return message.error.type === "abort" ? abort(message.error.error) : reject(state, message.error.error);
  switch (message.value) {
    case "M2":
      return state.name === "awaitM2" ? onM2(state, attributes, bytes) : outOfOrder(state, message.value);
    case "M2D":
      return state.name === "awaitM2" ? onM2D(state, attributes) : outOfOrder(state, message.value);
    case "M4":
      return state.name === "awaitM4" ? onM4(state, attributes, bytes) : outOfOrder(state, message.value);
    case "M6":
      return state.name === "awaitM6" ? onM6(state, attributes, bytes) : outOfOrder(state, message.value);
    case "M8":
      return state.name === "awaitM8" ? onM8(state, attributes, bytes) : outOfOrder(state, message.value);
  }
}

function onM2(state: AwaitM2, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { config, draws } = state;
  // From here on a NACK names the nonce of this Registrar.
  const known = { ...state, registrarNonce: attributes.registrarNonce?.[0] ?? state.registrarNonce };
  const m2 = take(M2, attributes);
  if (!m2.ok) return reject(known, malformed("M2", m2.error));
  const { devicePasswordId } = m2.value;
  const strict = isStrict(config, m2.value.wfaExtension);
  const password = passwordNamed([config.password, ...(config.otherPasswords ?? [])], devicePasswordId, strict);
  if (password === null) return reject(known, { kind: "otherPassword", devicePasswordId });
  const exchange = establishWithM2(state, config, password, m2.value, bytes);
  if (!exchange.ok) return reject(known, exchange.error);
  const events = [{ type: "registrarMet", registrar: registrarIn(attributes) }] as const;

  // Both sides met by touch and know each other's key: there is nothing left to prove.
  if (password.id === DEVICE_PASSWORD_ID.nfcConnectionHandover) {
    const { encryptedSettings } = m2.value;
    if (encryptedSettings === undefined)
      return reject(known, malformed("M2", { kind: "missing", attribute: "encryptedSettings" }));
    const settings = takeSettings(exchange.value, "M2", SETTINGS.M8, encryptedSettings);
    if (!settings.ok) return reject(known, settings.error);
    return { ...conclude(known, settings.value, exchange.value), events };
  }

  const m3 = composeM3(draws, exchange.value, bytes);
  return {
    state: { name: "awaitM4", draws, exchange: exchange.value, lastSent: m3 },
    send: outgoing(M3, m3),
    events,
  };
}

function onM2D(state: AwaitM2, attributes: Attributes): EnrolleeStep {
  const m2d = take(M2D, attributes);
  if (!m2d.ok) return reject(state, malformed("M2D", m2d.error));
  const { registrarNonce = NO_NONCE, configError = CONFIG_ERROR.none } = m2d.value;
  const next = { ...state, registrarNonce, turnedAway: configError };
  return {
    state: next,
    send: ack(noncesOf(next)),
    events: [{ type: "turnedAway", registrar: registrarIn(attributes), configError }],
  };
}

function onM4(state: AwaitM4, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { draws, exchange } = state;
  const rHash2 = verifyM4(state, attributes, bytes);
  if (!rHash2.ok) return reject(state, rHash2.error);
  const m5 = composeM5(state, bytes);
  return go({ name: "awaitM6", draws, exchange, lastSent: m5, rHash2: rHash2.value }, outgoing(M5, m5));
}

function onM6(state: AwaitM6, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const { draws, exchange } = state;
  const fault = faultInM6(state, attributes, bytes);
  if (fault !== null) return reject(state, fault);
  const m7 = composeM7(state, bytes, sealSettings(exchange.keys, draws.iv7, SETTINGS.M7, { eSnonce2: draws.eS2 }));
  return go({ name: "awaitM8", draws, exchange, lastSent: m7 }, outgoing(M7, m7));
}

function onM8(state: AwaitM8, attributes: Attributes, bytes: Uint8Array): EnrolleeStep {
  const settings = openM8(state, attributes, bytes, SETTINGS.M8);
  if (!settings.ok) return reject(state, settings.error);
  return conclude(state, settings.value, state.exchange);
}

/** Takes what of the credentials is of use. */
function conclude(
  state: Awaiting,
  { credential, newPassword, devicePasswordId }: Body<(typeof SETTINGS.M8)[number]>,
  exchange: Exchange,
): EnrolleeStep {
  const choice = usableCredentials(credential);
  if (!choice.ok) return reject(state, { kind: "badCredential", fault: choice.error });
  const skipped = choice.value.skipped.map(({ reason }) => reason);
  if (choice.value.usable.length === 0) return reject(state, { kind: "noUsableCredential", skipped });

  const credentials = mergedCredentials(choice.value.usable);
  const rekeyed =
    newPassword === undefined || devicePasswordId === undefined ? null : { id: devicePasswordId, secret: newPassword };
  return go({ name: "paired", credentials, skipped, newPassword: rekeyed }, done(exchange));
}

/** The Registrar gives up. A station answers with a NACK of its own, so that the EAP server need not wait. */
function onNack(state: Awaiting, attributes: Attributes): EnrolleeStep {
  const received = takeEnding(noncesOf(state), WSC_NACK, attributes);
  if (!received.ok) return abort(received.error);
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

function outOfOrder(state: Awaiting, message: MessageType): EnrolleeStep {
  return reject(state, { kind: "outOfOrder", message, awaited: awaited(state) });
}

function reject(state: Awaiting, error: WscError): EnrolleeStep {
  return go(failed(error), nack(noncesOf(state), configErrorFor(error)));
}
