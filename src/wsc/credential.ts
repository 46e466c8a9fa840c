/**
 * Credentials: the settings of a network as M8 hands them out. How they are written and read, and which of them a
 * station can use. What a network is called elsewhere (API, wpa_supplicant) is not known here.
 */
import type { MacAddress } from "./address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "./attributes.ts";
import { type Body, type Fault, parse, pick, type Slot, write } from "./codec.ts";
import { equal } from "./crypto.ts";
import { err, ok, type Result } from "./result.ts";
import { Secret } from "./secret.ts";

/** What a network is: the part that Credentials and the settings of an access point have in common. */
export interface NetworkSettings {
  /** 0..32 raw bytes, without trailing NULs. */
  readonly ssid: Uint8Array;
  /** One value of `AUTHENTICATION_TYPE`, or WPAPSK|WPA2PSK. */
  readonly authenticationType: number;
  /** One value of `ENCRYPTION_TYPE`, or TKIP|AES. */
  readonly encryptionType: number;
  /** 0..64 bytes: empty when open, 8..63 of passphrase, or 64 hex digits of PSK. */
  readonly networkKey: Secret;
}

/** The settings of a network, as M8 hands them to one device. */
export interface Credential extends NetworkSettings {
  /** The Enrollee's own address. */
  readonly macAddress: MacAddress;
  /** Whether it may be passed on to others; absent where nothing is said of it, as before 2.0. */
  readonly shareable?: boolean;
  /** What an application wants to know with it: UUID (16) and data. Kept, and not understood. */
  readonly applicationExtension?: Uint8Array;
  /** What other vendors add: their ids (3) and data. Kept, and not understood. */
  readonly vendorExtensions?: readonly Uint8Array[];
}

/** Why a Credential makes the whole message invalid. */
export type CredentialFault =
  | { readonly kind: "malformed"; readonly fault: Fault }
  /** No key, one of a wrong length, or one with characters that no passphrase has. */
  | { readonly kind: "badKey" }
  | { readonly kind: "badEncryptionType"; readonly encryptionType: number };

/** Why a valid Credential is of no use to a station. */
export type SkipReason = "wep" | "authenticationType" | "noSsid";

const SLOTS = [
  "networkIndex",
  "ssid",
  "authenticationType",
  "encryptionType",
  "networkKeyIndex?",
  "networkKey?",
  "macAddress",
  "wfaExtension?",
  "vendorExtension*",
  "applicationExtension?",
] as const satisfies readonly Slot[];

/** The value of a Credential attribute. */
export function encodeCredential({ shareable, vendorExtensions = [], ...credential }: Credential): Secret {
  const extension = shareable === undefined ? {} : { wfaExtension: { networkKeyShareable: shareable ? 1 : 0 } };
  // Network Index is deprecated and always 1.
  return new Secret(write(SLOTS, { networkIndex: 1, ...credential, ...extension, vendorExtension: vendorExtensions }));
}

/**
 * Reads the value of a Credential attribute. A missing key is forgiven in an open network, a final NUL in an SSID or a passphrase;
 * an address that is not ours is the caller's to judge, and most peers get it wrong.
 */
export function decodeCredential(value: Secret): Result<Credential, CredentialFault> {
  const attributes = parse(value.reveal());
  if (!attributes.ok) return err({ kind: "malformed", fault: attributes.error });
  const body = pick(SLOTS, attributes.value);
  if (!body.ok) return err({ kind: "malformed", fault: body.error });
  const network = networkFrom(body.value);
  if (!network.ok) return network;
  const { macAddress, wfaExtension, vendorExtension, applicationExtension } = body.value;
  const shareable = wfaExtension?.networkKeyShareable;
  return ok({
    ...network.value,
    macAddress,
    ...(shareable === undefined ? {} : { shareable: shareable !== 0 }),
    ...(vendorExtension.length === 0 ? {} : { vendorExtensions: vendorExtension }),
    ...(applicationExtension === undefined ? {} : { applicationExtension }),
  });
}

/** The network that attributes describe, with what peers get wrong put right. */
export function networkFrom(
  attributes: Body<"ssid" | "authenticationType" | "encryptionType" | "networkKey?">,
): Result<NetworkSettings, CredentialFault> {
  const { ssid, authenticationType, encryptionType, networkKey } = attributes;
  const open = authenticationType === AUTHENTICATION_TYPE.open && encryptionType === ENCRYPTION_TYPE.none;
  if (networkKey === undefined && !open)
    return err({ kind: "malformed", fault: { kind: "missing", attribute: "networkKey" } });

  return ok({
    ssid: withoutTrailingNuls(ssid),
    authenticationType,
    encryptionType,
    networkKey: usesPsk(authenticationType) ? withoutFinalNul(networkKey) : (networkKey ?? NO_KEY),
  });
}

