/**
 * The side of an external Registrar in a run with an access point: proves that it knows the access point's PIN, learns
 * its settings and, if it was told to, writes new ones. A pure step. A station plays it over EAP, a host on the network
 * over UPnP. How stations are enrolled is in registrar.ts.
 */
import { shownSettings } from "../ap-settings.ts";
import { CONFIG_ERROR } from "../attributes.ts";
import { type Attributes, write } from "../codec.ts";
import type { NetworkSettings } from "../credential.ts";
import type { DeviceInfo } from "../device.ts";
import { configErrorFor, type WscError } from "../errors.ts";
import { M2, M2D, M4, M6, M8, type MessageType, WSC_ACK, WSC_DONE, WSC_NACK } from "../messages.ts";
import { SETTINGS, sealSettings } from "../settings.ts";
import {
  ack,
  demandKeyHash,
  type Exchange,
  NO_NONCE,
  type Nonces,
  nack,
  outgoing,
  read,
  takeEnding,
} from "./exchange.ts";
import {
  composeM2,
  composeM2D,
  composeM4,
  composeM6,
  composeM8,
  type EnrolleeHashes,
  type EnrolleeIdentity,
  establishWithM1,
  faultInM5,
  heard,
  isPasswordId,
  openM7,
  type Proving,
  provesSecondHalf,
  type RegistrarDraws,
  takeM1,
  verifyM3,
} from "./registrar-messages.ts";
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

/** What a Registrar wants of an access point. */
export type ExternalRegistrarTask =
  /** Read the access point's settings and leave. */
  { readonly type: "learn" } | { readonly type: "configure"; readonly settings: NetworkSettings };

/** What a run of an external Registrar needs to know beforehand. */
export interface ExternalRegistrarConfig extends Manners {
  readonly device: DeviceInfo;
  /** The access point's PIN, or the password of its token. */
  readonly password: DevicePassword;
  readonly task: ExternalRegistrarTask;
}

/** What an onlooker may want to know of a run before its end. */
export type ExternalRegistrarEvent =
  | { readonly type: "accessPointMet"; readonly accessPoint: EnrolleeIdentity }
  /** M7: the access point knows its own PIN, so it is the one that was meant; these are its settings now. */
  | { readonly type: "settingsShown"; readonly settings: NetworkSettings };

interface AwaitM1 {
  readonly name: "awaitM1";
  readonly config: ExternalRegistrarConfig;
  readonly draws: RegistrarDraws;
}

interface AwaitM2dAck {
  readonly name: "awaitM2dAck";
  readonly enrolleeNonce: Uint8Array;
  readonly configError: number;
}

/** From M2 on. */
interface Talking extends Proving {
  readonly task: ExternalRegistrarTask;
}

interface AwaitM3 extends Talking {
  readonly name: "awaitM3";
}

interface AwaitM5 extends Talking, EnrolleeHashes {
  readonly name: "awaitM5";
}

interface AwaitM7 extends Talking, Pick<EnrolleeHashes, "eHash2"> {
  readonly name: "awaitM7";
}

interface AwaitDone {
  readonly name: "awaitDone";
  readonly exchange: Exchange;
  readonly settings: NetworkSettings;
}

interface Learned {
  readonly name: "learned";
  readonly settings: NetworkSettings;
}

/** The access point has taken the settings on. */
interface Configured {
  readonly name: "configured";
  readonly settings: NetworkSettings;
}

/** Where the run is; named after what it waits for. `learned`, `configured` and `failed` are final. */
export type ExternalRegistrarState =
  | AwaitM1
  | AwaitM2dAck
  | AwaitM3
  | AwaitM5
  | AwaitM7
  | AwaitDone
  | Learned
  | Configured
  | Failed;

type Awaiting = Exclude<ExternalRegistrarState, Learned | Configured | Failed>;
type ExternalRegistrarStep = Step<ExternalRegistrarState, ExternalRegistrarEvent>;

/**
 * A run that awaits its M1.
 * @throws RangeError for settings that do not fit their attributes, TypeError for the password of a handover without the
 *   hash of the access point's key: the caller's bugs
 */
export function openExternalRegistrar(config: ExternalRegistrarConfig, draws: RegistrarDraws): ExternalRegistrarState {
  const { device, password, task } = config;
  demandKeyHash(password);
  // Written for nothing but to find out now, while their giver is still there.
  if (task.type === "configure") write(SETTINGS.M8ForAccessPoint, { ...task.settings, macAddress: device.macAddress });
  return { name: "awaitM1", config, draws };
}

