/**
 * Actions as XML (UPnP Device Architecture 1.0, 3.2): what is asked of a router, what it answers, and how it declines.
 * Values are text; that most of them are base64 is known where they are used.
 */
import { SERVICE_TYPE } from "./wlan-config.ts";
import { childNamed, escapeXml, parseXml } from "./xml.ts";

/** An action that is asked for, or the answer to one. */
export interface SoapCall {
  readonly action: string;
  /** By name; the first of a name counts. */
  readonly values: ReadonlyMap<string, string>;
}

export type SoapAnswer =
  | (SoapCall & { readonly type: "answer" })
  /** It was not done. `code` is null where the router gives none that is a number. */
  | { readonly type: "fault"; readonly code: number | null; readonly description: string };

/** Codes of a fault (UPnP Device Architecture 1.0, 3.2.2). */
export const SOAP_FAULT = { invalidAction: 401, actionFailed: 501, argumentInvalid: 600, outOfMemory: 603 } as const;

/** The value of the SOAPAction header. */
export function soapAction(action: string): string {
  return `"${SERVICE_TYPE}#${action}"`;
}

/** The action that a SOAPAction header names; null for one of another service. */
export function readSoapAction(header: string): string | null {
  const [, service, action] = /^"?([^"#\s]{1,128})#(\w{1,64})"?$/.exec(header.trim()) ?? [];
  return service === SERVICE_TYPE ? (action ?? null) : null;
}

/** What a request asks for; null for what is no SOAP. */
export function readCall(body: Uint8Array): SoapCall | null {
  const content = contentOf(body);
  return content === null ? null : { action: content.name, values: content.values };
}

/** What a router answered; null for what is no SOAP. */
export function readAnswer(body: Uint8Array): SoapAnswer | null {
  const content = contentOf(body);
  if (content === null) return null;
  if (content.name === "Fault") return faultIn(body);
  const [, action] = /^(\w+)Response$/.exec(content.name) ?? [];
  return action === undefined ? null : { type: "answer", action, values: content.values };
}

export function composeCall({ action, values }: SoapCall): string {
  return envelope(elements(action, values));
}

export function composeAnswer({ action, values }: SoapCall): string {
  return envelope(elements(`${action}Response`, values));
}

/** @param code one of {@link SOAP_FAULT} */
export function composeFault(code: number, description: string): string {
  const error = `<errorCode>${code}</errorCode>\n<errorDescription>${escapeXml(description)}</errorDescription>\n`;
  return envelope(
    `<s:Fault>\n<faultcode>s:Client</faultcode>\n<faultstring>UPnPError</faultstring>\n<detail>\n` +
      `<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">\n${error}</UPnPError>\n</detail>\n</s:Fault>\n`,
  );
}

function bodyOf(bytes: Uint8Array) {
  const root = parseXml(bytes);
  return root?.name === "Envelope" ? (childNamed(root, "Body")?.children[0] ?? null) : null;
}

function contentOf(bytes: Uint8Array): { name: string; values: ReadonlyMap<string, string> } | null {
  const element = bodyOf(bytes);
  if (element === null) return null;
  const values = new Map<string, string>();
  for (const { name, text } of element.children) if (!values.has(name)) values.set(name, text);
  return { name: element.name, values };
}

function faultIn(bytes: Uint8Array): SoapAnswer {
  const error = childNamed(childNamed(bodyOf(bytes), "detail"), "UPnPError");
  const code = childNamed(error, "errorCode")?.text ?? "";
  const description = childNamed(error, "errorDescription")?.text ?? "";
  return { type: "fault", code: /^\d{1,4}$/.test(code) ? Number(code) : null, description };
}

function elements(name: string, values: ReadonlyMap<string, string>): string {
  const inner = [...values].map(([key, value]) => `<${key}>${escapeXml(value)}</${key}>\n`).join("");
  return `<u:${name} xmlns:u="${SERVICE_TYPE}">\n${inner}</u:${name}>\n`;
}

function envelope(content: string): string {
  return (
    `<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ` +
    `s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">\n<s:Body>\n${content}</s:Body>\n</s:Envelope>\n`
  );
}
