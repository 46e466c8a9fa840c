/**
 * Attributes as people read them: their names as the protocol writes them, and their values in words. What is secret
 * stays so. Which attributes matter in which message is for `summary.ts`.
 */
import { ATTR, type AttributeName, attributeName, CONFIG_ERROR, DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import type { Tlv } from "../wsc/codec.ts";
import { deviceTypeText } from "../wsc/device.ts";
import { Secret } from "../wsc/secret.ts";

/** One attribute of a message, in the order it came. */
export interface DecodedAttribute {
  readonly id: number;
  /** Null for an id that we do not know. */
  readonly name: AttributeName | null;
  /** Bytes of its value. */
  readonly length: number;
  /** As the codec reads it; the bytes themselves where the id is unknown or the length wrong. */
  readonly value: unknown;
}

/** An attribute with its value read; one that is wrong keeps its bytes, unless they are secret. */
export function decodeAttribute({ id, value: bytes }: Tlv): DecodedAttribute {
  const name = attributeName(id, bytes);
  const attribute = { id, name, length: bytes.length };
  if (name === null) return { ...attribute, value: bytes };
  const { kind } = ATTR[name];
  const legal = bytes.length >= kind.min && bytes.length <= kind.max && bytes.length % kind.multipleOf === 0;
  return { ...attribute, value: (legal ? kind.read(bytes) : null) ?? hidden(name, bytes) };
}

/** A secret of the wrong length is none the less one. */
function hidden(name: AttributeName, bytes: Uint8Array): Uint8Array | Secret {
  return SECRET.has(name) ? new Secret(bytes) : bytes;
}

const SECRET: ReadonlySet<AttributeName> = new Set([
  "credential",
  "eSnonce1",
  "eSnonce2",
  "rSnonce1",
  "rSnonce2",
  "networkKey",
  "newPassword",
  "oobDevicePassword",
  "identityProof",
  "rekeyKey",
  "appSessionKey",
]);

/** `Device Password ID`, `E-Hash1`; `Attribute 0x1234` for an unknown one. */
export function attributeTitle({ id, name }: Pick<DecodedAttribute, "id" | "name">): string {
  if (name === null) return `Attribute ${hex(id, 4)}`;
  return (
    TITLES[name] ??
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
      .replace(/^./, (letter) => letter.toUpperCase())
      .replaceAll(/\b(?:Id|Ssid|Mac|Rf|Os|Ap|Psk|Eap|Wep)\b/g, (word) => word.toUpperCase())
  );
}

const TITLES: { readonly [N in AttributeName]?: string } = {
  configError: "Configuration Error",
  confirmationUrlIpv4: "Confirmation URL IPv4",
  confirmationUrlIpv6: "Confirmation URL IPv6",
  eHash1: "E-Hash1",
  eHash2: "E-Hash2",
  eSnonce1: "E-SNonce1",
  eSnonce2: "E-SNonce2",
  rHash1: "R-Hash1",
  rHash2: "R-Hash2",
  rSnonce1: "R-SNonce1",
  rSnonce2: "R-SNonce2",
  oobDevicePassword: "Out-of-Band Device Password",
  selectedRegistrarConfigMethods: "Selected Registrar Config Methods",
  uuidE: "UUID-E",
  uuidR: "UUID-R",
  wfaExtension: "WFA Vendor Extension",
  wscState: "Wi-Fi Simple Configuration State",
  x509Certificate: "X.509 Certificate",
  x509CertificateRequest: "X.509 Certificate Request",
  ieee8021xEnabled: "802.1X Enabled",
  eapType: "EAP Type",
};

/** The value in words: numbers with their meaning, bytes as hex, secrets as `[secret, 16 bytes]`. */
export function attributeWords({ name, value, length }: Omit<DecodedAttribute, "id">): string {
  if (value instanceof Secret) return `[secret, ${length} bytes]`;
  if (typeof value === "string") return name === "macAddress" ? value : `"${value}"`;
  if (typeof value === "number") return (name && NUMBERS[name]?.(value)) ?? String(value);
  if (value instanceof Uint8Array) return bytesWords(name, value);
  return extensionWords(value as { readonly [name: string]: unknown });
}

function bytesWords(name: AttributeName | null, value: Uint8Array): string {
  if (name === "uuidE" || name === "uuidR") return uuidWords(value);
  if (name === "ssid") return ssidWords(value);
  if (name === "primaryDeviceType" || name === "requestedDeviceType") return deviceTypeWords(value);
  return value.length === 0 ? "(empty)" : toHex(value);
}

function extensionWords(extension: { readonly [name: string]: unknown }): string {
  const parts = Object.entries(extension).map(([name, value]) => {
    if (value instanceof Uint8Array) return `Authorized MACs ${authorizedMacsWords(value)}`;
    const words = typeof value === "number" ? SUBELEMENTS[name]?.(value) : undefined;
    return `${attributeTitle({ id: 0, name: name as AttributeName })} ${words ?? value}`;
  });
  return parts.length === 0 ? "(empty)" : parts.join(", ");
}

/** Addresses end to end, as text with commas; the broadcast address as `anybody`, none as `nobody`. */
export function authorizedMacsWords(bytes: Uint8Array): string {
  if (bytes.length === 0) return "nobody";
  const digits = toHex(bytes).match(/.{12}/g) ?? [];
  return digits.map((mac) => (mac === "ffffffffffff" ? "anybody" : mac.replaceAll(/(..)(?=.)/g, "$1:"))).join(", ");
}

/** A network's name in quotes; the hidden one as `(hidden)`. */
export function ssidWords(ssid: Uint8Array): string {
  return ssid.every((byte) => byte === 0) ? "(hidden)" : `"${new TextDecoder().decode(ssid)}"`;
}

/** `2b7093f1-d6fb-5108-adbb-bea66bb87333` */
export function uuidWords(uuid: Uint8Array): string {
  return toHex(uuid).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** `6-0050F204-1`: category, OUI, subcategory. */
function deviceTypeWords(bytes: Uint8Array): string {
  if (bytes.length !== 8) return toHex(bytes);
  const text = deviceTypeText(bytes);
  const name = CATEGORIES[Number.parseInt(text, 10) - 1];
  return name === undefined ? text : `${text} (${name})`;
}

const CATEGORIES = [
  "computer",
  "input device",
  "printer or scanner",
  "camera",
  "storage",
  "network infrastructure",
  "display",
  "multimedia",
  "gaming",
  "telephone",
  "audio",
];

function versionWords(version: number): string {
  return `${version >> 4}.${version & 0x0f}`;
}

/** A number with its width: `0x0023`. */
export function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

type Bits = readonly (readonly [mask: number, words: string])[];

/** Names the bits of a bitmap; a pair of bits that means one thing stands before its single bits. */
function bitWords(value: number, bits: Bits, digits: number): string {
  const names: string[] = [];
  let left = value;
  for (const [mask, words] of bits) {
    if ((left & mask) !== mask) continue;
    names.push(words);
    left &= ~mask;
  }
  if (left !== 0) names.push(hex(left, digits));
  return names.length === 0 ? "none" : names.join(", ");
}

/** The methods by name, push button and display with their qualifier. */
export function configMethodWords(value: number): string {
  // Both kinds of button share a bit; a device with both is named so.
  if ((value & 0x0680) === 0x0680) return `physical push button, ${configMethodWords(value & ~0x0400)}`;
  if ((value & 0x6008) === 0x6008) return `physical display, ${configMethodWords(value & ~0x4000)}`;
  return bitWords(value, CONFIG_METHODS, 4);
}

const CONFIG_METHODS: Bits = [
  [0x0001, "USB"],
  [0x0002, "Ethernet"],
  [0x0004, "label"],
  [0x2008, "virtual display"],
  [0x4008, "physical display"],
  [0x0008, "display"],
  [0x0010, "external NFC token"],
  [0x0020, "integrated NFC token"],
  [0x0040, "NFC interface"],
  [0x0280, "virtual push button"],
  [0x0480, "physical push button"],
  [0x0080, "push button"],
  [0x0100, "keypad"],
  [0x1000, "P2PS"],
];

const AUTHENTICATION: Bits = [
  [0x0001, "open"],
  [0x0002, "WPA-PSK"],
  [0x0004, "shared"],
  [0x0008, "WPA-EAP"],
  [0x0010, "WPA2-EAP"],
  [0x0020, "WPA2-PSK"],
];

const ENCRYPTION: Bits = [
  [0x0001, "none"],
  [0x0002, "WEP"],
  [0x0004, "TKIP"],
  [0x0008, "AES"],
];

const BANDS: Bits = [
  [0x01, "2.4 GHz"],
  [0x02, "5 GHz"],
  [0x04, "60 GHz"],
];

const CONNECTION: Bits = [
  [0x01, "ESS"],
  [0x02, "IBSS"],
];

const named =
  (names: { readonly [value: number]: string }) =>
  (value: number): string =>
    `${value} (${names[value] ?? "unknown"})`;

const yesOrNo = (value: number): string => (value === 0 ? "no" : "yes");

/** What a Device Password ID stands for. */
export function passwordIdWords(id: number): string {
  return id >= DEVICE_PASSWORD_ID.firstToken ? `NFC token ${hex(id, 4)}` : (PASSWORD_IDS[id] ?? `password id ${id}`);
}

const PASSWORD_IDS: { readonly [id: number]: string } = {
  [DEVICE_PASSWORD_ID.default]: "PIN",
  [DEVICE_PASSWORD_ID.userSpecified]: "user-specified password",
  [DEVICE_PASSWORD_ID.machineSpecified]: "machine-specified password",
  [DEVICE_PASSWORD_ID.rekey]: "rekey",
  [DEVICE_PASSWORD_ID.pushButton]: "push button",
  [DEVICE_PASSWORD_ID.registrarSpecified]: "Registrar-specified PIN",
  [DEVICE_PASSWORD_ID.nfcConnectionHandover]: "NFC connection handover",
  [DEVICE_PASSWORD_ID.p2psDefault]: "P2PS default PIN",
};

/** What a Configuration Error stands for. */
export function configErrorWords(error: number): string {
  return CONFIG_ERRORS[error] ?? "unknown error";
}

const CONFIG_ERRORS: { readonly [error: number]: string } = {
  [CONFIG_ERROR.none]: "no error",
  [CONFIG_ERROR.oobReadError]: "out-of-band read error",
  [CONFIG_ERROR.decryptionCrcFailure]: "decryption failure",
  [CONFIG_ERROR.channel24NotSupported]: "2.4 GHz channel not supported",
  [CONFIG_ERROR.channel5NotSupported]: "5 GHz channel not supported",
  [CONFIG_ERROR.signalTooWeak]: "signal too weak",
  [CONFIG_ERROR.networkAuthenticationFailure]: "network authentication failure",
  [CONFIG_ERROR.networkAssociationFailure]: "network association failure",
  [CONFIG_ERROR.noDhcpResponse]: "no DHCP response",
  [CONFIG_ERROR.dhcpFailed]: "DHCP failed",
  [CONFIG_ERROR.ipAddressConflict]: "IP address conflict",
  [CONFIG_ERROR.registrarUnreachable]: "could not connect to Registrar",
  [CONFIG_ERROR.multiplePbcDetected]: "two devices press the button at once",
  [CONFIG_ERROR.rogueActivity]: "rogue activity suspected",
  [CONFIG_ERROR.deviceBusy]: "device busy",
  [CONFIG_ERROR.setupLocked]: "setup locked",
  [CONFIG_ERROR.messageTimeout]: "message timeout",
  [CONFIG_ERROR.sessionTimeout]: "session timeout",
  [CONFIG_ERROR.passwordAuthenticationFailure]: "wrong device password",
  [CONFIG_ERROR.channel60NotSupported]: "60 GHz channel not supported",
  [CONFIG_ERROR.publicKeyHashMismatch]: "public key hash mismatch",
};

const MESSAGE_TYPES: { readonly [type: number]: string } = {
  1: "Beacon",
  2: "Probe Request",
  3: "Probe Response",
  4: "M1",
  5: "M2",
  6: "M2D",
  7: "M3",
  8: "M4",
  9: "M5",
  10: "M6",
  11: "M7",
  12: "M8",
  13: "WSC_ACK",
  14: "WSC_NACK",
  15: "WSC_Done",
};

const SUBELEMENTS: { readonly [name: string]: (value: number) => string } = {
  version2: versionWords,
  multiAp: (value) => hex(value, 2),
  networkKeyShareable: yesOrNo,
  requestToEnroll: yesOrNo,
  registrarConfigMethods: configMethodWords,
};

const NUMBERS: { readonly [N in AttributeName]?: (value: number) => string } = {
  associationState: named({
    0: "not associated",
    1: "connection success",
    2: "configuration failure",
    3: "association failure",
    4: "IP failure",
  }),
  authenticationType: (value) => bitWords(value, AUTHENTICATION, 4),
  authenticationTypeFlags: (value) => bitWords(value, AUTHENTICATION, 4),
  configMethods: configMethodWords,
  permittedConfigMethods: configMethodWords,
  selectedRegistrarConfigMethods: configMethodWords,
  configError: (value) => `${value} (${configErrorWords(value)})`,
  connectionType: (value) => bitWords(value, CONNECTION, 2),
  connectionTypeFlags: (value) => bitWords(value, CONNECTION, 2),
  devicePasswordId: (value) => `${value} (${passwordIdWords(value)})`,
  encryptionType: (value) => bitWords(value, ENCRYPTION, 4),
  encryptionTypeFlags: (value) => bitWords(value, ENCRYPTION, 4),
  messageType: named(MESSAGE_TYPES),
  osVersion: (value) => hex(value, 8),
  requestType: named({ 0: "Enrollee info only", 1: "Enrollee", 2: "Registrar", 3: "WLAN manager Registrar" }),
  responseType: named({ 0: "Enrollee info only", 1: "Enrollee", 2: "Registrar", 3: "AP" }),
  rfBands: (value) => bitWords(value, BANDS, 2),
  selectedRegistrar: yesOrNo,
  apSetupLocked: yesOrNo,
  portableDevice: yesOrNo,
  version: versionWords,
  wscState: named({ 1: "not configured", 2: "configured" }),
};
