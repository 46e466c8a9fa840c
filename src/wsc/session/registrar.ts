/**
 * The Registrar's side of a run with a station: hears who wants in, waits until somebody outside admits or refuses it,
 * has it prove the device password, and hands out credentials. A pure step.
 * Windows, PINs and overlaps are not known here: they come in as `admit` and `refuse`.
 *
 * To what a peer does wrong it reacts as the reference does: it *aborts*, in silence, what belongs to no run of its
 * own, and *rejects*, with a NACK, what goes wrong within the run.
 */
import { CONFIG_ERROR, DEVICE_PASSWORD_ID } from "../attributes.ts";
import { type Attributes, type Body, type Fault, parse, type Slot } from "../codec.ts";
import { type Credential, encodeCredential } from "../credential.ts";
import { isPublicKey, PRIVATE_KEY_LENGTH, publicKeyOf } from "../crypto.ts";
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
  type Schema,
  take,
  WSC_ACK,
  WSC_DONE,
  WSC_NACK,
} from "../messages.ts";
import type { Random } from "../random.ts";
import { err, type Result } from "../result.ts";
import { Secret } from "../secret.ts";
import { openSettings, SETTINGS, sealSettings } from "../settings.ts";
import {
  commit,
  deviceAttributes,
  establish,
  isAuthentic,
  isNonce,
  NO_NONCE,
  nack,
  opening,
  opens,
  outgoing,
  sign,
  UNSIGNED,
} from "./exchange.ts";
import {
  type Awaiting,
  type AwaitM1,
  type AwaitM3,
  type AwaitM5,
  type AwaitM7,
  awaited,
  type Deciding,
  type EnrolleeIdentity,
  lastSentIn,
  noncesOf,
  type RegistrarConfig,
  type RegistrarDraws,
  type RegistrarState,
} from "./registrar-state.ts";
import type { DevicePassword, Outgoing, Step, WscMessage } from "./session.ts";

export type { EnrolleeIdentity, RegistrarConfig, RegistrarDraws, RegistrarState } from "./registrar-state.ts";

export function drawRegistrar(random: Random): RegistrarDraws {
  return {
    nonce: random("registrarNonce", 16),
    privateKey: new Secret(random("privateKey", PRIVATE_KEY_LENGTH)),
    rS1: new Secret(random("R-S1", 16)),
    rS2: new Secret(random("R-S2", 16)),
    iv4: random("iv", 16),
    iv6: random("iv", 16),
    iv8: random("iv", 16),
  };
}

export type RegistrarInput =
  | { readonly type: "message"; readonly message: WscMessage }
  /** Answers `asked`: these credentials, to whoever knows this password. At least one credential. */
  | { readonly type: "admit"; readonly password: DevicePassword; readonly credentials: readonly Credential[] }
  /**
   * Answers `asked` by M2D, or ends a run that was admitted by a NACK (two devices at one push of the button, say).
   * After M8 it comes too late.
   */
  | { readonly type: "refuse"; readonly configError: number };

export type RegistrarEvent =
  /** A good M1 came: answer by `admit` or `refuse`. */
  | { readonly type: "asked"; readonly enrollee: EnrolleeIdentity }
  /** M6 goes out, and with it enough to try out the second half of the password: a PIN must not serve again until `passwordProven`. */
  | { readonly type: "passwordExposed"; readonly enrollee: EnrolleeIdentity }
  /** The Enrollee knows the whole password; M8 goes out. */
  | { readonly type: "passwordProven"; readonly enrollee: EnrolleeIdentity };

type RegistrarStep = Step<RegistrarState, RegistrarEvent>;

/** A run that awaits its M1. */
export function openRegistrar(config: RegistrarConfig, draws: RegistrarDraws): RegistrarState {
  return { name: "awaitM1", config, draws };
}

/**
 * Takes one message from the Enrollee, or one decision about it. Never throws, whatever the bytes; a decision that
 * nobody waits for any more changes nothing.
 * @throws RangeError for a device or credential that does not fit its attributes: the caller's bug
 */
export function stepRegistrar(state: RegistrarState, input: RegistrarInput): RegistrarStep {
  if (state.name === "enrolled" || state.name === "failed") return stay(state);
  switch (input.type) {
    case "message":
      return onMessage(state, input.message);
    case "admit":
      return state.name === "deciding" ? sendM2(state, input.password, input.credentials) : stay(state);
    case "refuse":
      return onRefuse(state, input.configError);
  }
}

