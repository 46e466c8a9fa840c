/**
 * What WPS 2.0 demands beyond what it takes to understand a message: the list by which we judge what we send
 * ourselves, by which a decoder can judge others, and by which a machine that is told to be strict refuses 2.0 peers. Off
 * by default: the machines are more tolerant than that.
 */
import type { MacAddress } from "./address.ts";
import { type AttributeName, attributeName, type ValueOf, VERSION } from "./attributes.ts";
import { type Attributes, type Fault, parse, readAttributes, readTlvs, type Tlv } from "./codec.ts";
import { PUBLIC_KEY_LENGTH } from "./crypto.ts";
import { err, ok, type Result } from "./result.ts";
import type { Secret } from "./secret.ts";

/** One demand that a message does not meet. */
export interface Violation {
  /** null: the message as a whole. */
  readonly attribute: AttributeName | null;
  /** What is demanded. */
  readonly rule: string;
}

/** Demands on values. An attribute that is absent violates none of them. */
const DEMANDS: { readonly [N in AttributeName]?: readonly [rule: string, holds: (value: ValueOf<N>) => boolean] } = {
  version: ["is 0x10", (value) => value === VERSION],
  wfaExtension: ["has Version2 0x20 or later", ({ version2 = 0x20 }) => version2 >= 0x20],
  authenticationTypeFlags: ["has WPA2-PSK and no unknown bits", (value) => has(value, 0x20) && within(value, 0x3f)],
  encryptionTypeFlags: ["has AES and no unknown bits", (value) => has(value, 0x08) && within(value, 0x0f)],
  connectionTypeFlags: ["has ESS and no unknown bits", (value) => has(value, 1) && within(value, 3)],
  authenticationType: ["is one type, or WPA-PSK with WPA2-PSK", (value) => isOne(value, 0x3f) || value === 0x22],
  encryptionType: ["is one type, or TKIP with AES", (value) => isOne(value, 0x0f) || value === 0x0c],
  publicKey: ["has 192 bytes", (value) => value.length === PUBLIC_KEY_LENGTH],
  macAddress: ["is of one device", (value) => (Number.parseInt(value.slice(0, 2), 16) & 1) === 0],
  devicePasswordId: ["is assigned", (value) => value < 9 || value > 15],
  rfBands: ["is 2.4, 5 or 60 GHz, the first two, or all", (value) => [1, 2, 3, 4, 7].includes(value)],
  networkKey: ["does not end in NUL", (key) => key.length <= 8 || key.length >= 64 || key.reveal().at(-1) !== 0],
  ssid: ["is not empty and does not end in NUL", (value) => value.length > 0 && value.at(-1) !== 0],
};

/** Texts, which may not end in NUL; as values they have lost what shows it. */
const TEXTS: readonly AttributeName[] = ["manufacturer", "modelName", "modelNumber", "serialNumber", "deviceName"];

/**
 * What a message or element does that it should not. Empty for a good one.
 * @param frame "probeRequest" and "probeResponse" have demands of their own
 */
export function violations(
  bytes: Uint8Array,
  frame: "probeRequest" | "probeResponse" | null = null,
): Result<readonly Violation[], Fault> {
  const tlvs = readTlvs(bytes);
  if (!tlvs.ok) return tlvs;
  const attributes = readAttributes(tlvs.value);
  if (!attributes.ok) return err(attributes.error);
  return ok([
    ...inLayout(tlvs.value, bytes),
    ...inValues(attributes.value),
    ...inTexts(tlvs.value),
    ...inCredentials(attributes.value),
    ...inFrame(attributes.value, frame),
  ]);
}

/**
 * The same for opened Encrypted Settings.
 * @param enrollee whose address every MAC Address in there must be
 */
export function violationsInSettings(text: Uint8Array, enrollee: MacAddress): Result<readonly Violation[], Fault> {
  const found = violations(text);
  const attributes = parse(text);
  if (!found.ok || !attributes.ok) return found;
  const { macAddress, credential } = attributes.value;
  const inside = (credential ?? []).flatMap((value) => attributesOf(value).macAddress ?? []);
  const addresses = [...(macAddress ?? []), ...inside];
  const foreign = addresses.some((address) => address !== enrollee);
  return ok([...found.value, ...(foreign ? [{ attribute: "macAddress", rule: "is the Enrollee's" } as const] : [])]);
}

/** Whether its sender speaks WPS 2.0, so that the list applies to it. */
export function speaks2({ wfaExtension }: Attributes): boolean {
  return wfaExtension?.[0].version2 !== undefined;
}

function inLayout(tlvs: readonly Tlv[], bytes: Uint8Array): readonly Violation[] {
  const written = tlvs.reduce((length, { value }) => length + 4 + value.length, 0);
  return written === bytes.length ? [] : [{ attribute: null, rule: "is nothing but attributes, end to end" }];
}

function inValues(attributes: Attributes): readonly Violation[] {
  const names = Object.keys(DEMANDS) as AttributeName[];
  return names.flatMap((attribute) => {
    const [rule, holds] = DEMANDS[attribute] as readonly [string, (value: unknown) => boolean];
    const values: readonly unknown[] = attributes[attribute] ?? [];
    return values.every(holds) ? [] : [{ attribute, rule }];
  });
}

function inTexts(tlvs: readonly Tlv[]): readonly Violation[] {
  return tlvs.flatMap(({ id, value }) => {
    const attribute = attributeName(id, value);
    return attribute !== null && TEXTS.includes(attribute) && value.at(-1) === 0
      ? [{ attribute, rule: "does not end in NUL" }]
      : [];
  });
}

/** One that is no attributes is a fault of the message, and for others to find. */
function inCredentials({ credential }: Attributes): readonly Violation[] {
  return (credential ?? []).flatMap((value) => {
    const found = violations(value.reveal());
    if (!found.ok) return [];
    return attributesOf(value).networkKey === undefined
      ? [...found.value, { attribute: "networkKey", rule: "is in every Credential" }]
      : found.value;
  });
}

function attributesOf(credential: Secret): Attributes {
  const attributes = parse(credential.reveal());
  return attributes.ok ? attributes.value : {};
}

function inFrame(
  { configMethods, uuidE, uuidR }: Attributes,
  frame: "probeRequest" | "probeResponse" | null,
): readonly Violation[] {
  if (frame === "probeRequest" && uuidE === undefined && uuidR === undefined)
    return [{ attribute: "uuidE", rule: "says who is asking" }];
  if (frame === "probeResponse" && ((configMethods?.[0] ?? 0) & 0x0680) !== 0)
    return [{ attribute: "configMethods", rule: "offers no push button to Registrars" }];
  return [];
}

function has(value: number, bit: number): boolean {
  return (value & bit) !== 0;
}

function within(value: number, bits: number): boolean {
  return (value & ~bits) === 0;
}

function isOne(value: number, bits: number): boolean {
  return value !== 0 && within(value, bits) && (value & (value - 1)) === 0;
}
