/** What is asked by each request to our UPnP device: documents, actions, subscriptions. Connections are elsewhere. */
import { control } from "./control.ts";
import { composeDescription } from "./description.ts";
import type { DeviceAnswer, DeviceRequest } from "./device-server.ts";
import { handleEventing } from "./eventing.ts";
import type { Publisher } from "./publisher.ts";
import { SCPD } from "./scpd.ts";
import type { Selections } from "./selections.ts";
import type { UpnpIdentity, WlanConfigService } from "./wlan-config-service.ts";

/** Names are those of the reference; in the description they are relative to where it is. */
const SCPD_NAME = "wps_scpd.xml";
const CONTROL_NAME = "wps_control";
const EVENTS_NAME = "wps_event";
/** Where the description is. */
export const DESCRIPTION_PATH = "/wps_device.xml";

/** What is behind the device. */
export interface DeviceParts {
  readonly identity: UpnpIdentity;
  readonly service: WlanConfigService;
  readonly publisher: Publisher;
  readonly selections: Selections;
}

/** Answers requests. What it returns rejects with whatever the service throws. */
export function createHandler(parts: DeviceParts): (request: DeviceRequest) => Promise<DeviceAnswer> {
  const { identity, service, publisher, selections } = parts;
  const description = composeDescription({
    ...identity,
    scpdUrl: SCPD_NAME,
    controlUrl: CONTROL_NAME,
    eventSubUrl: EVENTS_NAME,
  });
  const target = {
    service,
    isSubscribed: (from: string) => publisher.has(from),
    select: selections.take.bind(selections),
  };
  const eventing =
    (method: "SUBSCRIBE" | "UNSUBSCRIBE"): Handler =>
    ({ headers, from }) => {
      const [nt, callback, sid] = [oneOf(headers["nt"]), oneOf(headers["callback"]), oneOf(headers["sid"])];
      return handleEventing({ method, nt, callback, sid, from }, publisher);
    };
  const resources: Readonly<Record<string, Resource>> = {
    [DESCRIPTION_PATH]: new Map([["GET", () => ({ status: 200, body: description })]]),
    [`/${SCPD_NAME}`]: new Map([["GET", () => ({ status: 200, body: SCPD })]]),
    [`/${CONTROL_NAME}`]: new Map([
      ["POST", ({ headers, body, from }) => control({ soapAction: oneOf(headers["soapaction"]), body, from }, target)],
    ]),
    [`/${EVENTS_NAME}`]: new Map([
      ["SUBSCRIBE", eventing("SUBSCRIBE")],
      ["UNSUBSCRIBE", eventing("UNSUBSCRIBE")],
    ]),
  };
  return async (request) => {
    const resource = Object.hasOwn(resources, request.path) ? resources[request.path] : undefined;
    if (resource === undefined) return { status: 404 };
    const handle = resource.get(request.method);
    return handle === undefined
      ? { status: 405, headers: { Allow: [...resource.keys()].join(", ") } }
      : handle(request);
  };
}

type Handler = (request: DeviceRequest) => DeviceAnswer | Promise<DeviceAnswer>;
/** What it can be asked, by method. */
type Resource = ReadonlyMap<string, Handler>;

/** A header that is there once. */
function oneOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === "string" ? value : null;
}
