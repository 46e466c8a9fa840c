/**
 * The messages, each a list of slots in the order of emission; type, decoder and encoder follow from it.
 * A slot is optional where receivers must do without it: only what the reference insists on is required.
 */
import { ATTR } from "./attributes.ts";
import { type Attributes, type Body, type Fault, HEAD, parse, pick, type Slot, walkTlvs, write } from "./codec.ts";
import type { OpCode } from "./eap/packet.ts";
import { err, type Result } from "./result.ts";

/** The messages of a run. */
export type MessageType =
  | "M1"
  | "M2"
  | "M2D"
  | "M3"
  | "M4"
  | "M5"
  | "M6"
  | "M7"
  | "M8"
  | "WSC_ACK"
  | "WSC_NACK"
  | "WSC_Done";

/** What is known of one kind of message; {@link decode} and {@link encode} follow from it. */
export interface Schema<S extends Slot> {
  readonly name: MessageType;
  /** Value of the Message Type attribute. */
  readonly messageType: number;
  /** The op-code it travels under in EAP. */
  readonly opCode: OpCode;
  readonly slots: readonly S[];
}

function schema<const S extends Slot>(
  name: MessageType,
  messageType: number,
  opCode: OpCode,
  slots: readonly S[],
): Schema<S> {
  return { name, messageType, opCode, slots };
}

/** Whatever else a message may end with before its Authenticator, if it has one. */
const TAIL = ["wfaExtension?", "vendorExtension*", "extensibilityTest?"] as const;

/** The Enrollee says who it is, where its password comes from, and its public key. */
export const M1 = schema("M1", 0x04, "WSC_MSG", [
  "version?",
  "messageType",
  "uuidE",
  "macAddress",
  "enrolleeNonce",
  "publicKey",
  "authenticationTypeFlags",
  "encryptionTypeFlags",
  "connectionTypeFlags",
  "configMethods",
  "wscState",
  "manufacturer",
  "modelName",
  "modelNumber",
  "serialNumber",
  "primaryDeviceType",
  "deviceName",
  "rfBands",
  "associationState",
  "devicePasswordId",
  "configError",
  "osVersion",
  ...TAIL,
]);

/** The Registrar lets it try, and shows its own public key; where both met by touch, the credentials too. */
export const M2 = schema("M2", 0x05, "WSC_MSG", [
  "version?",
  "messageType",
  "enrolleeNonce",
  "registrarNonce",
  "uuidR",
  "publicKey",
  "authenticationTypeFlags?",
  "encryptionTypeFlags?",
  "connectionTypeFlags?",
  "configMethods?",
  "manufacturer",
  "modelName",
  "modelNumber",
  "serialNumber",
  "primaryDeviceType",
  "deviceName",
  "rfBands?",
  "associationState?",
  "configError?",
  "devicePasswordId",
  "osVersion?",
  ...TAIL,
  "encryptedSettings?",
  "authenticator",
]);

/** The Registrar does not serve it. */
export const M2D = schema("M2D", 0x06, "WSC_MSG", [
  "version?",
  "messageType",
  "enrolleeNonce",
  "registrarNonce?",
  "uuidR?",
  "authenticationTypeFlags?",
  "encryptionTypeFlags?",
  "connectionTypeFlags?",
  "configMethods?",
  "manufacturer?",
  "modelName?",
  "modelNumber?",
  "serialNumber?",
  "primaryDeviceType?",
  "deviceName?",
  "rfBands?",
  "associationState?",
  "configError?",
  "osVersion?",
  ...TAIL,
]);

/** The Enrollee commits to both halves of the password. */
export const M3 = schema("M3", 0x07, "WSC_MSG", [
  "version?",
  "messageType",
  "registrarNonce",
  "eHash1",
  "eHash2",
  ...TAIL,
  "authenticator",
]);

