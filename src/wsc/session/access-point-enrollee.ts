/**
 * The Enrollee's side of a run, for an access point: an external Registrar that knows the access point's PIN reads its
 * settings (M7) and may give it new ones (M8). A pure step. Whether the PIN is locked, and whether new settings are put
 * into force, is decided outside; how a station enrols is in enrollee.ts.
 */

import { newSettings, strongestMode } from "../ap-settings.ts";
import { DEVICE_PASSWORD_ID } from "../attributes.ts";
import type { Attributes } from "../codec.ts";
import type { NetworkSettings } from "../credential.ts";
import type { DeviceInfo } from "../device.ts";
import { withoutButtons } from "../elements.ts";
import { configErrorFor, type WscError } from "../errors.ts";
import { M1, M2, M2D, M3, M5, M7, M8, type MessageType, take, WSC_ACK, WSC_NACK } from "../messages.ts";
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
  takeSigned,
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

/** What external Registrars may do. */
export type ApAccess =
  /** Setup locked, or no PIN set: whoever tries is told so (Configuration Error 15). */
  | { readonly type: "none" }
  /** `read`: M7 shows the settings, M8 is refused with Configuration Error 15. */
  | { readonly type: "read" | "readAndWrite"; readonly passwords: readonly [DevicePassword, ...DevicePassword[]] };

/** What a run of an access point as Enrollee needs to know beforehand. */
export interface AccessPointConfig extends Manners {
  /** Its address is the BSSID. */
  readonly device: DeviceInfo;
  /** One value of `WSC_STATE`. */
  readonly wscState: number;
  readonly access: ApAccess;
  /** What M7 shows. */
  readonly settings: NetworkSettings;
  /** Offer the push button in M1 all the same (quirk `button-in-m1`). */
  readonly buttonInM1?: boolean;
}

/** A message from the Registrar, or a decision about the run. */
export type AccessPointInput =
  | { readonly type: "message"; readonly message: WscMessage }
  /** Answers `settingsGiven`: they are in force, or will be as soon as the run is over. */
  | { readonly type: "apply" }
  /** Answers `settingsGiven`. */
  | { readonly type: "refuse"; readonly configError: number }
  /** Setup has been locked since the run began: what the Registrar says next is answered by Configuration Error 15. */
  | { readonly type: "lock" };

/** What whoever decides must hear, or an onlooker may want to. */
export type AccessPointEvent =
  | { readonly type: "registrarMet"; readonly registrar: RegistrarIdentity }
  /** The Registrar knows the whole PIN; M7 goes out, and our settings with it. */
  | { readonly type: "passwordProven" }
  /** M8: what the Registrar wants us to be. Answer by `apply` or `refuse`. */
  | { readonly type: "settingsGiven"; readonly settings: NetworkSettings };

interface AwaitM2 extends Opened {
  readonly name: "awaitM2";
  readonly config: AccessPointConfig;
}

/** From M3 on. */
interface Talking extends Proving {
  readonly config: AccessPointConfig;
}

interface AwaitM4 extends Talking {
  readonly name: "awaitM4";
}

interface AwaitM6 extends Talking {
  readonly name: "awaitM6";
  /** From M4: what R-S2 in M6 must open. */
  readonly rHash2: Uint8Array;
}

interface AwaitM8 extends Talking {
  readonly name: "awaitM8";
}

interface Deciding {
  readonly name: "deciding";
  readonly exchange: Exchange;
  readonly settings: NetworkSettings;
}

interface AwaitAck {
  readonly name: "awaitAck";
  readonly exchange: Exchange;
  readonly settings: NetworkSettings;
}

/** The Registrar took its leave after M7: it only wanted to know. */
interface Read {
  readonly name: "read";
}

interface Configured {
  readonly name: "configured";
  readonly settings: NetworkSettings;
}

/** Where an access point's run is; named after what it waits for. `read`, `configured` and `failed` are final. */
export type AccessPointState = AwaitM2 | AwaitM4 | AwaitM6 | AwaitM8 | Deciding | AwaitAck | Read | Configured | Failed;

type Awaiting = Exclude<AccessPointState, Read | Configured | Failed>;
type AccessPointStep = Step<AccessPointState, AccessPointEvent>;

/**
 * Begins a run: gives M1. Also when nobody may do anything: Windows reads from M1 what the access point is.
 * @throws RangeError for a device whose texts or ids do not fit their attributes, TypeError for the password of a handover
 *   without the hash of the Registrar's key: the caller's bugs
 */
