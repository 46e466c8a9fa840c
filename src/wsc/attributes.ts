/**
 * The wire vocabulary: every attribute of the protocol with its id, its kind of value, and what a receiver does when the
 * length is wrong or it comes too often. Data only; codec.ts acts on it.
 */
import { anyBytes, anySecret, bytes, macAddress, secret, text, u8, u16, u32, type ValueKind } from "./values.ts";
import { foreignExtension, isWfa, wfaExtension } from "./vendor-extension.ts";

/** What a wrong length does: the whole message fails, the attribute counts as absent, or its head is used. */
export type WhenWrong = "fail" | "ignore" | "cut";

/** An attribute: its id on the wire, its kind of value, and the rules for a wrong length or for too many of it. */
export interface Attribute<T> {
  readonly id: number;
  readonly kind: ValueKind<T>;
  readonly tooShort: WhenWrong;
  /** Also for a length between the limits that is not a legal multiple, and for wrong content. */
  readonly tooLong: WhenWrong;
  /** How often it may come; of an attribute that may come once, the last one counts. */
  readonly limit: number;
  /** What one more than `limit` does. */
  readonly beyond: "skip" | "fail";
}

function attr<T>(id: number, kind: ValueKind<T>, rules: WhenWrong | Partial<Attribute<T>> = "fail"): Attribute<T> {
  const wrong = typeof rules === "string" ? rules : "fail";
  const special = typeof rules === "string" ? {} : rules;
  return { id, kind, tooShort: wrong, tooLong: wrong, limit: 1, beyond: "skip", ...special };
}

/**
 * An attribute that no message of ours needs. The reference does not know it either, so that nothing
 * about it can make a message fail.
 */
function unused<T>(id: number, kind: ValueKind<T>): Attribute<T> {
  return attr(id, kind, "ignore");
}

/**
 * Every attribute by its name: its id on the wire, the lengths it may have, and what becomes of one that is too long
 * or too short.
 */
