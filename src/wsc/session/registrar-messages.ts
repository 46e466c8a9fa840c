/**
 * What every Registrar does alike, whether it enrols a station or looks after an access point: how its messages are
 * composed, what those of the Enrollee must show, and what it draws. No states here: where a run stands is for
 * registrar.ts and external-registrar.ts to know.
 */
import type { MacAddress } from "../address.ts";
import { CONFIG_ERROR, DEVICE_PASSWORD_ID } from "../attributes.ts";
import type { Attributes, Body, Slot } from "../codec.ts";
import { equal, isPublicKey, PRIVATE_KEY_LENGTH, publicKeyOf } from "../crypto.ts";
import type { DeviceInfo } from "../device.ts";
import type { WscError } from "../errors.ts";
import { publicKeyHash } from "../keys.ts";
import { encode, M1, M2, M2D, M3, M4, M5, M6, M7, M8, messageTypeFrom, take } from "../messages.ts";
import type { Random } from "../random.ts";
import { err, ok, type Result } from "../result.ts";
import { Secret } from "../secret.ts";
import { SETTINGS, sealSettings } from "../settings.ts";
import type { WfaExtension } from "../vendor-extension.ts";
import {
  commit,
  deviceAttributes,
  type Exchange,
  establish,
  isNonce,
  isStrict,
  malformed,
  NO_NONCE,
  opening,
  opens,
  type Signed,
  sign,
  takeSettings,
  takeSigned,
  UNSIGNED,
} from "./exchange.ts";
import type { DevicePassword, Manners, Reaction } from "./session.ts";

/** Everything that chance decides in a run. Drawn once for each run: nonces and IVs must not serve twice. */
export interface RegistrarDraws {
  /** 16 bytes (protocol: N2). */
  readonly nonce: Uint8Array;
  readonly privateKey: Secret;
  /** 16 bytes each: R-S1, R-S2. */
  readonly rS1: Secret;
  readonly rS2: Secret;
  /** 16 bytes each, for the Encrypted Settings of M4, M6 and M8; in a handover, of M2 instead. */
  readonly iv4: Uint8Array;
  readonly iv6: Uint8Array;
  readonly iv8: Uint8Array;
}

/** Draws what one run takes, each under its purpose. */
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

/** What an Enrollee says of itself in M1. Nothing of it is proven. */
export interface EnrolleeIdentity {
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  readonly macAddress: MacAddress;
  readonly manufacturer: string;
  readonly modelName: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  readonly deviceName: string;
  /** 8 bytes. */
  readonly primaryDeviceType: Uint8Array;
  /** Bitmaps of `CONFIG_METHOD`, `AUTHENTICATION_TYPE`, `ENCRYPTION_TYPE` and `RF_BAND`. */
  readonly configMethods: number;
  readonly authenticationTypes: number;
  readonly encryptionTypes: number;
  readonly rfBands: number;
  readonly osVersion: number;
  /** 2 (configured) is an access point; a station is always 1. */
  readonly wscState: number;
  readonly devicePasswordId: number;
  /** What it says in the Wi-Fi Alliance's extension; without Version2 it is a 1.0 device. */
  readonly wfaExtension: WfaExtension;
}

/** A run whose M1 is here. */
export interface Asked {
  readonly enrollee: EnrolleeIdentity;
  readonly enrolleeNonce: Uint8Array;
  readonly enrolleeKey: Uint8Array;
  /** M1, which the Authenticator of M2 covers. */
  readonly lastReceived: Uint8Array;
}

const FROM_ENROLLEE = ["M1", "M3", "M5", "M7"] as const;

/**
 * Which message came, once it is clear that it belongs to this run and goes to a Registrar.
 * @param registrarNonce null before M1: there is no run yet, hence no nonce that a message could show
 */