export function openAccessPoint(config: AccessPointConfig, draws: EnrolleeDraws): AccessPointStep {
  const { device, wscState, access } = config;
  if (access.type !== "none") access.passwords.forEach(demandKeyHash);
  // The button lets stations in; it is no way for a Registrar to get at the access point.
  const configMethods = config.buttonInM1 === true ? device.configMethods : withoutButtons(device.configMethods);
  const opened = composeM1({ ...device, configMethods }, draws, {
    wscState,
    devicePasswordId: access.type === "none" ? DEVICE_PASSWORD_ID.default : access.passwords[0].id,
  });
  return { state: { name: "awaitM2", config, ...opened }, send: outgoing(M1, opened.lastSent), events: [] };
}

/**
 * Takes one message from the Registrar, or one decision about it. Never throws, whatever the bytes; a decision that
 * nobody waits for any more changes nothing.
 */
export function stepAccessPoint(state: AccessPointState, input: AccessPointInput): AccessPointStep {
  if (state.name === "read" || state.name === "configured" || state.name === "failed") return stay(state);
  switch (input.type) {
    case "message":
      return onInput(state, input.message);
    case "apply":
      return state.name === "deciding" ? go({ ...state, name: "awaitAck" }, done(state.exchange)) : stay(state);
    case "refuse":
      return state.name === "deciding"
        ? reject(state, { kind: "turnedAway", configError: input.configError })
        : stay(state);
    case "lock":
      return onLock(state);
  }
}

/** Ends a run because its carrier did. Settings for which Done is out stay in force: they came whole and authentic. */
export function endAccessPoint(state: AccessPointState): AccessPointState {
  switch (state.name) {
    case "read":
    case "configured":
    case "failed":
      return state;
    case "awaitAck":
      return { name: "configured", settings: state.settings };
    case "awaitM2":
    case "awaitM4":
    case "awaitM6":
    case "awaitM8":
    case "deciding":
      return failed({ kind: "cutOff", awaited: awaited(state) });
  }
}

function onInput(state: Awaiting, { opCode, bytes }: WscMessage): AccessPointStep {
  const attributes = read(bytes, state);
  if (!attributes.ok) return abort(attributes.error);
  switch (opCode) {
    case "WSC_MSG":
      return onMessage(state, attributes.value, bytes);
    case "WSC_ACK":
      return onAck(state, attributes.value);
    case "WSC_NACK":
      return onNack(state, attributes.value);
    default:
      return abort({ kind: "unexpectedOpCode", opCode });
  }
}