/**
 * Takes one message from the access point. Never throws, whatever the bytes; after the end of a run nothing changes.
 * @throws RangeError for a device that does not fit its attributes: the caller's bug
 */
export function stepExternalRegistrar(
  state: ExternalRegistrarState,
  { opCode, bytes }: WscMessage,
): ExternalRegistrarStep {
  if (state.name === "learned" || state.name === "configured" || state.name === "failed") return stay(state);
  const attributes = read(bytes, state);
  if (!attributes.ok) return abort(attributes.error);
  switch (opCode) {
    case "WSC_MSG":
      return onMessage(state, attributes.value, bytes);
    case "WSC_ACK":
      return onAck(state, attributes.value);
    case "WSC_NACK":
      return onNack(state, attributes.value);
    case "WSC_Done":
      return onDone(state, attributes.value);
    default:
      return abort({ kind: "unexpectedOpCode", opCode });
  }
}

/** Ends a run because its carrier did. What was learned, or taken on, stays so. */
export function endExternalRegistrar(state: ExternalRegistrarState): ExternalRegistrarState {
  switch (state.name) {
    case "learned":
    case "configured":
    case "failed":
      return state;
    case "awaitM2dAck":
      return failed({ kind: "turnedAway", configError: state.configError });
    case "awaitM1":
    case "awaitM3":
    case "awaitM5":
    case "awaitM7":
    case "awaitDone":
      return failed({ kind: "cutOff", awaited: awaited(state) });
  }
}

function onMessage(state: Awaiting, attributes: Attributes, bytes: Uint8Array): ExternalRegistrarStep {
  const message = heard(state.name === "awaitM1" ? null : noncesOf(state).registrarNonce, attributes);
  if (!message.ok)
    return message.error.type === "abort" ? abort(message.error.error) : reject(state, message.error.error);
  switch (message.value) {
    case "M1":
      return state.name === "awaitM1"
        ? onM1(state, attributes, bytes)
        : abort({ kind: "outOfOrder", message: "M1", awaited: awaited(state) });
    case "M3":
      return state.name === "awaitM3" ? onM3(state, attributes, bytes) : outOfOrder(state, message.value);
    case "M5":
      return state.name === "awaitM5" ? onM5(state, attributes, bytes) : outOfOrder(state, message.value);
    case "M7":
      return state.name === "awaitM7" ? onM7(state, attributes, bytes) : outOfOrder(state, message.value);
  }
}

function onM1({ config, draws }: AwaitM1, attributes: Attributes, bytes: Uint8Array): ExternalRegistrarStep {
  const asked = takeM1(attributes, bytes);
  if (!asked.ok) return abort(asked.error);
  const { enrollee, enrolleeNonce } = asked.value;
  if (!isPasswordId(enrollee.devicePasswordId)) return sendM2D(config.device, enrolleeNonce, CONFIG_ERROR.none);
  const exchange = establishWithM1(config, draws, asked.value, config.password);
  if (!exchange.ok)
    return exchange.error.kind === "publicKeyMismatch"
      ? sendM2D(config.device, enrolleeNonce, configErrorFor(exchange.error))
      : abort(exchange.error);
  const m2 = composeM2(config.device, exchange.value, asked.value, config.password);
  return {
    state: { name: "awaitM3", task: config.task, draws, exchange: exchange.value, lastSent: m2 },
    send: outgoing(M2, m2),
    events: [{ type: "accessPointMet", accessPoint: enrollee }],
  };
}

function sendM2D(device: DeviceInfo, enrolleeNonce: Uint8Array, configError: number): ExternalRegistrarStep {
  const m2d = composeM2D(device, enrolleeNonce, configError);
  return go({ name: "awaitM2dAck", enrolleeNonce, configError }, outgoing(M2D, m2d));
}

function onM3(state: AwaitM3, attributes: Attributes, bytes: Uint8Array): ExternalRegistrarStep {
  const hashes = verifyM3(state, attributes, bytes);
  if (!hashes.ok) return reject(state, hashes.error);
  const m4 = composeM4(state, bytes);
  return go({ ...state, name: "awaitM5", lastSent: m4, ...hashes.value }, outgoing(M4, m4));
}

function onM5(state: AwaitM5, attributes: Attributes, bytes: Uint8Array): ExternalRegistrarStep {
  const { draws, task, exchange, eHash2 } = state;
  const fault = faultInM5(state, attributes, bytes);
  if (fault !== null) return reject(state, fault);
  const m6 = composeM6(state, bytes);
  return go({ name: "awaitM7", draws, task, exchange, lastSent: m6, eHash2 }, outgoing(M6, m6));
}

