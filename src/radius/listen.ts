/** UDP sockets that listen, and why one does not. */
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { RadiusError } from "./error.ts";

/** An IP address, `0.0.0.0` or `::` for all that the machine has (the latter IPv4 too), and a UDP port; 0 picks one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** For bursts, as when an access point comes back and all its stations with it; the kernel may give less. */
const RECEIVE_BUFFER = 1 << 20;

/** @throws RadiusError when the system does not let us */
export function listen(endpoint: Endpoint): Promise<Socket> {
  const { host, port } = endpoint;
  const family = isIPv6(host) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER,
    // What it is given are addresses; the resolver need not look at each.
    lookup: (address, _options, found) => found(null, address, family),
  });
  return new Promise((resolve, reject) => {
    const fail = (trouble: NodeJS.ErrnoException) => {
      socket.close();
      reject(new RadiusError(sentence(endpoint, trouble.code ?? trouble.message), { cause: trouble }));
    };
    socket.once("error", fail);
    socket.bind(port, host, () => {
      socket.removeListener("error", fail);
      resolve(socket);
    });
  });
}

function sentence({ host, port }: Endpoint, code: string): string {
  const failed = `RADIUS cannot listen on port ${port} of ${host}`;
  switch (code) {
    case "EADDRINUSE":
      return `${failed}: another program listens there, perhaps another RADIUS server. Stop that one, or choose another port.`;
    case "EACCES":
      return `${failed}: this user may not open ports under 1024. Choose a higher one, such as 1812.`;
    case "EADDRNOTAVAIL":
      return `${failed}: this machine does not have that address. Choose one of its own, or 0.0.0.0 or :: for all of them.`;
    case "EAFNOSUPPORT":
      return `${failed}: this machine speaks no IPv6. Choose an IPv4 address.`;
    default:
      return `${failed}: ${code}.`;
  }
}