function onMessage(state: Awaiting, attributes: Attributes, bytes: Uint8Array): AccessPointStep {
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

function onM2(state: AwaitM2, attributes: Attributes, bytes: Uint8Array): AccessPointStep {
  const { config, draws } = state;
  const own = { enrolleeNonce: draws.nonce, registrarNonce: attributes.registrarNonce?.[0] ?? NO_NONCE };
  const m2 = take(M2, attributes);
  if (!m2.ok) return rejectWith(own, malformed("M2", m2.error));
  if (config.access.type === "none") return rejectWith(own, { kind: "setupLocked" });
  const { devicePasswordId } = m2.value;
  const password = passwordNamed(config.access.passwords, devicePasswordId, isStrict(config, m2.value.wfaExtension));
  if (password === null) return rejectWith(own, { kind: "otherPassword", devicePasswordId });
  const exchange = establishWithM2(state, config, password, m2.value, bytes);
  if (!exchange.ok) return rejectWith(own, exchange.error);

  const m3 = composeM3(draws, exchange.value, bytes);
  return {
    state: { name: "awaitM4", config, draws, exchange: exchange.value, lastSent: m3 },
    send: outgoing(M3, m3),
    events: [{ type: "registrarMet", registrar: registrarIn(attributes) }],
  };
}

function onLock(state: Awaiting): AccessPointStep {
  switch (state.name) {
    case "awaitM2":
    case "awaitM4":
    case "awaitM6":
    case "awaitM8":
      return stay({ ...state, config: { ...state.config, access: { type: "none" } } });
    case "deciding":
      return reject(state, { kind: "setupLocked" });
    case "awaitAck":
      return stay(state);
  }
}

/** The Registrar will not serve us. A station would wait for another one; to an access point only this one came. */
function onM2D(state: AwaitM2, attributes: Attributes): AccessPointStep {
  const m2d = take(M2D, attributes);
  if (!m2d.ok) return reject(state, malformed("M2D", m2d.error));
  const { registrarNonce = NO_NONCE, configError = 0 } = m2d.value;
  const error = { kind: "turnedAway", configError } as const;
  return go(failed(error), nack({ enrolleeNonce: state.draws.nonce, registrarNonce }, 0));
}

function onM4(state: AwaitM4, attributes: Attributes, bytes: Uint8Array): AccessPointStep {
  if (state.config.access.type === "none") return reject(state, { kind: "setupLocked" });
  const rHash2 = verifyM4(state, attributes, bytes);
  if (!rHash2.ok) return reject(state, rHash2.error);
  const m5 = composeM5(state, bytes);
  return go({ ...state, name: "awaitM6", lastSent: m5, rHash2: rHash2.value }, outgoing(M5, m5));
}

function onM6(state: AwaitM6, attributes: Attributes, bytes: Uint8Array): AccessPointStep {
  const { config, draws, exchange } = state;
  if (config.access.type === "none") return reject(state, { kind: "setupLocked" });
  const fault = faultInM6(state, attributes, bytes);
  if (fault !== null) return reject(state, fault);
  const shown = sealSettings(exchange.keys, draws.iv7, SETTINGS.M7OfAccessPoint, {
    eSnonce2: draws.eS2,
    ...strongestMode(config.settings),
    macAddress: config.device.macAddress,
  });
  const m7 = composeM7(state, bytes, shown);
  return {
    state: { name: "awaitM8", config, draws, exchange, lastSent: m7 },
    send: outgoing(M7, m7),
    events: [{ type: "passwordProven" }],
  };
}

function onM8(state: AwaitM8, attributes: Attributes, bytes: Uint8Array): AccessPointStep {
  const { config, exchange } = state;
  if (config.access.type !== "readAndWrite") {
    const m8 = takeSigned(M8, state, attributes, bytes);
    return reject(state, m8.ok ? { kind: "setupLocked" } : m8.error);
  }
  const told = openM8(state, attributes, bytes, SETTINGS.M8ForAccessPoint);
  if (!told.ok) return reject(state, told.error);
  const settings = newSettings(told.value);
  if (!settings.ok) return reject(state, { kind: "badApSettings", fault: settings.error });
  return {
    state: { name: "deciding", exchange, settings: settings.value },
    send: null,
    events: [{ type: "settingsGiven", settings: settings.value }],
  };
}

function onAck(state: Awaiting, attributes: Attributes): AccessPointStep {
  const received = takeEnding(noncesOf(state), WSC_ACK, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name !== "awaitAck") return abort({ kind: "outOfOrder", message: "WSC_ACK", awaited: awaited(state) });
  return stay({ name: "configured", settings: state.settings });
}

/** The Registrar gives up, or has read what it wanted. An access point says nothing to that: EAP-Failure follows at once. */
function onNack(state: Awaiting, attributes: Attributes): AccessPointStep {
  const received = takeEnding(noncesOf(state), WSC_NACK, attributes);
  if (!received.ok) return abort(received.error);
  const { configError } = received.value;
  if (state.name === "awaitM8" && configError === 0) return stay({ name: "read" });
  return abort({ kind: "refused", configError, lastSent: lastSentIn(state) });
}

function lastSentIn(state: Awaiting): MessageType {
  switch (state.name) {
    case "awaitM2":
      return "M1";
    case "awaitM4":
      return "M3";
    case "awaitM6":
      return "M5";
    case "awaitM8":
    case "deciding":
      return "M7";
    case "awaitAck":
      return "WSC_Done";
  }
}

function awaited(state: Awaiting): MessageType | "decision" {
  switch (state.name) {
    case "awaitM2":
      return "M2";
    case "awaitM4":
      return "M4";
    case "awaitM6":
      return "M6";
    case "awaitM8":
      return "M8";
    case "deciding":
      return "decision";
    case "awaitAck":
      return "WSC_ACK";
  }
}

function noncesOf(state: Awaiting): Nonces {
  return state.name === "awaitM2" ? { enrolleeNonce: state.draws.nonce, registrarNonce: NO_NONCE } : state.exchange;
}

function outOfOrder(state: Awaiting, message: MessageType): AccessPointStep {
  return reject(state, { kind: "outOfOrder", message, awaited: awaited(state) });
}

function reject(state: Awaiting, error: WscError): AccessPointStep {
  return rejectWith(noncesOf(state), error);
}

function rejectWith(own: Nonces, error: WscError): AccessPointStep {
  return go(failed(error), nack(own, configErrorFor(error)));
}
