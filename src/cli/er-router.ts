/** Which router a person means, of those that answer; and what is said of a router. */
import type { Clock } from "../clock/clock.ts";
import { discover, ownAddresses } from "../upnp/discover.ts";
import type { Router } from "../upnp/router.ts";
import { uuidName } from "../upnp/wlan-config.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { printable } from "./terminal.ts";

/** What all commands of `openwps er` are given. */
export interface ErContext {
  /** The network's interface; all of this machine without it. */
  readonly interfaceName: string | null;
  /** A router's name, UUID or address; the only one there is without it. */
  readonly router: string | null;
  /** How long to search. */
  readonly seconds: number;
  readonly json: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The routers that answer. @throws Complaint where there is no network to search */
export function search({ interfaceName, seconds, clock, signal }: ErContext): AsyncIterable<Router> {
  const addresses = ownAddresses(interfaceName);
  if (addresses.length === 0)
    throw new Complaint(
      interfaceName === null
        ? "This machine is on no IPv4 network. Connect it to the router's network first."
        : `The interface ${printable(interfaceName)} has no IPv4 address. Name one that is on the router's network.`,
    );
  return discover({ addresses, seconds, clock, signal });
}

/** The router that was meant. @throws Complaint where none is, or where it could be several */
export async function theRouter(context: ErContext): Promise<Router> {
  const found: Router[] = [];
  for await (const router of search(context)) {
    if (context.router === null) found.push(router);
    else if (isNamed(router, context.router)) return router;
  }
  const [only, ...others] = found;
  if (context.router !== null)
    throw new Complaint(`No router called ${printable(context.router)} answers. See: openwps er discover`);
  if (only === undefined) throw new Complaint(NO_ROUTER);
  if (others.length > 0)
    throw new Complaint(
      `Several routers answer: ${found.map((router) => `${nameOf(router)} (${router.location.hostname})`).join(", ")}. Say which one with --router.`,
      EXIT.usage,
    );
  return only;
}

export const NO_ROUTER =
  "No router on this network does WPS by UPnP. Check that UPnP and WPS are on in its settings, or search longer: --seconds 10";

function isNamed({ description, location }: Router, name: string): boolean {
  const names = [description.friendlyName, bareUuid(description.uuid), location.hostname];
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

/** As a terminal may show it. */
export function nameOf({ description, location }: Router): string {
  return printable(description.friendlyName || location.hostname);
}

/** Manufacturer and model, which many name in one. */
export function modelOf({ description: { manufacturer, modelName } }: Router): string {
  return printable(modelName.startsWith(manufacturer) ? modelName : `${manufacturer} ${modelName}`);
}

/** For programs. */
export function routerJson({ description, location }: Router) {
  return {
    name: description.friendlyName,
    uuid: bareUuid(description.uuid),
    address: location.hostname,
    manufacturer: description.manufacturer,
    model: description.modelName,
    modelNumber: description.modelNumber,
  };
}

const bareUuid = (uuid: Uint8Array) => uuidName(uuid).slice("uuid:".length);
