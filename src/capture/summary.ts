/** What matters of a message, in a few words, for one line. The whole of it is for `attribute-words.ts` to say. */
import type { AttributeName, ValueOf } from "../wsc/attributes.ts";
import type { Fault } from "../wsc/codec.ts";
import type { FragmentFault } from "../wsc/eap/fragments.ts";
import {
  attributeTitle,
  authorizedMacsWords,
  configErrorWords,
  configMethodWords,
  type DecodedAttribute,
  passwordIdWords,
  ssidWords,
} from "./attribute-words.ts";
import type { DecodedMessage, MessageFault } from "./message.ts";

/** A few words; empty where the name of the message says it all. */
export function summarize(decoded: DecodedMessage): string {
  const words = [...carrierWords(decoded), ...contentWords(decoded), ...endWords(decoded)];
  return words.filter((word) => word !== "").join(", ");
}

function carrierWords({ action, station, message }: DecodedMessage): string[] {
  if (action === null || action === message) return [];
  return [station === null ? action : `${action} for ${station}`];
}

function endWords({ fragments, fault }: DecodedMessage): string[] {
  return [fragments > 1 ? `in ${fragments} fragments` : "", fault === null ? "" : faultWords(fault)];
}

function contentWords(decoded: DecodedMessage): string[] {
  const { message, attributes, identity, ssid, from, station } = decoded;
  const value = <N extends AttributeName>(name: N): ValueOf<N> | undefined => lastValue(attributes, name);
  const passwordId = value("devicePasswordId");
  const password = passwordId === undefined ? "" : passwordIdWords(passwordId);
  const sealed = attributes.find(({ name }) => name === "encryptedSettings");
  const settings = sealed === undefined ? "" : `${sealed.length} bytes sealed`;
  const mac = value("macAddress");
  const error = value("configError") ?? 0;
  const errorWords = error === 0 ? "" : `error ${error}: ${configErrorWords(error)}`;
  const name = quoted(value("deviceName"));

  switch (message) {
    case "Beacon":
    case "Probe Response":
      return [ssid === null ? "" : ssidWords(ssid), ...advertised(attributes), name];
    case "SetSelectedRegistrar":
      return advertised(attributes);
    case "Probe Request": {
      const wanted = value("requestType");
      const intent = wanted === 1 ? "wants to enrol" : wanted === 2 ? "wants to register" : "";
      return [name, intent, password, errorWords];
    }
    case "Association Request":
      return [value("requestType") === 2 ? "as Registrar" : value("requestType") === 1 ? "as Enrollee" : ""];
    case "EAP Identity":
      return [identity ?? ""];
    case "EAP Failure":
      return ["as every run ends, good or bad"];
    case "M1":
      // Through a proxy, or with two radios, it is another than the sender's.
      return [
        name,
        mac === undefined || mac === from || mac === station ? "" : mac,
        password,
        configMethods(value("configMethods")),
        errorWords,
      ];
    case "M2":
    case "M2D":
      return [name, password, settings, errorWords];
    case "M3":
      return ["commits to both halves of the password"];
    case "M4":
      return ["commits to both halves, shows its first", settings];
    case "M5":
      return ["shows its first half", settings];
    case "M6":
    case "M7":
      return ["shows its second half", settings];
    case "M8":
      return ["hands out the settings", settings];
    case "WSC_NACK":
      return [error === 0 ? "no reason given" : errorWords];
    default:
      return [];
  }
}

/** What an access point says of its Registrars. */
function advertised(attributes: readonly DecodedAttribute[]): string[] {
  const value = <N extends AttributeName>(name: N): ValueOf<N> | undefined => lastValue(attributes, name);
  const passwordId = value("devicePasswordId");
  const state = value("wscState");
  const selected = value("selectedRegistrar");
  const macs = value("wfaExtension")?.authorizedMacs;
  return [
    state === undefined ? "" : state === 2 ? "configured" : "not configured",
    value("apSetupLocked") ? "setup locked" : "",
    selected === undefined
      ? ""
      : selected === 0
        ? "no Registrar selected"
        : `Registrar selected${passwordId === undefined ? "" : ` (${passwordIdWords(passwordId)})`}`,
    macs === undefined ? "" : `for ${authorizedMacsWords(macs)}`,
  ];
}

function configMethods(methods: number | undefined): string {
  return methods === undefined ? "" : `can do ${configMethodWords(methods)}`;
}

function quoted(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `"${text}"`;
}

/** The last value of an attribute: the one that counts. */
function lastValue<N extends AttributeName>(attributes: readonly DecodedAttribute[], name: N): ValueOf<N> | undefined {
  const found = attributes.findLast((attribute) => attribute.name === name);
  // A value that its kind could not read stays bytes, which no number or text is.
  const expected = EXPECTED[name];
  return found !== undefined && (expected === undefined || typeof found.value === expected)
    ? (found.value as ValueOf<N>)
    : undefined;
}

const EXPECTED: { readonly [N in AttributeName]?: "number" | "string" } = {
  apSetupLocked: "number",
  configError: "number",
  configMethods: "number",
  deviceName: "string",
  devicePasswordId: "number",
  macAddress: "string",
  requestType: "number",
  selectedRegistrar: "number",
  wscState: "number",
};

/** What is wrong with a message. */
export function faultWords(fault: MessageFault): string {
  switch (fault.kind) {
    case "fragment":
      return `malformed: ${FRAGMENT_FAULTS[fault.fault]}`;
    case "base64":
      return "malformed: no base64";
    default:
      return `malformed: ${codecFaultWords(fault)}`;
  }
}

function codecFaultWords(fault: Fault): string {
  switch (fault.kind) {
    case "truncated":
      return `the attribute at byte ${fault.offset} runs past the end`;
    case "badValue":
      return `${attributeTitle({ id: 0, name: fault.attribute })} of ${fault.length} bytes`;
    case "tooMany":
      return `too many of ${attributeTitle({ id: 0, name: fault.attribute })}`;
    case "missing":
      return `${attributeTitle({ id: 0, name: fault.attribute })} is missing`;
    case "otherMessage":
      return `message type ${fault.messageType}`;
  }
}

const FRAGMENT_FAULTS: { readonly [F in FragmentFault]: string } = {
  unexpectedOpCode: "op-code of another message",
  lengthMissing: "the first fragment is missing",
  badLength: "its length cannot be right",
  overlong: "more bytes than were announced",
  empty: "an empty fragment",
};