export function heard(
  registrarNonce: Uint8Array | null,
  attributes: Attributes,
): Result<(typeof FROM_ENROLLEE)[number], Reaction> {
  const messageType = attributes.messageType?.[0];
  const message =
    messageType === undefined ? undefined : FROM_ENROLLEE.find((name) => name === messageTypeFrom(messageType));
  const nonceDue = message !== "M1" && !(registrarNonce === null && messageType === undefined);
  if (nonceDue && !isNonce(attributes.registrarNonce, registrarNonce ?? NO_NONCE))
    return err({ type: "abort", error: { kind: "wrongNonce", nonce: "registrar" } });
  if (messageType === undefined)
    return err({ type: "reject", error: malformed(null, { kind: "missing", attribute: "messageType" }) });
  return message === undefined ? err({ type: "abort", error: { kind: "unknownMessage", messageType } }) : ok(message);
}

/** Reads M1. What its public key costs is paid when it is answered. */
export function takeM1(attributes: Attributes, bytes: Uint8Array): Result<Asked, WscError> {
  const m1 = take(M1, attributes);
  if (!m1.ok) return err(malformed("M1", m1.error));
  if (!isPublicKey(m1.value.publicKey)) return err({ kind: "badPublicKey", message: "M1" });
  return ok({
    enrollee: enrolleeIn(m1.value),
    enrolleeNonce: m1.value.enrolleeNonce,
    enrolleeKey: m1.value.publicKey,
    lastReceived: new Uint8Array(bytes),
  });
}