export const ATTR = {
  apChannel: attr(0x1001, u16),
  associationState: attr(0x1002, u16),
  authenticationType: attr(0x1003, u16),
  authenticationTypeFlags: attr(0x1004, u16),
  authenticator: attr(0x1005, bytes(8)),
  configMethods: attr(0x1008, u16),
  configError: attr(0x1009, u16),
  confirmationUrlIpv4: unused(0x100a, text(64)),
  confirmationUrlIpv6: unused(0x100b, text(76)),
  connectionType: unused(0x100c, u8),
  connectionTypeFlags: attr(0x100d, u8),
  /** Nested attributes, with the network's key among them. */
  credential: attr(0x100e, anySecret, { limit: 10 }),
  encryptionType: attr(0x100f, u16),
  encryptionTypeFlags: attr(0x1010, u16),
  deviceName: attr(0x1011, text(32), "ignore"),
  devicePasswordId: attr(0x1012, u16),
  eHash1: attr(0x1014, bytes(32)),
  eHash2: attr(0x1015, bytes(32)),
  eSnonce1: attr(0x1016, secret(16)),
  eSnonce2: attr(0x1017, secret(16)),
  /** IV (16) and ciphertext; that it is at least 32 and a multiple of 16 is checked where it is opened. */
  encryptedSettings: attr(0x1018, anyBytes),
  enrolleeNonce: attr(0x101a, bytes(16)),
  featureId: unused(0x101b, u32),
  identity: unused(0x101c, text(80)),
  identityProof: unused(0x101d, anySecret),
  keyWrapAuthenticator: attr(0x101e, bytes(8)),
  keyIdentifier: unused(0x101f, bytes(16)),
  macAddress: attr(0x1020, macAddress),
  manufacturer: attr(0x1021, text(64), "cut"),
  messageType: attr(0x1022, u8),
  modelName: attr(0x1023, text(32), "cut"),
  modelNumber: attr(0x1024, text(32), "cut"),
  networkIndex: attr(0x1026, u8),
  networkKey: attr(0x1027, secret(0, 64), "ignore"),
  networkKeyIndex: attr(0x1028, u8),
  newDeviceName: unused(0x1029, text(32)),
  newPassword: unused(0x102a, secret(0, 64)),
  /** Hash of a public key (20), password id (2), password (16..32, none for id 7). */
  oobDevicePassword: attr(0x102c, secret(22, 54)),
  /** The most significant bit is always 1. */
  osVersion: attr(0x102d, u32),
  powerLevel: unused(0x102f, u8),
  pskCurrent: unused(0x1030, u8),
  pskMax: unused(0x1031, u8),
  /** 192 bytes; two fewer are accepted from peers that drop leading zeros. */
  publicKey: attr(0x1032, bytes(190, 192), "ignore"),
  radioEnabled: unused(0x1033, u8),
  reboot: unused(0x1034, u8),
  registrarCurrent: unused(0x1035, u8),
  registrarEstablished: unused(0x1036, u8),
  registrarList: unused(0x1037, bytes(0, 512)),
  registrarMax: unused(0x1038, u8),
  registrarNonce: attr(0x1039, bytes(16)),
  requestType: attr(0x103a, u8),
  responseType: attr(0x103b, u8),
  rfBands: attr(0x103c, u8),
  rHash1: attr(0x103d, bytes(32)),
  rHash2: attr(0x103e, bytes(32)),
  rSnonce1: attr(0x103f, secret(16)),
  rSnonce2: attr(0x1040, secret(16)),
  selectedRegistrar: attr(0x1041, u8),
  serialNumber: attr(0x1042, text(32), "cut"),
  wscState: attr(0x1044, u8),
  ssid: attr(0x1045, bytes(0, 32), "ignore"),
  totalNetworks: unused(0x1046, u8),
  uuidE: attr(0x1047, bytes(16)),
  uuidR: attr(0x1048, bytes(16)),
  /** The Wi-Fi Alliance's Vendor Extension: see {@link attributeName}. */
  wfaExtension: attr(0x1049, wfaExtension),
  vendorExtension: attr(0x1049, foreignExtension, { tooShort: "ignore", limit: 10, beyond: "fail" }),
  version: attr(0x104a, u8),
  x509CertificateRequest: unused(0x104b, anyBytes),
  x509Certificate: unused(0x104c, anyBytes),
  eapIdentity: unused(0x104d, text(64)),
  messageCounter: unused(0x104e, bytes(8)),
  publicKeyHash: unused(0x104f, bytes(20)),
  rekeyKey: unused(0x1050, secret(32)),
  keyLifetime: unused(0x1051, u32),
  permittedConfigMethods: unused(0x1052, u16),
  selectedRegistrarConfigMethods: attr(0x1053, u16),
  /** Category (2), OUI 00 50 f2 04, subcategory (2). */
  primaryDeviceType: attr(0x1054, bytes(8)),
  secondaryDeviceTypeList: attr(0x1055, bytes(0, 128, 8)),
  portableDevice: unused(0x1056, u8),
  apSetupLocked: attr(0x1057, u8),
  applicationExtension: unused(0x1058, bytes(16, 512)),
  eapType: unused(0x1059, bytes(0, 8)),
  initializationVector: unused(0x1060, bytes(32)),
  keyProvidedAutomatically: unused(0x1061, u8),
  ieee8021xEnabled: unused(0x1062, u8),
  appSessionKey: unused(0x1063, secret(0, 128)),
  wepTransmitKey: unused(0x1064, u8),
  requestedDeviceType: attr(0x106a, bytes(8), { limit: 10 }),
  /** An id that means nothing: receivers prove with it that they skip what they do not know. */
  extensibilityTest: unused(0x10fa, anyBytes),
} as const satisfies Record<string, Attribute<unknown>>;

/** The protocol's name of an attribute, in camelCase. */
export type AttributeName = keyof typeof ATTR;

