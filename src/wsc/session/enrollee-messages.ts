/**
 * What every Enrollee does alike, be it a station or an access point: how its messages are composed, what those of the
 * Registrar must show, and what it draws. No states here: where a run stands is for enrollee.ts and
 * access-point-enrollee.ts to know.
 */
import { CONFIG_ERROR, DEVICE_PASSWORD_ID, VERSION2 } from "../attributes.ts";
import type { Attributes, Body, Slot } from "../codec.ts";
import { equal, PRIVATE_KEY_LENGTH, publicKeyOf } from "../crypto.ts";
import type { DeviceInfo } from "../device.ts";
import type { WscError } from "../errors.ts";
import { publicKeyHash } from "../keys.ts";
import { encode, M1, type M2, M3, M4, M5, M6, M7, M8, messageTypeFrom } from "../messages.ts";
import type { Random } from "../random.ts";
import { err, ok, type Result } from "../result.ts";
import { Secret } from "../secret.ts";
import { SETTINGS, sealSettings } from "../settings.ts";
import {
  commit,
  deviceAttributes,
  type Exchange,
  establish,
  isAuthentic,
  isNonce,
  isStrict,
  malformed,
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

/** Draws what one run takes, each under its purpose. */
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

/** Who sent an M2 or M2D, by its own word. */
export function registrarIn(attributes: Attributes): RegistrarIdentity {
  return {
    uuid: attributes.uuidR?.[0] ?? null,
    manufacturer: attributes.manufacturer?.[0] ?? null,
    modelName: attributes.modelName?.[0] ?? null,
    modelNumber: attributes.modelNumber?.[0] ?? null,
    serialNumber: attributes.serialNumber?.[0] ?? null,
    deviceName: attributes.deviceName?.[0] ?? null,
  };
}

/** A run whose M1 is out. */
export interface Opened {
  readonly draws: EnrolleeDraws;
  readonly publicKey: Uint8Array;
  /** M1. */
  readonly lastSent: Uint8Array;
}

/**
 * Composes M1. Costs an exponentiation.
 * @throws RangeError for a device whose texts or ids do not fit their attributes: the caller's bug
 */
export function composeM1(
  device: DeviceInfo,
  draws: EnrolleeDraws,
  about: { readonly wscState: number; readonly devicePasswordId: number; readonly multiAp?: number },
): Opened {
  const publicKey = publicKeyOf(draws.privateKey);
  const m1 = encode(M1, {
    ...deviceAttributes(device),
    ...opening(M1),
    wscState: about.wscState,
    devicePasswordId: about.devicePasswordId,
    uuidE: device.uuid,
    macAddress: device.macAddress,
    enrolleeNonce: draws.nonce,
    publicKey,
    configError: CONFIG_ERROR.none,
    wfaExtension: { version2: VERSION2, ...(about.multiAp === undefined ? {} : { multiAp: about.multiAp }) },
  });
  return { draws, publicKey, lastSent: m1 };
}

const FROM_REGISTRAR = ["M2", "M2D", "M4", "M6", "M8"] as const;

/** Which message came, once it is clear that it belongs to this run and goes to an Enrollee. */
export function heard(
  enrolleeNonce: Uint8Array,
  attributes: Attributes,
): Result<(typeof FROM_REGISTRAR)[number], Reaction> {
  if (!isNonce(attributes.enrolleeNonce, enrolleeNonce))
    return err({ type: "abort", error: { kind: "wrongNonce", nonce: "enrollee" } });
  if (attributes.messageType === undefined)
    return err({ type: "reject", error: malformed(null, { kind: "missing", attribute: "messageType" }) });
  const [messageType] = attributes.messageType;
  const message = FROM_REGISTRAR.find((name) => name === messageTypeFrom(messageType));
  return message === undefined ? err({ type: "abort", error: { kind: "unknownMessage", messageType } }) : ok(message);
}

/**
 * The password of ours under which we go on, by the id that M2 names; null when it is none. The first is the one that M1
 * announced. PIN ids 0 and 5 stand for each other among Wi-Fi Direct devices, and some access points answer a push of
 * the button with id 0 (quirk `button-answered-by-pin-id`).
 */
export function passwordNamed(
  [announced, ...others]: readonly [DevicePassword, ...DevicePassword[]],
  named: number,
  strict: boolean,
): DevicePassword | null {
  const { default: pin, registrarSpecified, pushButton } = DEVICE_PASSWORD_ID;
  const exact = [announced, ...others].find(({ id }) => id === named);
  if (exact !== undefined) return exact;
  const stands =
    (named === pin && (announced.id === registrarSpecified || (announced.id === pushButton && !strict))) ||
    (named === registrarSpecified && announced.id === pin);
  return stands ? announced : null;
}

/** Derives the keys of the run from M2, and sees by its Authenticator that the Registrar holds them too. */
export function establishWithM2(
  { draws, publicKey, lastSent }: Opened,
  config: Manners & { readonly device: DeviceInfo },
  { secret, peerKeyHash }: DevicePassword,
  m2: Body<(typeof M2)["slots"][number]>,
  bytes: Uint8Array,
): Result<Exchange, WscError> {
  if (peerKeyHash !== undefined && !equal(publicKeyHash(m2.publicKey), peerKeyHash))
    return err({ kind: "publicKeyMismatch", message: "M2" });
  const exchange = establish({
    enrolleeNonce: draws.nonce,
    registrarNonce: m2.registrarNonce,
    enrolleeKey: publicKey,
    registrarKey: m2.publicKey,
    macAddress: config.device.macAddress,
    strict: isStrict(config, m2.wfaExtension),
    privateKey: draws.privateKey,
    peer: "registrar",
    password: secret,
  });
  if (exchange === null) return err({ kind: "badPublicKey", message: "M2" });
  if (!isAuthentic(exchange, lastSent, bytes, m2.authenticator))
    return err({ kind: "badAuthenticator", message: "M2" });
  return ok(exchange);
}

/** From M3 on. */
export interface Proving extends Signed {
  readonly draws: EnrolleeDraws;
}

/** Commits to both halves of the password. */
export function composeM3({ eS1, eS2 }: EnrolleeDraws, exchange: Exchange, m2: Uint8Array): Uint8Array {
  return sign(
    exchange,
    m2,
    encode(M3, {
      ...opening(M3),
      registrarNonce: exchange.registrarNonce,
      eHash1: commit(exchange, 1, eS1),
      eHash2: commit(exchange, 2, eS2),
      authenticator: UNSIGNED,
    }),
  );
}

/** The Registrar shows that it knows the first half. Gives R-Hash2, which M6 must open. */
export function verifyM4(state: Proving, attributes: Attributes, bytes: Uint8Array): Result<Uint8Array, WscError> {
  const m4 = takeSigned(M4, state, attributes, bytes);
  if (!m4.ok) return m4;
  const settings = takeSettings(state.exchange, "M4", SETTINGS.M4, m4.value.encryptedSettings);
  if (!settings.ok) return settings;
  const { rHash1, rHash2 } = m4.value;
  return opens(state.exchange, 1, settings.value.rSnonce1, rHash1)
    ? ok(rHash2)
    : err({ kind: "wrongPassword", half: 1 });
}

/** Shows that we know the first half. */
export function composeM5({ exchange, draws }: Proving, m4: Uint8Array): Uint8Array {
  return sign(
    exchange,
    m4,
    encode(M5, {
      ...opening(M5),
      registrarNonce: exchange.registrarNonce,
      encryptedSettings: sealSettings(exchange.keys, draws.iv5, SETTINGS.M5, { eSnonce1: draws.eS1 }),
      authenticator: UNSIGNED,
    }),
  );
}

/** The Registrar shows that it knows the second half; null when it does. */
export function faultInM6(
  state: Proving & { readonly rHash2: Uint8Array },
  attributes: Attributes,
  bytes: Uint8Array,
): WscError | null {
  const m6 = takeSigned(M6, state, attributes, bytes);
  if (!m6.ok) return m6.error;
  const settings = takeSettings(state.exchange, "M6", SETTINGS.M6, m6.value.encryptedSettings);
  if (!settings.ok) return settings.error;
  return opens(state.exchange, 2, settings.value.rSnonce2, state.rHash2) ? null : { kind: "wrongPassword", half: 2 };
}

/** Shows that we know the second half, and what else the sealed settings hold. */
export function composeM7({ exchange }: Proving, m6: Uint8Array, encryptedSettings: Uint8Array): Uint8Array {
  return sign(
    exchange,
    m6,
    encode(M7, {
      ...opening(M7),
      registrarNonce: exchange.registrarNonce,
      encryptedSettings,
      authenticator: UNSIGNED,
    }),
  );
}

/** What M8 hands over. */
export function openM8<S extends Slot>(
  state: Proving,
  attributes: Attributes,
  bytes: Uint8Array,
  slots: readonly S[],
): Result<Body<S>, WscError> {
  const m8 = takeSigned(M8, state, attributes, bytes);
  return m8.ok ? takeSettings(state.exchange, "M8", slots, m8.value.encryptedSettings) : m8;
}