const NO_KEY = new Secret(new Uint8Array());

/** What a station makes of the Credentials of an M8. */
export interface CredentialChoice {
  readonly usable: readonly Credential[];
  readonly skipped: readonly { readonly credential: Credential; readonly reason: SkipReason }[];
}

/**
 * Sorts the Credentials of an M8. An invalid one makes the message invalid; one of a kind that is not
 * supported (WEP, enterprise) is skipped. Whether at least one is left is the caller's question.
 */
export function usableCredentials(values: readonly Secret[]): Result<CredentialChoice, CredentialFault> {
  const usable: Credential[] = [];
  const skipped: { credential: Credential; reason: SkipReason }[] = [];
  for (const value of values) {
    const credential = decodeCredential(value);
    if (!credential.ok) return credential;
    const verdict = judge(credential.value);
    if (!verdict.ok) return verdict;
    if (verdict.value === null) usable.push(credential.value);
    else skipped.push({ credential: credential.value, reason: verdict.value });
  }
  return ok({ usable, skipped });
}

/**
 * Credentials as the networks they stand for: some access points in mixed mode give one for WPA and one for WPA2, with the
 * same name and key. They keep their order.
 */
export function mergedCredentials(credentials: readonly Credential[]): readonly Credential[] {
  const networks: Credential[] = [];
  for (const credential of credentials) {
    const at = networks.findIndex((network) => isSameNetwork(network, credential));
    const twin = networks[at];
    if (twin === undefined) networks.push(credential);
    else networks[at] = withModesOf(twin, credential);
  }
  return networks;
}

function isSameNetwork(one: Credential, other: Credential): boolean {
  return (
    onlyPsk(one.authenticationType) &&
    onlyPsk(other.authenticationType) &&
    equal(one.ssid, other.ssid) &&
    equal(one.networkKey.reveal(), other.networkKey.reveal())
  );
}

function withModesOf(network: Credential, { authenticationType, encryptionType }: Credential): Credential {
  return {
    ...network,
    authenticationType: network.authenticationType | authenticationType,
    encryptionType: network.encryptionType | encryptionType,
  };
}

/** Why a Credential is to be skipped; null when it is good. */
function judge(credential: Credential): Result<SkipReason | null, CredentialFault> {
  const { authenticationType, encryptionType, ssid } = credential;
  const { none, wep, tkip, aes } = ENCRYPTION_TYPE;

  if (!hasFittingKey(credential)) return err({ kind: "badKey" });
  if ((encryptionType & (none | tkip | aes)) === 0)
    return encryptionType & wep ? ok("wep") : err({ kind: "badEncryptionType", encryptionType });
  if (authenticationType !== AUTHENTICATION_TYPE.open && !onlyPsk(authenticationType)) return ok("authenticationType");
  return ok(ssid.length === 0 ? "noSsid" : null);
}

const PSK = AUTHENTICATION_TYPE.wpaPsk | AUTHENTICATION_TYPE.wpa2Psk;

function usesPsk(authenticationType: number): boolean {
  return (authenticationType & PSK) !== 0;
}

/** WPA or WPA2 with a PSK, and nothing else. */
export function onlyPsk(authenticationType: number): boolean {
  return usesPsk(authenticationType) && (authenticationType & ~PSK) === 0;
}

/** Whether a network that needs a PSK or passphrase has one. */
export function hasFittingKey({ authenticationType, networkKey }: NetworkSettings): boolean {
  return !usesPsk(authenticationType) || isPskOrPassphrase(networkKey);
}

/** 8..63 bytes without control characters, or 64 hex digits. */
function isPskOrPassphrase(key: Secret): boolean {
  const bytes = key.reveal();
  if (bytes.length === 64) return /^[0-9a-f]{64}$/i.test(key.revealText());
  return bytes.length >= 8 && bytes.length < 64 && bytes.every((byte) => byte >= 0x20 && byte !== 0x7f);
}

/** Some Registrars fill an SSID up to 32 bytes. */
function withoutTrailingNuls(ssid: Uint8Array): Uint8Array {
  return ssid.subarray(0, ssid.findLastIndex((byte) => byte !== 0) + 1);
}

/** A Registrar is known that counts the NUL behind a passphrase. */
function withoutFinalNul(key: Secret | undefined): Secret {
  if (key === undefined) return NO_KEY;
  const bytes = key.reveal();
  return bytes.length > 8 && bytes.length < 64 && bytes.at(-1) === 0 ? new Secret(bytes.subarray(0, -1)) : key;
}