function enrolleeIn(m1: Body<(typeof M1)["slots"][number]>): EnrolleeIdentity {
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

/** Whether an id announces a password that somebody could know: neither "rekey" nor an unassigned one. */
export function isPasswordId(id: number): boolean {
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

/** Derives the keys of a run from M1. Costs two exponentiations, one of them for our own public key. */
export function establishWithM1(
  config: Manners,
  draws: RegistrarDraws,
  { enrollee, enrolleeNonce, enrolleeKey }: Asked,
  { secret, peerKeyHash }: DevicePassword,
): Result<Exchange, WscError> {
  if (peerKeyHash !== undefined && !equal(publicKeyHash(enrolleeKey), peerKeyHash))
    return err({ kind: "publicKeyMismatch", message: "M1" });
  const exchange = establish({
    enrolleeNonce,
    registrarNonce: draws.nonce,
    enrolleeKey,
    registrarKey: publicKeyOf(draws.privateKey),
    macAddress: enrollee.macAddress,
    strict: isStrict(config, enrollee.wfaExtension),
    privateKey: draws.privateKey,
    peer: "enrollee",
    password: secret,
  });
  return exchange === null ? err({ kind: "badPublicKey", message: "M1" }) : ok(exchange);
}

/** @param encryptedSettings only where the run ends with M2, because both sides met by NFC */
export function composeM2(
  device: DeviceInfo,
  exchange: Exchange,
  { enrollee, lastReceived }: Asked,
  password: DevicePassword,
  encryptedSettings?: Uint8Array,
): Uint8Array {
  return sign(
    exchange,
    lastReceived,
    encode(M2, {
      ...deviceAttributes(device),
      ...opening(M2),
      enrolleeNonce: exchange.enrolleeNonce,
      registrarNonce: exchange.registrarNonce,
      uuidR: device.uuid,
      publicKey: exchange.registrarKey,
      configError: CONFIG_ERROR.none,
      devicePasswordId: answeredId(enrollee.devicePasswordId, password.id),
      ...(encryptedSettings === undefined ? {} : { encryptedSettings }),
      authenticator: UNSIGNED,
    }),
  );
}

/** Any PIN answers any of the ids that announce one; the Enrollee wants its own id back. */
function answeredId(announced: number, password: number): number {
  return announcesPin(announced) && announcesPin(password) ? announced : password;
}

/** Says to an Enrollee that we do not serve it. */
export function composeM2D(device: DeviceInfo, enrolleeNonce: Uint8Array, configError: number): Uint8Array {
  return encode(M2D, {
    ...deviceAttributes(device),
    ...opening(M2D),
    enrolleeNonce,
    // As the reference does: our nonce begins to count with M2.
    registrarNonce: NO_NONCE,
    uuidR: device.uuid,
    configError,
  });
}

/** From M2 on. */
export interface Proving extends Signed {
  readonly draws: RegistrarDraws;
}

/** E-Hash1 and E-Hash2: what E-S1 in M5 and E-S2 in M7 must open. */
export interface EnrolleeHashes {
  readonly eHash1: Uint8Array;
  readonly eHash2: Uint8Array;
}

/** The Enrollee commits to both halves of the password. */
export function verifyM3(state: Proving, attributes: Attributes, bytes: Uint8Array): Result<EnrolleeHashes, WscError> {
  const m3 = takeSigned(M3, state, attributes, bytes);
  return m3.ok ? ok({ eHash1: m3.value.eHash1, eHash2: m3.value.eHash2 }) : m3;
}

/** Commits to both halves, and shows that we know the first. */
export function composeM4({ exchange, draws }: Proving, m3: Uint8Array): Uint8Array {
  return sign(
    exchange,
    m3,
    encode(M4, {
      ...opening(M4),
      enrolleeNonce: exchange.enrolleeNonce,
      rHash1: commit(exchange, 1, draws.rS1),
      rHash2: commit(exchange, 2, draws.rS2),
      encryptedSettings: sealSettings(exchange.keys, draws.iv4, SETTINGS.M4, { rSnonce1: draws.rS1 }),
      authenticator: UNSIGNED,
    }),
  );
}

/** The Enrollee shows that it knows the first half; null when it does. */
export function faultInM5(
  state: Proving & Pick<EnrolleeHashes, "eHash1">,
  attributes: Attributes,
  bytes: Uint8Array,
): WscError | null {
  const m5 = takeSigned(M5, state, attributes, bytes);
  if (!m5.ok) return m5.error;
  const settings = takeSettings(state.exchange, "M5", SETTINGS.M5, m5.value.encryptedSettings);
  if (!settings.ok) return settings.error;
  return opens(state.exchange, 1, settings.value.eSnonce1, state.eHash1) ? null : { kind: "wrongPassword", half: 1 };
}

/** Shows that we know the second half. */
export function composeM6({ exchange, draws }: Proving, m5: Uint8Array): Uint8Array {
  return sign(
    exchange,
    m5,
    encode(M6, {
      ...opening(M6),
      enrolleeNonce: exchange.enrolleeNonce,
      encryptedSettings: sealSettings(exchange.keys, draws.iv6, SETTINGS.M6, { rSnonce2: draws.rS2 }),
      authenticator: UNSIGNED,
    }),
  );
}

/** Opens what shows that the Enrollee knows the second half; {@link provesSecondHalf} then looks at it. */
export function openM7<S extends Slot>(
  state: Proving,
  attributes: Attributes,
  bytes: Uint8Array,
  slots: readonly S[],
): Result<Body<S>, WscError> {
  const m7 = takeSigned(M7, state, attributes, bytes);
  return m7.ok ? takeSettings(state.exchange, "M7", slots, m7.value.encryptedSettings) : m7;
}

/** Whether E-S2 opens what M3 committed to. */
export function provesSecondHalf(
  { exchange, eHash2 }: Proving & Pick<EnrolleeHashes, "eHash2">,
  eSnonce2: Secret,
): boolean {
  return opens(exchange, 2, eSnonce2, eHash2);
}

/** Hands over what the sealed settings hold. */
export function composeM8({ exchange }: Proving, m7: Uint8Array, encryptedSettings: Uint8Array): Uint8Array {
  return sign(
    exchange,
    m7,
    encode(M8, {
      ...opening(M8),
      enrolleeNonce: exchange.enrolleeNonce,
      encryptedSettings,
      authenticator: UNSIGNED,
    }),
  );
}
