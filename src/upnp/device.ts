/**
 * An access point as Registrars on its network find and use it: a UPnP device with one service, WFAWLANConfig. Here is
 * put together what is served, told and announced; what an access point does with it is behind WlanConfigService.
 */
import type { Clock } from "../clock/clock.ts";
import { Announcer } from "./announcer.ts";
import { control } from "./control.ts";
import { composeDescription } from "./description.ts";
import { type DeviceAnswer, type DeviceRequest, DeviceServer } from "./device-server.ts";
import { handleEventing } from "./eventing.ts";
import { ask } from "./http-client.ts";
import { Publisher } from "./publisher.ts";
import { SCPD } from "./scpd.ts";
import { Selections } from "./selections.ts";
import { SsdpSocket } from "./ssdp-socket.ts";
import type { Notify } from "./subscriber.ts";
import type { AccessPointState, UpnpDeviceOptions } from "./wlan-config-service.ts";
import type { WlanEvent } from "./wlan-event.ts";

/** What is served; the names are those of the reference. */
const PATHS = {
  description: "/wps_device.xml",
  scpd: "/wps_scpd.xml",
  control: "/wps_control",
  events: "/wps_event",
} as const;

interface Parts {
  readonly publisher: Publisher;
  readonly selections: Selections;
  readonly server: DeviceServer;
  readonly socket: SsdpSocket;
  readonly announcer: Announcer;
}

export class UpnpDevice {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins to serve and to be found. @throws Error of the network, as where the address is none of ours */
  static async open(options: UpnpDeviceOptions): Promise<UpnpDevice> {
    const { identity, address: network, service, clock, random, onTrouble } = options;
    const selections = new Selections(service, clock);
    const onLeft = (address: string) => selections.leave(address);
    const publisher = new Publisher({ clock, random, notify: notifyBy(clock), onLeft });
    const handle = router(options, publisher, selections);
    const server = await DeviceServer.open({ address: network, clock, handle, onTrouble });
    try {
      const socket = await SsdpSocket.open({ address: network.address, onTrouble });
      const location = `http://${network.address}:${server.port}${PATHS.description}`;
      const send = socket.send.bind(socket);
      const announcer = new Announcer({ uuid: identity.uuid, location, network, clock, random, send });
      socket.listen((datagram, from) => announcer.hear(datagram, from));
      announcer.open();
      return new UpnpDevice({ publisher, selections, server, socket, announcer });
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Where its description is served. */
  get port(): number {
    return this.#parts.server.port;
  }

  /** How many subscriptions there are. */
  get subscribers(): number {
    return this.#parts.publisher.size;
  }

  /** Tells subscribers what was heard on the air. */
  tell(event: WlanEvent): void {
    this.#parts.publisher.tell(event);
  }

  /** Tells subscribers how the access point is, where that changes. */
  state(state: AccessPointState): void {
    this.#parts.publisher.state(state);
  }

  /** Says goodbye; nobody is expected by anybody any more. */
  async close(): Promise<void> {
    const { publisher, selections, announcer, server, socket } = this.#parts;
    publisher.close();
    selections.close();
    announcer.close();
    await Promise.all([server.close(), socket.close()]);
  }
}

type Handler = (request: DeviceRequest) => DeviceAnswer | Promise<DeviceAnswer>;

/** What each path is for, by method. */
function router(
  { identity, service }: UpnpDeviceOptions,
  publisher: Publisher,
  selections: Selections,
): (request: DeviceRequest) => Promise<DeviceAnswer> {
  const [scpdUrl, controlUrl, eventSubUrl] = [relative(PATHS.scpd), relative(PATHS.control), relative(PATHS.events)];
  const description = composeDescription({ ...identity, scpdUrl, controlUrl, eventSubUrl });
  const target = {
    service,
    isSubscribed: (from: string) => publisher.has(from),
    select: selections.take.bind(selections),
  };
  const eventing =
    (method: "SUBSCRIBE" | "UNSUBSCRIBE"): Handler =>
    ({ headers, from }) => {
      const [nt, callback, sid] = [header(headers["nt"]), header(headers["callback"]), header(headers["sid"])];
      return handleEventing({ method, nt, callback, sid, from }, publisher);
    };
  const routes: ReadonlyMap<string, Readonly<Record<string, Handler>>> = new Map([
    [PATHS.description, { GET: () => ({ status: 200, body: description }) }],
    [PATHS.scpd, { GET: () => ({ status: 200, body: SCPD }) }],
    [
      PATHS.control,
      {
        POST: ({ headers, body, from }) => control({ soapAction: header(headers["soapaction"]), body, from }, target),
      },
    ],
    [PATHS.events, { SUBSCRIBE: eventing("SUBSCRIBE"), UNSUBSCRIBE: eventing("UNSUBSCRIBE") }],
  ] satisfies [string, Record<string, Handler>][]);
  return async (request) => {
    const route = routes.get(request.path);
    if (route === undefined) return { status: 404 };
    const handler = Object.hasOwn(route, request.method) ? route[request.method] : undefined;
    return handler === undefined
      ? { status: 405, headers: { Allow: Object.keys(route).join(", ") } }
      : handler(request);
  };
}

function notifyBy(clock: Clock): Notify {
  return async (callback, headers, body, signal) => {
    try {
      const answer = await ask(callback, { method: "NOTIFY", headers, body }, { clock, signal });
      return answer.ok && answer.value.status >= 200 && answer.value.status < 300;
    } catch {
      // The subscription has ended meanwhile.
      return false;
    }
  };
}

const relative = (path: string) => path.slice(1);

const header = (value: string | readonly string[] | undefined) => (typeof value === "string" ? value : null);
