/**
 * Which routers on the local networks do WPS: asks by SSDP on each interface, and reads the description of whoever
 * answers. Only the answering host's own address is ever asked for a description.
 */
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import { Queue } from "../stream/queue.ts";
import { toHex } from "../wsc/bytes.ts";
import { readHttpUrl } from "./http-client.ts";
import { meetRouter, type Router } from "./router.ts";
import { composeSsdp, readSsdp, SSDP_ADDRESS, SSDP_PORT } from "./ssdp.ts";
import { bind } from "./ssdp-socket.ts";
import { DEVICE_TYPE } from "./wlan-config.ts";

/** How long a search takes where nobody says. */
const SECONDS = 3;
/** Routers spread their answers over so many seconds. */
const ANSWER_SECONDS = 2;
/** Datagrams get lost: a search is said three times as it begins, and again every other second. */
const SEARCHES = [0, 400, 800];
const AGAIN_MS = 2_000;
/** Beyond these, answers come from somebody who wants to keep us busy, or others unseen. */
const MOST_ROUTERS = 64;
const MOST_OF_ONE_HOST = 16;
/** Whoever searches does not wait longer for one router's description. */
const DESCRIPTION_MS = 5_000;
/** UPnP Device Architecture 1.0, 1: no farther than the site. */
const HOPS = 4;

export interface DiscoverOptions {
  /** Our own IPv4 addresses on the networks to search; all that this machine has, without it. */
  readonly addresses?: readonly string[] | undefined;
  /** How long to search, at least 2; 3 without it. */
  readonly seconds?: number | undefined;
  readonly clock?: Clock | undefined;
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

/** The routers that answer, as they do; each once at an address. @throws the signal's reason once it aborts */
export async function* discover(options: DiscoverOptions = {}): AsyncGenerator<Router, void> {
  const { addresses = ownAddresses(null), seconds = SECONDS, clock = systemClock, signal } = options;
  const met = new Queue<Router>(MOST_ROUTERS);
  const meetings = new Map<string, { readonly from: string; readonly over: Promise<unknown> }>();
  const meet = (datagram: Uint8Array, from: string) => {
    const message = readSsdp(datagram);
    if (message?.type !== "found") return;
    const location = readHttpUrl(message.location);
    if (location?.hostname !== from || meetings.size >= MOST_ROUTERS || meetings.has(location.href)) return;
    if ([...meetings.values()].filter((one) => one.from === from).length >= MOST_OF_ONE_HOST) return;
    const over = meetRouter(location, { clock, signal, patienceMs: DESCRIPTION_MS }).then(
      (router) => router.ok && met.push(router.value),
      // The search itself ends by the signal.
      () => {},
    );
    meetings.set(location.href, { from, over });
  };
  const sockets = await openSearches(addresses, meet);
  const searching = search(sockets, seconds, clock, signal).then(
    () => Promise.all([...meetings.values()].map(({ over }) => over)).then(() => met.end()),
    (error: unknown) => met.end(error),
  );
  try {
    const seen = new Set<string>();
    for await (const router of met) {
      // Whoever takes another one's UUID must not hide it.
      const name = `${toHex(router.description.uuid)} ${router.location.hostname}`;
      if (!seen.has(name)) yield router;
      seen.add(name);
    }
    await searching;
  } finally {
    for (const socket of sockets) socket.close();
  }
}

async function search(
  sockets: readonly Socket[],
  seconds: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  const datagram = composeSsdp({ type: "search", target: DEVICE_TYPE, maxWaitSeconds: ANSWER_SECONDS });
  const begin = clock.now();
  const last = (seconds - ANSWER_SECONDS) * 1000;
  const instants = SEARCHES.filter((at) => at <= last);
  for (let at = AGAIN_MS; at <= last; at += AGAIN_MS) instants.push(at);
  for (const at of instants) {
    await clock.sleep(begin + at - clock.now(), { signal });
    for (const socket of sockets) say(socket, datagram);
  }
  await clock.sleep(begin + seconds * 1000 - clock.now(), { signal });
}

function say(socket: Socket, datagram: Uint8Array): void {
  try {
    // A network that is down takes no search, and has no router.
    socket.send(datagram, SSDP_PORT, SSDP_ADDRESS, () => {});
  } catch {
    // Closed meanwhile: whoever searched has found what was looked for.
  }
}

type OnDatagram = (bytes: Uint8Array, from: string) => void;

/** One on each network, or none. */
async function openSearches(addresses: readonly string[], onDatagram: OnDatagram): Promise<readonly Socket[]> {
  const opened = await Promise.allSettled(addresses.map((address) => openSearch(address, onDatagram)));
  const sockets = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = opened.find((one) => one.status === "rejected");
  if (failed === undefined) return sockets;
  for (const socket of sockets) socket.close();
  throw failed.reason;
}

async function openSearch(address: string, onDatagram: OnDatagram): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    await bind(socket, 0, address);
    socket.setMulticastInterface(address);
    socket.setMulticastTTL(HOPS);
  } catch (error) {
    socket.close();
    throw error;
  }
  // An error of the network later on costs answers, and nothing else.
  socket.on("error", () => {});
  socket.on("message", (bytes, { address: from }) => onDatagram(bytes, from));
  return socket;
}