/** The Registrar commits to both halves, and opens the first. */
export const M4 = schema("M4", 0x08, "WSC_MSG", [
  "version?",
  "messageType",
  "enrolleeNonce",
  "rHash1",
  "rHash2",
  "encryptedSettings",
  ...TAIL,
  "authenticator",
]);

const TO_REGISTRAR = [
  "version?",
  "messageType",
  "registrarNonce",
  "encryptedSettings",
  ...TAIL,
  "authenticator",
] as const;
const TO_ENROLLEE = [
  "version?",
  "messageType",
  "enrolleeNonce",
  "encryptedSettings",
  ...TAIL,
  "authenticator",
] as const;

/** The Enrollee opens the first half. */
export const M5 = schema("M5", 0x09, "WSC_MSG", TO_REGISTRAR);
/** The Registrar opens the second half. */
export const M6 = schema("M6", 0x0a, "WSC_MSG", TO_ENROLLEE);
/** The Enrollee opens the second half; an access point tells its settings with it. */
export const M7 = schema("M7", 0x0b, "WSC_MSG", TO_REGISTRAR);
/** The Registrar hands out credentials, or new settings to an access point. */
export const M8 = schema("M8", 0x0c, "WSC_MSG", TO_ENROLLEE);

const END = ["version?", "messageType", "enrolleeNonce", "registrarNonce", ...TAIL] as const;

/** An M2D, or an access point's Done, has come. */
export const WSC_ACK = schema("WSC_ACK", 0x0d, "WSC_ACK", END);
/** The end, before its time. */
export const WSC_NACK = schema("WSC_NACK", 0x0e, "WSC_NACK", [
  "version?",
  "messageType",
  "enrolleeNonce",
  "registrarNonce",
  "configError",
  ...TAIL,
]);
/** The end: the Enrollee has taken what M8 gave. */
export const WSC_DONE = schema("WSC_Done", 0x0f, "WSC_Done", END);

/** All messages by their names. */
export const SCHEMAS = { M1, M2, M2D, M3, M4, M5, M6, M7, M8, WSC_ACK, WSC_NACK, WSC_Done: WSC_DONE } as const;

const BY_TYPE: ReadonlyMap<number, MessageType> = new Map(
  Object.values(SCHEMAS).map(({ messageType, name }) => [messageType, name]),
);

/** The message that a value of the Message Type attribute stands for; null for beacons, probes and unknown ones. */
export function messageTypeFrom(value: number): MessageType | null {
  return BY_TYPE.get(value) ?? null;
}

/** Which message the bytes are, by their Message Type alone; null when they are none. */
export function messageTypeOf(bytes: Uint8Array): MessageType | null {
  let type: MessageType | null = null;
  const fault = walkTlvs(bytes, (id, offset, end) => {
    if (id === ATTR.messageType.id && end - offset === HEAD + 1) type = messageTypeFrom(bytes[end - 1] ?? 0);
  });
  return fault === null ? type : null;
}

/** Reads one message; every way to be wrong is a {@link Fault}. */
export function decode<S extends Slot>(schema: Schema<S>, bytes: Uint8Array): Result<Body<S>, Fault> {
  const attributes = parse(bytes);
  return attributes.ok ? take(schema, attributes.value) : attributes;
}

/** The second half of {@link decode}, for whoever has the attributes already. */
export function take<S extends Slot>(schema: Schema<S>, attributes: Attributes): Result<Body<S>, Fault> {
  const messageType = attributes.messageType?.[0];
  if (messageType !== undefined && messageType !== schema.messageType)
    return err({ kind: "otherMessage", messageType });
  return pick(schema.slots, attributes);
}

/** @throws RangeError or TypeError for a body that does not fit: the caller's bug */
export function encode<S extends Slot>(schema: Schema<S>, body: Body<S>): Uint8Array {
  return write(schema.slots, body);
}

/** Bytes of an Authenticator with its head: the last attribute of M2 to M8. */
export const AUTHENTICATOR_LENGTH = 4 + ATTR.authenticator.kind.max;