/** Ends a run because its carrier did. An enrolment that is complete stays so. */
export function endRegistrar(state: RegistrarState): RegistrarState {
  if (state.name === "enrolled" || state.name === "failed") return state;
  if (state.name === "awaitM2dAck") return failed({ kind: "turnedAway", configError: state.configError });
  return failed({ kind: "cutOff", awaited: awaited(state) });
}

function onMessage(state: Awaiting, { opCode, bytes }: WscMessage): RegistrarStep {
  const attributes = parse(bytes);
  if (!attributes.ok) return abort(malformed(null, attributes.error));
  switch (opCode) {
    case "WSC_MSG":
      return onWscMessage(state, attributes.value, bytes);
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

function onWscMessage(state: Awaiting, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const messageType = attributes.messageType?.[0];
  const message = messageType === undefined ? null : messageTypeFrom(messageType);
  // Until M1 is here there is no run, hence no nonce that a message without a type could belong to.
  const nonceDue = message !== "M1" && !(state.name === "awaitM1" && messageType === undefined);
  if (nonceDue && !isNonce(attributes.registrarNonce, noncesOf(state).registrarNonce))
    return abort({ kind: "wrongNonce", nonce: "registrar" });
  if (messageType === undefined) return reject(state, malformed(null, { kind: "missing", attribute: "messageType" }));
  switch (message) {
    case "M1":
      return state.name === "awaitM1"
        ? onM1(state, attributes, bytes)
        : abort({ kind: "outOfOrder", message, awaited: awaited(state) });
    case "M3":
      return state.name === "awaitM3" ? onM3(state, attributes, bytes) : outOfOrder(state, message);
    case "M5":
      return state.name === "awaitM5" ? onM5(state, attributes, bytes) : outOfOrder(state, message);
    case "M7":
      return state.name === "awaitM7" ? onM7(state, attributes, bytes) : outOfOrder(state, message);
    default:
      return abort({ kind: "unknownMessage", messageType });
  }
}

function onM1(state: AwaitM1, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const m1 = take(M1, attributes);
  if (!m1.ok) return abort(malformed("M1", m1.error));
  // Checked before anybody is asked. What the key costs is paid when the Enrollee is admitted.
  if (!isPublicKey(m1.value.publicKey)) return abort({ kind: "badPublicKey", message: "M1" });
  const deciding: Deciding = {
    name: "deciding",
    config: state.config,
    draws: state.draws,
    enrollee: identityIn(m1.value),
    enrolleeNonce: m1.value.enrolleeNonce,
    enrolleeKey: m1.value.publicKey,
    lastReceived: new Uint8Array(bytes),
  };
  if (!isPasswordId(m1.value.devicePasswordId)) return sendM2D(deciding, CONFIG_ERROR.none);
  return { state: deciding, send: null, events: [{ type: "asked", enrollee: deciding.enrollee }] };
}

/** Whether an id announces a password that somebody could know: neither "rekey" nor an unassigned one. */
function isPasswordId(id: number): boolean {
  const { pushButton, nfcConnectionHandover, firstToken } = DEVICE_PASSWORD_ID;
  return announcesPin(id) || id === pushButton || id === nfcConnectionHandover || id >= firstToken;
}

function announcesPin(id: number): boolean {
  return PIN_IDS.has(id);
}

const PIN_IDS: ReadonlySet<number> = new Set([
  DEVICE_PASSWORD_ID.default,
  DEVICE_PASSWORD_ID.userSpecified,
  DEVICE_PASSWORD_ID.machineSpecified,
  DEVICE_PASSWORD_ID.registrarSpecified,
  DEVICE_PASSWORD_ID.p2psDefault,
]);

function sendM2(
  { config, draws, enrollee, enrolleeNonce, enrolleeKey, lastReceived }: Deciding,
  password: DevicePassword,
  credentials: readonly Credential[],
): RegistrarStep {
  if (credentials.length === 0) throw new RangeError("credentials: expected at least one, got none");
  const { device } = config;
  const registrarKey = publicKeyOf(draws.privateKey);
  const exchange = establish({
    enrolleeNonce,
    registrarNonce: draws.nonce,
    enrolleeKey,
    registrarKey,
    macAddress: enrollee.macAddress,
    privateKey: draws.privateKey,
    peer: "enrollee",
    password: password.secret,
  });
  if (exchange === null) return abort({ kind: "badPublicKey", message: "M1" });
  const m2 = sign(
    exchange,
    lastReceived,
    encode(M2, {
      ...opening(M2),
      ...deviceAttributes(device),
      enrolleeNonce,
      registrarNonce: draws.nonce,
      uuidR: device.uuid,
      publicKey: registrarKey,
      configError: CONFIG_ERROR.none,
      devicePasswordId: answeredId(enrollee.devicePasswordId, password.id),
      authenticator: UNSIGNED,
    }),
  );
  // Written now, so that one which does not fit its attributes shows while its giver is still there.
  const grant = credentials.map(encodeCredential);
  return go({ name: "awaitM3", draws, enrollee, exchange, grant, lastSent: m2 }, outgoing(M2, m2));
}

/** Any PIN answers any of the ids that announce one; the Enrollee wants its own id back. */
function answeredId(announced: number, password: number): number {
  return announcesPin(announced) && announcesPin(password) ? announced : password;
}

function sendM2D({ config, enrolleeNonce }: Deciding, configError: number): RegistrarStep {
  const m2d = encode(M2D, {
    ...opening(M2D),
    ...deviceAttributes(config.device),
    enrolleeNonce,
    // As the reference does: our nonce begins to count with M2.
    registrarNonce: NO_NONCE,
    uuidR: config.device.uuid,
    configError,
  });
  return go({ name: "awaitM2dAck", enrolleeNonce, configError }, outgoing(M2D, m2d));
}

function onRefuse(state: Awaiting, configError: number): RegistrarStep {
  switch (state.name) {
    case "deciding":
      return sendM2D(state, configError);
    case "awaitM3":
    case "awaitM5":
    case "awaitM7":
      return reject(state, { kind: "turnedAway", configError });
    case "awaitM1":
    case "awaitM2dAck":
    case "awaitDone":
      return stay(state);
  }
}

function onM3(state: AwaitM3, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const { draws, exchange, lastSent } = state;
  const m3 = take(M3, attributes);
  if (!m3.ok) return reject(state, malformed("M3", m3.error));
  if (!isAuthentic(exchange, lastSent, bytes, m3.value.authenticator))
    return reject(state, { kind: "badAuthenticator", message: "M3" });

  const m4 = sign(
    exchange,
    bytes,
    encode(M4, {
      ...opening(M4),
      enrolleeNonce: exchange.enrolleeNonce,
      rHash1: commit(exchange, 1, draws.rS1),
      rHash2: commit(exchange, 2, draws.rS2),
      encryptedSettings: sealSettings(exchange.keys, draws.iv4, SETTINGS.M4, { rSnonce1: draws.rS1 }),
      authenticator: UNSIGNED,
    }),
  );
  const { eHash1, eHash2 } = m3.value;
  return go({ ...state, name: "awaitM5", lastSent: m4, eHash1, eHash2 }, outgoing(M4, m4));
}

function onM5(state: AwaitM5, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const { draws, enrollee, exchange, grant, lastSent, eHash1, eHash2 } = state;
  const m5 = take(M5, attributes);
  if (!m5.ok) return reject(state, malformed("M5", m5.error));
  if (!isAuthentic(exchange, lastSent, bytes, m5.value.authenticator))
    return reject(state, { kind: "badAuthenticator", message: "M5" });
  const settings = openSettings(exchange.keys, SETTINGS.M5, m5.value.encryptedSettings);
  if (!settings.ok) return reject(state, { kind: "badSettings", message: "M5", fault: settings.error });
  if (!opens(exchange, 1, settings.value.eSnonce1, eHash1)) return reject(state, { kind: "wrongPassword", half: 1 });

  const m6 = sign(
    exchange,
    bytes,
    encode(M6, {
      ...opening(M6),
      enrolleeNonce: exchange.enrolleeNonce,
      encryptedSettings: sealSettings(exchange.keys, draws.iv6, SETTINGS.M6, { rSnonce2: draws.rS2 }),
      authenticator: UNSIGNED,
    }),
  );
  return {
    state: { name: "awaitM7", draws, enrollee, exchange, grant, lastSent: m6, eHash2 },
    send: outgoing(M6, m6),
    events: [{ type: "passwordExposed", enrollee }],
  };
}

function onM7(state: AwaitM7, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const { draws, enrollee, exchange, grant, lastSent, eHash2 } = state;
  const m7 = take(M7, attributes);
  if (!m7.ok) return reject(state, malformed("M7", m7.error));
  if (!isAuthentic(exchange, lastSent, bytes, m7.value.authenticator))
    return reject(state, { kind: "badAuthenticator", message: "M7" });
  const settings = openSettings(exchange.keys, SETTINGS.M7, m7.value.encryptedSettings);
  if (!settings.ok) return reject(state, { kind: "badSettings", message: "M7", fault: settings.error });
  if (!opens(exchange, 2, settings.value.eSnonce2, eHash2)) return reject(state, { kind: "wrongPassword", half: 2 });

  const m8 = sign(
    exchange,
    bytes,
    encode(M8, {
      ...opening(M8),
      enrolleeNonce: exchange.enrolleeNonce,
      encryptedSettings: sealSettings(exchange.keys, draws.iv8, SETTINGS.M8, { credential: grant }),
      authenticator: UNSIGNED,
    }),
  );
  return {
    state: { name: "awaitDone", enrollee, exchange },
    send: outgoing(M8, m8),
    events: [{ type: "passwordProven", enrollee }],
  };
}

function onDone(state: Awaiting, attributes: Attributes): RegistrarStep {
  const received = takeEnding(state, WSC_DONE, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name !== "awaitDone") return abort({ kind: "outOfOrder", message: "WSC_Done", awaited: awaited(state) });
  return { state: { name: "enrolled", enrollee: state.enrollee }, send: null, events: [] };
}

/** The Enrollee has taken note that we do not serve it. That is all: no other Registrar stands behind us. */
function onAck(state: Awaiting, attributes: Attributes): RegistrarStep {
  const received = takeEnding(state, WSC_ACK, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name !== "awaitM2dAck") return abort({ kind: "outOfOrder", message: "WSC_ACK", awaited: awaited(state) });
  return abort({ kind: "turnedAway", configError: state.configError });
}

/** The Enrollee gives up. An access point says nothing to that: EAP-Failure follows at once. */
function onNack(state: Awaiting, attributes: Attributes): RegistrarStep {
  const received = takeEnding(state, WSC_NACK, attributes);
  if (!received.ok) return abort(received.error);
  const lastSent = lastSentIn(state);
  if (lastSent === null) return abort({ kind: "outOfOrder", message: "WSC_NACK", awaited: awaited(state) });
  return abort({ kind: "refused", configError: received.value.configError, lastSent });
}

/** ACK, NACK and Done carry no Authenticator: the nonces alone show that they belong to the run. */
function takeEnding<S extends Slot>(
  state: Awaiting,
  schema: Schema<S>,
  attributes: Attributes,
): Result<Body<S>, WscError> {
  const own = noncesOf(state);
  const received = take(schema, attributes);
  if (!received.ok) return err(malformed(schema.name, received.error));
  if (!isNonce(attributes.registrarNonce, own.registrarNonce)) return err({ kind: "wrongNonce", nonce: "registrar" });
  if (!isNonce(attributes.enrolleeNonce, own.enrolleeNonce)) return err({ kind: "wrongNonce", nonce: "enrollee" });
  return received;
}

function identityIn(m1: Body<(typeof M1)["slots"][number]>): EnrolleeIdentity {
  return {
    uuid: m1.uuidE,
    macAddress: m1.macAddress,
    manufacturer: m1.manufacturer,
    modelName: m1.modelName,
    modelNumber: m1.modelNumber,
    serialNumber: m1.serialNumber,
    deviceName: m1.deviceName,
    primaryDeviceType: m1.primaryDeviceType,
    configMethods: m1.configMethods,
    authenticationTypes: m1.authenticationTypeFlags,
    encryptionTypes: m1.encryptionTypeFlags,
    rfBands: m1.rfBands,
    osVersion: m1.osVersion,
    wscState: m1.wscState,
    devicePasswordId: m1.devicePasswordId,
    wfaExtension: m1.wfaExtension ?? {},
  };
}

function malformed(message: MessageType | null, fault: Fault): WscError {
  return { kind: "malformed", message, fault };
}

function stay(state: RegistrarState): RegistrarStep {
  return { state, send: null, events: [] };
}

function go(state: RegistrarState, send: Outgoing): RegistrarStep {
  return { state, send, events: [] };
}

function outOfOrder(state: Awaiting, message: MessageType): RegistrarStep {
  return reject(state, { kind: "outOfOrder", message, awaited: awaited(state) });
}

function reject(state: Awaiting, error: WscError): RegistrarStep {
  return go(failed(error), nack(noncesOf(state), configErrorFor(error)));
}

function abort(error: WscError): RegistrarStep {
  return stay(failed(error));
}

function failed(error: WscError): RegistrarState {
  return { name: "failed", error };
}
