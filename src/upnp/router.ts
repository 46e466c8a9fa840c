/**
 * A router that does WPS, as a Registrar on its network meets it: read from its description, and asked for the actions
 * of its service. What a Registrar does with them is in settings-run.ts and enrol.ts.
 */
import type { MacAddress } from "../wsc/address.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { type DescriptionFault, type DeviceDescription, readDescription } from "./description.ts";
import { ask, type HttpContext, type HttpFault, readHttpUrl } from "./http-client.ts";
import { composeSelection, type RegistrarSelection } from "./selected-registrar.ts";
import { composeCall, readAnswer, soapAction } from "./soap.ts";
import type { Action } from "./wlan-config.ts";
import { WLAN_EVENT_TYPE } from "./wlan-event.ts";

/** A router, and where it is asked. */
export interface Router {
  /** Where its description was. */
  readonly location: URL;
  readonly description: DeviceDescription;
  readonly control: URL;
  readonly events: URL;
}

/** Why something asked of a router did not come about. */
export type RouterFault =
  | HttpFault
  /** Not at a numeric address, or at another one than its description. */
  | { readonly kind: "badUrl"; readonly url: string }
  | { readonly kind: "badDescription"; readonly fault: DescriptionFault }
  /** It declined. `code` is that of UPnP, or of HTTP where it gave none. */
  | { readonly kind: "declined"; readonly action: Action | "description" | "subscription"; readonly code: number }
  /** It answered something that is no answer to what was asked. */
  | { readonly kind: "badAnswer"; readonly action: Action | "subscription" };

/** Fetches the description of a router. What it says must be asked elsewhere than at its own address is refused. */
export async function meetRouter(location: URL, context: HttpContext): Promise<Result<Router, RouterFault>> {
  const answer = await ask(location, { method: "GET", headers: { Accept: "text/xml" } }, context);
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  if (status !== 200) return err({ kind: "declined", action: "description", code: status });
  const description = readDescription(body);
  if (typeof description === "string") return err({ kind: "badDescription", fault: description });
  const control = ownUrl(description.controlUrl, location);
  const events = ownUrl(description.eventSubUrl, location);
  if (control === null) return err({ kind: "badUrl", url: description.controlUrl });
  if (events === null) return err({ kind: "badUrl", url: description.eventSubUrl });
  return ok({ location, description, control, events });
}

/** M1 of the router, which opens a run with it as Enrollee. hostapd has none to give without a PIN. */
export async function deviceInfo(router: Router, context: HttpContext): Promise<Result<Uint8Array, RouterFault>> {
  const values = await call(router, "GetDeviceInfo", new Map(), context);
  return values.ok ? bytesOf("GetDeviceInfo", values.value.get("NewDeviceInfo")) : values;
}

/** One step of that run; what the router says to it. */
export async function putMessage(
  router: Router,
  message: Uint8Array,
  context: HttpContext,
): Promise<Result<Uint8Array, RouterFault>> {
  const values = await call(router, "PutMessage", new Map([["NewInMessage", toBase64(message)]]), context);
  return values.ok ? bytesOf("PutMessage", values.value.get("NewOutMessage")) : values;
}

/** A message to a station, for the router to pass on. */
export async function putWlanResponse(
  router: Router,
  station: MacAddress,
  message: Uint8Array,
  context: HttpContext,
): Promise<Result<void, RouterFault>> {
  const values = new Map([
    ["NewMessage", toBase64(message)],
    ["NewWLANEventType", String(WLAN_EVENT_TYPE.message)],
    ["NewWLANEventMAC", station],
  ]);
  const answer = await call(router, "PutWLANResponse", values, context);
  return answer.ok ? ok(undefined) : answer;
}

/** Has the router announce whom the Registrar expects. hostapd does it for its subscribers only. */
export async function selectRegistrar(
  router: Router,
  selection: RegistrarSelection,
  context: HttpContext,
): Promise<Result<void, RouterFault>> {
  const values = new Map([["NewMessage", toBase64(composeSelection(selection))]]);
  const answer = await call(router, "SetSelectedRegistrar", values, context);
  return answer.ok ? ok(undefined) : answer;
}

async function call(
  router: Router,
  action: Action,
  values: ReadonlyMap<string, string>,
  context: HttpContext,
): Promise<Result<ReadonlyMap<string, string>, RouterFault>> {
  const headers = { "Content-Type": 'text/xml; charset="utf-8"', SOAPAction: soapAction(action) };
  const body = composeCall({ action, values });
  const answered = await ask(router.control, { method: "POST", headers, body }, context);
  if (!answered.ok) return answered;
  const answer = readAnswer(answered.value.body);
  if (answer?.type === "fault" || answered.value.status !== 200)
    return err({ kind: "declined", action, code: (answer?.type === "fault" && answer.code) || answered.value.status });
  return answer?.action === action ? ok(answer.values) : err({ kind: "badAnswer", action });
}

function bytesOf(action: Action, value: string | undefined): Result<Uint8Array, RouterFault> {
  const bytes = value === undefined ? null : fromBase64(value);
  return bytes === null ? err({ kind: "badAnswer", action }) : ok(bytes);
}

function ownUrl(text: string, location: URL): URL | null {
  const url = readHttpUrl(text, location);
  return url?.hostname === location.hostname ? url : null;
}