/** The type of an attribute's value. */
export type ValueOf<N extends AttributeName> = (typeof ATTR)[N] extends Attribute<infer T> ? T : never;

const BY_ID: ReadonlyMap<number, AttributeName> = new Map(
  Object.entries(ATTR).map(([name, { id }]) => [id, name as AttributeName]),
);

/**
 * The attribute of an id; null for an unknown one. Id 0x1049 is two attributes to us: whose extension it is stands in
 * the first three bytes of its value.
 */
export function attributeName(id: number, value: Uint8Array): AttributeName | null {
  if (id === ATTR.vendorExtension.id) return isWfa(value) ? "wfaExtension" : "vendorExtension";
  return BY_ID.get(id) ?? null;
}

/** Values of Version and Version2 that we send. */
export const VERSION = 0x10;
export const VERSION2 = 0x20;

/** Bitmap. Push button and display come with their virtual or physical qualifier since 2.0. */
export const CONFIG_METHOD = {
  usb: 0x0001,
  ethernet: 0x0002,
  label: 0x0004,
  display: 0x0008,
  externalNfcToken: 0x0010,
  integratedNfcToken: 0x0020,
  nfcInterface: 0x0040,
  pushButton: 0x0080,
  keypad: 0x0100,
  virtualPushButton: 0x0280,
  physicalPushButton: 0x0480,
  p2ps: 0x1000,
  virtualDisplay: 0x2008,
  physicalDisplay: 0x4008,
} as const;

/** Bitmap; a Credential holds one bit, or WPA-PSK and WPA2-PSK. */
export const AUTHENTICATION_TYPE = {
  open: 0x0001,
  wpaPsk: 0x0002,
  shared: 0x0004,
  wpaEap: 0x0008,
  wpa2Eap: 0x0010,
  wpa2Psk: 0x0020,
} as const;

/** Bitmap; a Credential holds one bit, or TKIP and AES. */
export const ENCRYPTION_TYPE = { none: 0x0001, wep: 0x0002, tkip: 0x0004, aes: 0x0008 } as const;

/** 16 bits: where the device password of a run comes from. 9..15 are unassigned. */
export const DEVICE_PASSWORD_ID = {
  /** A PIN on a label or display. */
  default: 0x0000,
  userSpecified: 0x0001,
  machineSpecified: 0x0002,
  rekey: 0x0003,
  pushButton: 0x0004,
  registrarSpecified: 0x0005,
  nfcConnectionHandover: 0x0007,
  p2psDefault: 0x0008,
  /** From here on: the random id of an NFC password token. */
  firstToken: 0x0010,
} as const;

/** 16 bits, in M2D, WSC_NACK and probe requests: what went wrong. 0 stands for "nothing that has a number" too. */
export const CONFIG_ERROR = {
  none: 0,
  oobReadError: 1,
  decryptionCrcFailure: 2,
  channel24NotSupported: 3,
  channel5NotSupported: 4,
  signalTooWeak: 5,
  networkAuthenticationFailure: 6,
  networkAssociationFailure: 7,
  noDhcpResponse: 8,
  dhcpFailed: 9,
  ipAddressConflict: 10,
  registrarUnreachable: 11,
  multiplePbcDetected: 12,
  rogueActivity: 13,
  deviceBusy: 14,
  setupLocked: 15,
  messageTimeout: 16,
  sessionTimeout: 17,
  passwordAuthenticationFailure: 18,
  channel60NotSupported: 19,
  publicKeyHashMismatch: 20,
} as const;

/** 8 bits: whether somebody has set an access point up. A station is always 1. */
export const WSC_STATE = { notConfigured: 1, configured: 2 } as const;

/** Bitmap of Connection Type Flags. */
export const CONNECTION_TYPE = { ess: 1, ibss: 2 } as const;

/** Bitmap of RF Bands. */
export const RF_BAND = { ghz24: 1, ghz5: 2, ghz60: 4 } as const;
