/**
 * Which routers on the local networks do WPS: asks by SSDP on each interface, and reads the description of whoever
 * answers. Only the answering host's own address is ever asked for a description.
 */
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import type { Clock } from "../clock/clock.ts";
import { toHex } from "../wsc/bytes.ts";
import { readHttpUrl } from "./http-client.ts";
import { meetRouter, type Router } from "./router.ts";
import { composeSsdp, readSsdp, SSDP_ADDRESS, SSDP_PORT } from "./ssdp.ts";
import { DEVICE_TYPE } from "./wlan-config.ts";

/** Routers spread their answers over so many seconds. */
const ANSWER_SECONDS = 2;
/** Datagrams get lost; a search is said so many times, half a second apart. */
const SEARCHES = 3;
const BETWEEN_MS = 500;
/** Beyond this, answers come from somebody who wants to keep us busy. */
const MOST_ROUTERS = 64;
/** UPnP Device Architecture 1.0, 1: no farther than the site. */
const HOPS = 4;

export interface DiscoverOptions {
  /** Our own IPv4 addresses on the networks to search. */
  readonly addresses: readonly string[];
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Our addresses on a named interface; on all but loopback without a name. */
export function ownAddresses(interfaceName: string | null): readonly string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(
        ({ family, internal }) => family === "IPv4" && (interfaceName === null ? !internal : name === interfaceName),
      )
      .map(({ address }) => address),
  );
}

/** The routers that answered within three seconds, in the order of their names; each once. @throws the signal's reason */
export async function discover({ addresses, clock, signal }: DiscoverOptions): Promise<readonly Router[]> {
  const meetings = new Map<string, Promise<Router | null>>();
  const meet = (datagram: Uint8Array, from: string) => {
    const message = readSsdp(datagram);
    if (message?.type !== "found") return;
    const location = readHttpUrl(message.location);
    if (location?.hostname !== from || meetings.size >= MOST_ROUTERS || meetings.has(location.href)) return;
    const meeting = meetRouter(location, { clock, signal }).then(
      (met) => (met.ok ? met.value : null),
      () => null,
    );
    meetings.set(location.href, meeting);
  };
  const sockets = await Promise.all(addresses.map((address) => openSearch(address, meet)));
  try {
    const search = composeSsdp({ type: "search", target: DEVICE_TYPE, maxWaitSeconds: ANSWER_SECONDS });
    for (let i = 0; i < SEARCHES; i++) {
      // A network that is down takes no search, and has no router.
      for (const socket of sockets) socket.send(search, SSDP_PORT, SSDP_ADDRESS, () => {});
      await clock.sleep(BETWEEN_MS, { signal });
    }
    await clock.sleep(ANSWER_SECONDS * 1000 - BETWEEN_MS, { signal });
  } finally {
    for (const socket of sockets) socket.close();
  }
  const met = await Promise.all(meetings.values());
  signal?.throwIfAborted();
  // A router on two of our networks is one.
  const routers = new Map(met.flatMap((router) => (router === null ? [] : [[nameOf(router), router] as const])));
  return [...routers].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, router]) => router);
}

const nameOf = ({ description: { friendlyName, uuid } }: Router) => `${friendlyName} ${toHex(uuid)}`;

function openSearch(address: string, onDatagram: (bytes: Uint8Array, from: string) => void): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (bytes, { address: from }) => onDatagram(bytes, from));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, address, () => {
      socket.off("error", reject);
      // An error of the network later on costs answers, and nothing else.
      socket.on("error", () => {});
      socket.setMulticastInterface(address);
      socket.setMulticastTTL(HOPS);
      resolve(socket);
    });
  });
}
