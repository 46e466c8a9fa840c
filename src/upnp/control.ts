/**
 * One action that a Registrar asks of our service: read, done, answered. Who is let in to ask at all is decided where
 * requests arrive (device-server.ts).
 */
import { parseMacAddress } from "../wsc/address.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { type RegistrarSelection, readSelection } from "./selected-registrar.ts";
import { composeAnswer, composeFault, readCall, readSoapAction, SOAP_FAULT } from "./soap.ts";
import { ACTIONS, type Action } from "./wlan-config.ts";
import type { WlanConfigService } from "./wlan-config-service.ts";
import { WLAN_EVENT_TYPE } from "./wlan-event.ts";

export interface ControlRequest {
  /** The SOAPAction header; null without one. */
  readonly soapAction: string | null;
  readonly body: Uint8Array;
  /** The numeric address of the one who asks. */
  readonly from: string;
}

/** What is behind the actions. */
export interface ControlTarget {
  readonly service: Omit<WlanConfigService, "select">;
  /** Whether somebody at this address has subscribed: others have no say in what goes on. */
  isSubscribed(from: string): boolean;
  /** False: it cannot be done now. */
  select(from: string, selection: RegistrarSelection): boolean;
}

/** A document, and the status of HTTP that goes with it (UPnP Device Architecture 1.0, 3.2.2: 500 for all faults). */
export interface ControlAnswer {
  readonly status: 200 | 500;
  readonly headers: { readonly EXT: "" };
  readonly body: string;
}

type Outcome = { readonly values: ReadonlyMap<string, string> } | { readonly fault: keyof typeof FAULTS };

/** Codes as the reference gives them, and what UPnP calls them. */
const FAULTS = {
  invalidAction: [SOAP_FAULT.invalidAction, "Invalid Action"],
  actionFailed: [SOAP_FAULT.actionFailed, "Action Failed"],
  argumentInvalid: [SOAP_FAULT.argumentInvalid, "Argument Value Invalid"],
  outOfMemory: [SOAP_FAULT.outOfMemory, "Out of Memory"],
  // There is nothing to answer: what the reference says after the last message of a run.
  noAnswer: [500, "Error"],
} as const;

/** Does what is asked. @throws whatever the service throws */
export async function control(request: ControlRequest, target: ControlTarget): Promise<ControlAnswer> {
  const action = actionOf(request.soapAction);
  const call = action === null ? null : readCall(request.body);
  if (action === null || (call !== null && call.action !== action)) return declined("invalidAction");
  if (call === null) return declined("argumentInvalid");
  const outcome = await perform(action, call.values, request.from, target);
  return "fault" in outcome
    ? declined(outcome.fault)
    : { status: 200, headers: { EXT: "" }, body: composeAnswer({ action, values: outcome.values }) };
}

function actionOf(header: string | null): Action | null {
  const name = header === null ? null : readSoapAction(header);
  return ACTIONS.find((action) => action === name) ?? null;
}

async function perform(
  action: Action,
  values: ReadonlyMap<string, string>,
  from: string,
  target: ControlTarget,
): Promise<Outcome> {
  switch (action) {
    case "GetDeviceInfo":
      return answerWith("NewDeviceInfo", await target.service.deviceInfo(from), "actionFailed");
    case "PutMessage": {
      const message = bytesOf(values, "NewInMessage");
      if (typeof message === "string") return { fault: message };
      return answerWith("NewOutMessage", await target.service.putMessage(message, from), "noAnswer");
    }
    case "PutWLANResponse":
      return target.isSubscribed(from) ? putWlanResponse(values, from, target) : { fault: "actionFailed" };
    case "SetSelectedRegistrar":
      return target.isSubscribed(from) ? setSelectedRegistrar(values, from, target) : { fault: "actionFailed" };
  }
}

function putWlanResponse(values: ReadonlyMap<string, string>, from: string, { service }: ControlTarget): Outcome {
  const message = bytesOf(values, "NewMessage");
  if (typeof message === "string") return { fault: message };
  const station = parseMacAddress(dotless(values.get("NewWLANEventMAC") ?? ""));
  const isMessage = values.get("NewWLANEventType") === String(WLAN_EVENT_TYPE.message);
  if (station === null || !isMessage) return { fault: "argumentInvalid" };
  service.putWlanResponse(station, message, from);
  return nothing;
}

function setSelectedRegistrar(values: ReadonlyMap<string, string>, from: string, { select }: ControlTarget): Outcome {
  const message = bytesOf(values, "NewMessage");
  if (typeof message === "string") return { fault: message };
  const selection = readSelection(message);
  if (!selection.ok) return { fault: "argumentInvalid" };
  return select(from, selection.value) ? nothing : { fault: "actionFailed" };
}

const nothing: Outcome = { values: new Map() };

function answerWith(name: string, bytes: Uint8Array | null, otherwise: "actionFailed" | "noAnswer"): Outcome {
  return bytes === null ? { fault: otherwise } : { values: new Map([[name, toBase64(bytes)]]) };
}

function bytesOf(values: ReadonlyMap<string, string>, name: string): Uint8Array | "argumentInvalid" | "outOfMemory" {
  const value = values.get(name);
  if (value === undefined) return "argumentInvalid";
  // The reference has no other word for what is no base64.
  return fromBase64(value) ?? "outOfMemory";
}

/** Intel PROSet has been seen with dots between the bytes of an address. */
function dotless(address: string): string {
  return address.replaceAll(".", ":");
}

function declined(fault: keyof typeof FAULTS): ControlAnswer {
  const [code, description] = FAULTS[fault];
  return { status: 500, headers: { EXT: "" }, body: composeFault(code, description) };
}
