/**
 * The DHCP server of the device's own hotspot: sockets around `answers.ts`. It answers only who is in the hotspot, so
 * that on a device with other networks it is never a second server on one of them.
 */
import { createSocket, type Socket } from "node:dgram";
import type { Clock } from "../../clock/clock.ts";
import { Queue } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import { formatIpv4, parseIpv4 } from "../interface/ipv4.ts";
import { hotspotAddress, RadioError } from "../station-radio.ts";
import { answer, type Desk, destination } from "./answers.ts";
import { buildDhcpReply, parseDhcpRequest } from "./dhcp-packet.ts";
import type { Leases } from "./leases.ts";

/** 192.168.4.10 to 192.168.4.109. */
const ownAddress = parseIpv4(hotspotAddress.ip) ?? 0;
const desk: Desk = {
  address: ownAddress,
  mask: parseIpv4(hotspotAddress.mask) ?? 0,
  pool: { first: ownAddress + 9, count: 100 },
};

const ports = { server: 67, client: 68 } as const;
/** Requests that wait for their turn; of more the oldest are forgotten, and clients ask again. */
const requestsKept = 32;

export interface DhcpServerOptions {
  readonly clock: Clock;
  /** Whether a station is in the hotspot. */
  readonly isGuest: (client: MacAddress) => Promise<boolean>;
}

/** Serves until it is closed. */
export interface DhcpServer {
  close(): Promise<void>;
}

/**
 * Opens the server; the hotspot's interface must have its address already.
 * @throws a {@link RadioError} when the port cannot be had
 */
export async function openDhcpServer({ clock, isGuest }: DhcpServerOptions): Promise<DhcpServer> {
  const requests = new Queue<Uint8Array>(requestsKept);
  // Node cannot bind a socket to an interface, but Linux sends what is addressed to all out of the interface that has
  // the sender's address. This one hears only what is sent to it alone, as clients do that renew.
  const own = await open(hotspotAddress.ip, requests);
  let all: Socket;
  try {
    own.setBroadcast(true);
    // And this one hears what any network's clients send to all.
    all = await open("255.255.255.255", requests);
  } catch (error) {
    own.close();
    throw error;
  }
  let closed = false;
  const serving = (async () => {
    let leases: Leases = [];
    for await (const bytes of requests) {
      if (closed) return;
      const request = parseDhcpRequest(bytes);
      // One that cannot be asked for is nobody's guest: the radio is gone.
      if (request === null || !(await isGuest(request.client).catch(() => false))) continue;
      const { reply, ...rest } = answer(desk, leases, request, clock.now());
      leases = rest.leases;
      if (reply === null) continue;
      const to = destination(desk, request, reply);
      const address = to === "broadcast" ? "255.255.255.255" : formatIpv4(to);
      // A reply that is lost is asked for again.
      await new Promise<void>((sent) =>
        own.send(buildDhcpReply(request, reply, desk), ports.client, address, () => sent()),
      );
    }
  })();
  return {
    close: async () => {
      closed = true;
      requests.end();
      await serving;
      own.close();
      all.close();
    },
  };
}

function open(address: string, requests: Queue<Uint8Array>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Shared with a DHCP server of another network on this device; what is sent to all is heard by both.
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    socket.on("message", (bytes) => requests.push(bytes));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.close();
      reject(explain(error));
    });
    socket.bind({ address, port: ports.server }, () => {
      socket.removeAllListeners("error");
      // What goes wrong from now on is a packet that did not arrive.
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}

function explain({ code }: NodeJS.ErrnoException): RadioError {
  if (code === "EACCES" || code === "EPERM")
    return new RadioError(
      "permission",
      "The hotspot cannot give its guests addresses: this user may not serve DHCP.",
      "Run openwps as root, or with the capabilities CAP_NET_ADMIN and CAP_NET_BIND_SERVICE.",
    );
  if (code === "EADDRINUSE")
    return new RadioError(
      "refused",
      "The hotspot cannot give its guests addresses: another DHCP server holds UDP port 67 on all interfaces.",
      "Bind that server to its own interfaces only, or stop it; ss -ulpn 'sport = :67' names it.",
    );
  return new RadioError(
    "refused",
    `The hotspot cannot give its guests addresses: its DHCP server did not start (${code ?? "no reason given"}).`,
    "See that nothing else manages this interface, and try again.",
  );
}
