/**
 * What `ip` is to be told so that an interface has the address that we are to give it, and no other of ours. Pure: what
 * is there is told, as `ip -j` prints it. Whoever gives an address, and when, is not known here.
 */
import type { OwnAddress } from "./static-address.ts";

/**
 * The metric of our addresses and routes, and so their mark: the kernel keeps it with them as long as they live, which
 * no file and no daemon's memory does. It tells what an earlier process of ours has left, also after kill -9, from
 * what a person or a DHCP client has set. Nobody else's number: NetworkManager counts from 100 for a cable and from 600
 * for Wi-Fi, dhcpcd from 1000 and 3000, systemd-networkd has 1024. Less is preferred: a person's static gateway comes
 * before the one that a DHCP client brings by the same radio, and behind that of most cables.
 */
export const ownMetric = 599;

/** An address that an interface has. */
export interface PresentAddress {
  readonly ip: string;
  readonly prefixLength: number;
  /** 0 where nobody gave one. */
  readonly metric: number;
  /** In the network of an earlier one, with which the kernel may drop it. */
  readonly secondary: boolean;
  /** Seconds; null when it stays until somebody removes it. */
  readonly lifetime: number | null;
}

/** A default route of an interface. */
export interface PresentRoute {
  readonly gateway: string | null;
  readonly metric: number;
}

export interface Present {
  readonly addresses: readonly PresentAddress[];
  readonly routes: readonly PresentRoute[];
}

/** Arguments of one call of `ip`. */
export type IpCommand = readonly string[];

export interface Plan {
  readonly remove: readonly IpCommand[];
  readonly add: readonly IpCommand[];
}

/** As `ip -j address` says forever. */
const forever = 0xffffffff;

/** Reads `ip -j address show dev IFNAME`. Total on any text: what is not understood is left out. */
export function parseAddresses(json: string): readonly PresentAddress[] {
  return objects(json)
    .flatMap(({ addr_info }) => (Array.isArray(addr_info) ? addr_info.filter(isObject) : []))
    .flatMap(({ local, prefixlen, metric, secondary, valid_life_time }) =>
      typeof local === "string" && typeof prefixlen === "number"
        ? [
            {
              ip: local,
              prefixLength: prefixlen,
              metric: typeof metric === "number" ? metric : 0,
              secondary: secondary === true,
              lifetime: typeof valid_life_time === "number" && valid_life_time < forever ? valid_life_time : null,
            },
          ]
        : [],
    );
}

/** Reads `ip -j -4 route show default dev IFNAME`. Total on any text. */
export function parseDefaultRoutes(json: string): readonly PresentRoute[] {
  return objects(json)
    .filter(({ dst }) => dst === "default")
    .map(({ gateway, metric }) => ({
      gateway: typeof gateway === "string" ? gateway : null,
      metric: typeof metric === "number" ? metric : 0,
    }));
}

/** What takes the interface from what it has to `own`. Touches nothing that is there already, nor what others gave it. */
export function plan(ifname: string, { addresses, routes }: Present, own: OwnAddress | null): Plan {
  const ours = addresses.filter(({ metric }) => metric === ownMetric);
  const wrongAddresses = ours.filter((address) => own === null || !isSame(address, own));
  const ourRoutes = routes.filter(({ metric }) => metric === ownMetric);
  const gateway = own?.gateway ?? null;
  const rightRoute = ourRoutes.length === 1 && ourRoutes[0]?.gateway === gateway;
  const route = ["dev", ifname, "metric", String(ownMetric)];
  return {
    remove: [
      ...(rightRoute ? [] : ourRoutes.map(() => ["-4", "route", "del", "default", ...route])),
      ...wrongAddresses.map(({ ip, prefixLength }) => ["address", "del", `${ip}/${prefixLength}`, "dev", ifname]),
    ],
    add: [
      ...(own === null || ours.some((address) => isSame(address, own))
        ? []
        : [["address", "replace", `${own.ip}/${own.prefixLength}`, "broadcast", "+", ...route]]),
      // Not `replace`: that would displace another interface's route of this metric. `onlink`: some providers' gateways
      // are outside of the address's own network.
      ...(gateway === null || rightRoute
        ? []
        : [["-4", "route", "append", "default", "via", gateway, ...route, "onlink"]]),
    ],
  };
}

/** Whether there is an address of ours. */
export function hasOwn({ addresses }: Present): boolean {
  return addresses.some(({ metric }) => metric === ownMetric);
}

/**
 * Whether the kernel may drop somebody else's addresses together with those that are removed: an address is secondary
 * to the first one of its network.
 */
export function hasDependents({ addresses }: Present): boolean {
  return addresses.some(({ secondary, metric }) => secondary && metric !== ownMetric);
}

function isSame(a: { readonly ip: string; readonly prefixLength: number }, own: OwnAddress): boolean {
  return a.ip === own.ip && a.prefixLength === own.prefixLength;
}

type Json = { readonly [key: string]: unknown };

function objects(json: string): readonly Json[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter(isObject) : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
