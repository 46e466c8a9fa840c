/**
 * The Registrar's side of a run with a station: hears who wants in, waits until somebody outside admits or refuses it,
 * has it prove the device password, and hands out credentials. A pure step.
 * Windows, PINs and overlaps are not known here: they come in as `admit` and `refuse`.
 *
 * To what a peer does wrong it reacts as the reference does: it *aborts*, in silence, what belongs to no run of its
 * own, and *rejects*, with a NACK, what goes wrong within the run.
 */
import { CONFIG_ERROR, DEVICE_PASSWORD_ID } from "../attributes.ts";
import type { Attributes, Body } from "../codec.ts";
import { type Credential, encodeCredential } from "../credential.ts";
import { configErrorFor, type WscError } from "../errors.ts";
import { M2, M2D, M4, M6, M8, type MessageType, WSC_ACK, WSC_DONE, WSC_NACK } from "../messages.ts";
import { SETTINGS, sealSettings } from "../settings.ts";
import { demandKeyHash, nack, outgoing, read, takeEnding } from "./exchange.ts";
import {
  composeM2,
  composeM2D,
  composeM4,
  composeM6,
  composeM8,
  type EnrolleeIdentity,
  establishWithM1,
  faultInM5,
  heard,
  isPasswordId,
  openM7,
  provesSecondHalf,
  type RegistrarDraws,
  takeM1,
  verifyM3,
} from "./registrar-messages.ts";
import {
  type Awaiting,
  type AwaitM1,
  type AwaitM3,
  type AwaitM5,
  type AwaitM7,
  awaited,
  type Deciding,
  lastSentIn,
  noncesOf,
  type RegistrarConfig,
  type RegistrarState,
} from "./registrar-state.ts";
import { abort, type DevicePassword, failed, go, type Step, stay, type WscMessage } from "./session.ts";

export { drawRegistrar, type EnrolleeIdentity, type RegistrarDraws } from "./registrar-messages.ts";
export type { RegistrarConfig, RegistrarState } from "./registrar-state.ts";

/** A message from the Enrollee, or a decision about it. */
export type RegistrarInput =
  | { readonly type: "message"; readonly message: WscMessage }
  /** Answers `asked`: these credentials, to whoever knows this password. At least one credential. */
  | {
      readonly type: "admit";
      readonly password: DevicePassword;
      readonly credentials: readonly Credential[];
      /** What the Enrollee is to announce next time in place of this password. */
      readonly newPassword?: DevicePassword;
    }
  /**
   * Answers `asked` by M2D, or ends a run that was admitted by a NACK (two devices at one push of the button, say).
   * After M8 it comes too late.
   */
  | {
      readonly type: "refuse";
      readonly configError: number;
      /** Other Registrars may serve it: when it has taken note of M2D, the run is `passedOn`. */
      readonly elsewhere?: boolean;
    };

/** What whoever decides must hear. */
export type RegistrarEvent =
  /** A good M1 came: answer by `admit` or `refuse`. */
  | { readonly type: "asked"; readonly enrollee: EnrolleeIdentity }
  /** M6 goes out, and with it enough to try out the second half of the password: a PIN must not serve again until `passwordProven`. */
  | { readonly type: "passwordExposed"; readonly enrollee: EnrolleeIdentity }
  /** The Enrollee knows the whole password, or holds the key that it showed by touch; M8, or such an M2, goes out. */
  | { readonly type: "passwordProven"; readonly enrollee: EnrolleeIdentity };

type Admission = Extract<RegistrarInput, { readonly type: "admit" }>;
type RegistrarStep = Step<RegistrarState, RegistrarEvent>;

/** A run that awaits its M1. */
export function openRegistrar(config: RegistrarConfig, draws: RegistrarDraws): RegistrarState {
  return { name: "awaitM1", config, draws };
}

/**
 * Takes one message from the Enrollee, or one decision about it. Never throws, whatever the bytes; a decision that
 * nobody waits for any more changes nothing.
 * @throws RangeError for a device or credential that does not fit its attributes, TypeError for the password of a handover
 *   without the hash of the Enrollee's key: the caller's bugs
 */
export function stepRegistrar(state: RegistrarState, input: RegistrarInput): RegistrarStep {
  if (state.name === "enrolled" || state.name === "passedOn" || state.name === "failed") return stay(state);
  switch (input.type) {
    case "message":
      return onMessage(state, input.message);
    case "admit":
      return state.name === "deciding" ? sendM2(state, input) : stay(state);
    case "refuse":
      return onRefuse(state, input.configError, input.elsewhere ?? false);
  }
}

/** Ends a run because its carrier did. An enrolment that is complete stays so. */
export function endRegistrar(state: RegistrarState): RegistrarState {
  if (state.name === "enrolled" || state.name === "failed") return state;
  if (state.name === "passedOn") return failed({ kind: "turnedAway", configError: CONFIG_ERROR.none });
  if (state.name === "awaitM2dAck") return failed({ kind: "turnedAway", configError: state.configError });
  return failed({ kind: "cutOff", awaited: awaited(state) });
}

