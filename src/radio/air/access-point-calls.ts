/**
 * The calls by which a process elsewhere stands behind access points of a served air: their port, one call for each of
 * its methods, and the questions that they ask their Registrar. Its other end is `access-point-client.ts`.
 */
import type { MacAddress } from "../../wsc/address.ts";
import type { AccessPoint, AccessPointEvent, AccessPointFacts } from "../access-point.ts";
import { errorOf, type Handler, must } from "./calls.ts";
import type { DeskQuestion, RelayedAccessPoint, RemoteDesk, RemoteRegistrar } from "./remote-registrar.ts";
import type { WireError } from "./wire.ts";
import {
  readKeys,
  readMac,
  readNetworkSettings,
  readPinSecret,
  readRestart,
  readSeconds,
  readWindow,
  type Values,
} from "./wire-values.ts";

/** An event as it travels: errors have no fields that JSON would show. */
export type WireEvent =
  | Exclude<AccessPointEvent, { readonly type: "gone" }>
  | { readonly type: "gone"; readonly trouble: WireError };

/** What `events` gives: what the access point is at first, and then with each event. */
export interface EventItem {
  readonly event: WireEvent | null;
  readonly facts: AccessPointFacts;
}

/** What `serve` gives: that one is attached, and then the questions. */
export type ServeItem = { readonly type: "attached" } | DeskQuestion;

/** For one client; its Registrar is detached when it takes `serve` back, or goes. */
export function accessPointCalls(relayed: readonly RelayedAccessPoint[]): Readonly<Record<string, Handler>> {
  const attached = new Map<RemoteDesk, RemoteRegistrar>();
  const find = ({ bssid }: Values) => {
    const instance = readMac(bssid);
    return must(
      relayed.find(({ accessPoint }) => accessPoint.instance === instance),
      "an access point of this air whose Registrar is elsewhere",
    );
  };
  const port = (args: Values) => find(args).accessPoint;
  const station = (args: Values): MacAddress => must(readMac(args.station), "a station's address");
  return {
    relayed: async () => relayed.map(({ accessPoint }) => accessPoint.instance),
    events: (args, signal) => eventsOf(port(args), signal),
    serve: (args, signal) => {
      const { desk } = find(args);
      const registrar = desk.attach(must(readKeys(args.keys), "whose the keys are"));
      attached.set(desk, registrar);
      signal.addEventListener("abort", () => registrar.detach(), { once: true });
      return questionsOf(registrar);
    },
    answer: async (args) => {
      if (typeof args.question === "number") attached.get(find(args).desk)?.answer(args.question, args.answer);
    },
    advertise: async (args) =>
      port(args).advertise(args.window === null ? null : must(readWindow(args.window), "a window")),
    sharedKey: async (args) => port(args).sharedKey(),
    stations: async (args) => port(args).stations(),
    deauthenticate: async (args) => port(args).deauthenticate(station(args)),
    deny: async (args) => port(args).deny(station(args)),
    allow: async (args) => port(args).allow(station(args)),
    reloadKeys: async (args) => port(args).reloadKeys(),
    status: async (args) => port(args).status(),
    configure: async (args) => {
      await port(args).configure(must(readNetworkSettings(args.settings), "a network"));
      return port(args).facts;
    },
    restart: async (args) => {
      await port(args).restart(must(readRestart(args.settings), "settings"));
      return port(args).facts;
    },
    devicePin: async (args) => port(args).devicePin(),
    setDevicePin: async (args) => {
      const pin = args.pin === null ? null : must(readPinSecret(args.pin), "a PIN");
      await port(args).setDevicePin(pin, must(readSeconds(args.seconds), "a time"));
    },
  };
}

async function* eventsOf(accessPoint: AccessPoint, signal: AbortSignal): AsyncGenerator<EventItem, void> {
  const events = accessPoint.events({ signal });
  yield { event: null, facts: accessPoint.facts };
  for await (const event of events)
    yield {
      event: event.type === "gone" ? { type: "gone", trouble: errorOf(event.trouble) } : event,
      facts: accessPoint.facts,
    };
}

async function* questionsOf(registrar: RemoteRegistrar): AsyncGenerator<ServeItem, void> {
  try {
    yield { type: "attached" };
    yield* registrar.questions;
  } finally {
    registrar.detach();
  }
}