function onM7(state: AwaitM7, attributes: Attributes, bytes: Uint8Array): ExternalRegistrarStep {
  const { draws, task, exchange } = state;
  const m7 = openM7(state, attributes, bytes, SETTINGS.M7OfAccessPoint);
  if (!m7.ok) return reject(state, m7.error);
  if (!provesSecondHalf(state, m7.value.eSnonce2)) return reject(state, { kind: "wrongPassword", half: 2 });
  const shown = shownSettings(m7.value);
  if (!shown.ok) return reject(state, { kind: "badApSettings", fault: shown.error });
  const settings = shown.value;
  const events = [{ type: "settingsShown", settings }] as const;
  // Who only reads takes its leave as if something were wrong: the protocol has no other way out.
  if (task.type === "learn")
    return { state: { name: "learned", settings }, send: nack(exchange, CONFIG_ERROR.none), events };

  const told = sealSettings(exchange.keys, draws.iv8, SETTINGS.M8ForAccessPoint, {
    networkIndex: 1,
    ...task.settings,
    // The access point's own address, as it gave it.
    macAddress: m7.value.macAddress,
  });
  const m8 = composeM8(state, bytes, told);
  return { state: { name: "awaitDone", exchange, settings: task.settings }, send: outgoing(M8, m8), events };
}

function onDone(state: Awaiting, attributes: Attributes): ExternalRegistrarStep {
  const received = takeEnding(noncesOf(state), WSC_DONE, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name !== "awaitDone") return abort({ kind: "outOfOrder", message: "WSC_Done", awaited: awaited(state) });
  return go({ name: "configured", settings: state.settings }, ack(state.exchange));
}

function onAck(state: Awaiting, attributes: Attributes): ExternalRegistrarStep {
  const received = takeEnding(noncesOf(state), WSC_ACK, attributes);
  if (!received.ok) return abort(received.error);
  return state.name === "awaitM2dAck"
    ? abort({ kind: "turnedAway", configError: state.configError })
    : abort({ kind: "outOfOrder", message: "WSC_ACK", awaited: awaited(state) });
}

/** The access point gives up. A station answers with a NACK of its own, so that the EAP server need not wait. */
function onNack(state: Awaiting, attributes: Attributes): ExternalRegistrarStep {
  const received = takeEnding(noncesOf(state), WSC_NACK, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name === "awaitM2dAck") return reject(state, { kind: "turnedAway", configError: state.configError });
  const lastSent = lastSentIn(state);
  if (lastSent === null) return abort({ kind: "outOfOrder", message: "WSC_NACK", awaited: awaited(state) });
  return reject(state, { kind: "refused", configError: received.value.configError, lastSent });
}

function lastSentIn(state: Awaiting): MessageType | null {
  switch (state.name) {
    case "awaitM1":
      return null;
    case "awaitM2dAck":
      return "M2D";
    case "awaitM3":
      return "M2";
    case "awaitM5":
      return "M4";
    case "awaitM7":
      return "M6";
    case "awaitDone":
      return "M8";
  }
}

function awaited(state: Awaiting): MessageType {
  switch (state.name) {
    case "awaitM1":
      return "M1";
    case "awaitM2dAck":
      return "WSC_ACK";
    case "awaitM3":
      return "M3";
    case "awaitM5":
      return "M5";
    case "awaitM7":
      return "M7";
    case "awaitDone":
      return "WSC_Done";
  }
}

function noncesOf(state: Awaiting): Nonces {
  switch (state.name) {
    case "awaitM1":
      return { enrolleeNonce: NO_NONCE, registrarNonce: NO_NONCE };
    case "awaitM2dAck":
      return { enrolleeNonce: state.enrolleeNonce, registrarNonce: NO_NONCE };
    case "awaitM3":
    case "awaitM5":
    case "awaitM7":
    case "awaitDone":
      return state.exchange;
  }
}

function outOfOrder(state: Awaiting, message: MessageType): ExternalRegistrarStep {
  return reject(state, { kind: "outOfOrder", message, awaited: awaited(state) });
}

/** A NACK that answers a refusal says no more than that it was heard. */
function reject(state: Awaiting, error: WscError): ExternalRegistrarStep {
  const heardOf = error.kind === "turnedAway" || error.kind === "refused";
  return go(failed(error), nack(noncesOf(state), heardOf ? CONFIG_ERROR.none : configErrorFor(error)));
}