function onMessage(state: Awaiting, { opCode, bytes }: WscMessage): RegistrarStep {
  const attributes = read(bytes, state);
  if (!attributes.ok) return abort(attributes.error);
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

function onM1({ config, draws }: AwaitM1, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const asked = takeM1(attributes, bytes);
  if (!asked.ok) return abort(asked.error);
  const { enrollee } = asked.value;
  const deciding: Deciding = { name: "deciding", config, draws, ...asked.value };
  if (!isPasswordId(enrollee.devicePasswordId)) return sendM2D(deciding, CONFIG_ERROR.none);
  return { state: deciding, send: null, events: [{ type: "asked", enrollee }] };
}

function grantOf({ credentials, newPassword }: Admission): Body<(typeof SETTINGS.M8)[number]> {
  const credential = credentials.map(encodeCredential);
  return newPassword === undefined
    ? { credential }
    : { credential, newPassword: newPassword.secret, devicePasswordId: newPassword.id };
}

function sendM2(state: Deciding, admission: Admission): RegistrarStep {
  const { password, credentials } = admission;
  if (credentials.length === 0) throw new RangeError("credentials: expected at least one, got none");
  demandKeyHash(password);
  const { config, draws, enrollee } = state;
  const exchange = establishWithM1(config, draws, state, password);
  // The one fault that the Enrollee is told of: what it showed out of band is not its key.
  if (!exchange.ok)
    return exchange.error.kind === "publicKeyMismatch"
      ? sendM2D(state, configErrorFor(exchange.error))
      : abort(exchange.error);
  // Written now, so that one which does not fit its attributes shows while its giver is still there.
  const grant = grantOf(admission);

  // Both sides met by touch and know each other's key: there is nothing left to prove.
  const { nfcConnectionHandover } = DEVICE_PASSWORD_ID;
  if (password.id === nfcConnectionHandover && enrollee.devicePasswordId === nfcConnectionHandover) {
    const settings = sealSettings(exchange.value.keys, draws.iv8, SETTINGS.M8, grant);
    return {
      state: { name: "awaitDone", grantedBy: "M2", enrollee, exchange: exchange.value },
      send: outgoing(M2, composeM2(config.device, exchange.value, state, password, settings)),
      events: [{ type: "passwordProven", enrollee }],
    };
  }

  const m2 = composeM2(config.device, exchange.value, state, password);
  return go({ name: "awaitM3", draws, enrollee, exchange: exchange.value, grant, lastSent: m2 }, outgoing(M2, m2));
}

function sendM2D({ config, enrolleeNonce }: Deciding, configError: number, elsewhere = false): RegistrarStep {
  const m2d = composeM2D(config.device, enrolleeNonce, configError);
  return go({ name: "awaitM2dAck", enrolleeNonce, configError, elsewhere }, outgoing(M2D, m2d));
}

function onRefuse(state: Awaiting, configError: number, elsewhere: boolean): RegistrarStep {
  switch (state.name) {
    case "deciding":
      return sendM2D(state, configError, elsewhere);
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
  const hashes = verifyM3(state, attributes, bytes);
  if (!hashes.ok) return reject(state, hashes.error);
  const m4 = composeM4(state, bytes);
  return go({ ...state, name: "awaitM5", lastSent: m4, ...hashes.value }, outgoing(M4, m4));
}

function onM5(state: AwaitM5, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const { draws, enrollee, exchange, grant, eHash2 } = state;
  const fault = faultInM5(state, attributes, bytes);
  if (fault !== null) return reject(state, fault);
  const m6 = composeM6(state, bytes);
  return {
    state: { name: "awaitM7", draws, enrollee, exchange, grant, lastSent: m6, eHash2 },
    send: outgoing(M6, m6),
    events: [{ type: "passwordExposed", enrollee }],
  };
}

function onM7(state: AwaitM7, attributes: Attributes, bytes: Uint8Array): RegistrarStep {
  const { draws, enrollee, exchange, grant } = state;
  const settings = openM7(state, attributes, bytes, SETTINGS.M7);
  if (!settings.ok) return reject(state, settings.error);
  if (!provesSecondHalf(state, settings.value.eSnonce2)) return reject(state, { kind: "wrongPassword", half: 2 });
  const m8 = composeM8(state, bytes, sealSettings(exchange.keys, draws.iv8, SETTINGS.M8, grant));
  return {
    state: { name: "awaitDone", grantedBy: "M8", enrollee, exchange },
    send: outgoing(M8, m8),
    events: [{ type: "passwordProven", enrollee }],
  };
}

function onDone(state: Awaiting, attributes: Attributes): RegistrarStep {
  const received = takeEnding(noncesOf(state), WSC_DONE, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name !== "awaitDone") return abort({ kind: "outOfOrder", message: "WSC_Done", awaited: awaited(state) });
  return { state: { name: "enrolled", enrollee: state.enrollee }, send: null, events: [] };
}

/** The Enrollee has taken note that we do not serve it. That is all, unless other Registrars stand behind us. */
function onAck(state: Awaiting, attributes: Attributes): RegistrarStep {
  const received = takeEnding(noncesOf(state), WSC_ACK, attributes);
  if (!received.ok) return abort(received.error);
  if (state.name !== "awaitM2dAck") return abort({ kind: "outOfOrder", message: "WSC_ACK", awaited: awaited(state) });
  if (state.elsewhere) return stay({ name: "passedOn", enrolleeNonce: state.enrolleeNonce });
  return abort({ kind: "turnedAway", configError: state.configError });
}

/** The Enrollee gives up. An access point says nothing to that: EAP-Failure follows at once. */
function onNack(state: Awaiting, attributes: Attributes): RegistrarStep {
  const received = takeEnding(noncesOf(state), WSC_NACK, attributes);
  if (!received.ok) return abort(received.error);
  const lastSent = lastSentIn(state);
  if (lastSent === null) return abort({ kind: "outOfOrder", message: "WSC_NACK", awaited: awaited(state) });
  return abort({ kind: "refused", configError: received.value.configError, lastSent });
}

function outOfOrder(state: Awaiting, message: MessageType): RegistrarStep {
  return reject(state, { kind: "outOfOrder", message, awaited: awaited(state) });
}

function reject(state: Awaiting, error: WscError): RegistrarStep {
  return go(failed(error), nack(noncesOf(state), configErrorFor(error)));
}
