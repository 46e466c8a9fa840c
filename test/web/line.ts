/** A line to a service that can go dead without a word, as Wi-Fi does, and come back: for the tests beside this file. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type Line = Awaited<ReturnType<typeof openLine>>;

/** Close it. @param url of the service */
export async function openLine(url: string) {
  const sockets = new Set<Socket>();
  let isDead = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // Whoever breaks off has said so to the other end; nothing more is wanted of it here.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (isDead) socket.pause();
  };
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (bytes) => to.write(bytes));
      from.on("close", () => to.destroy());
      keep(from);
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Nothing comes through any more, and nobody is told. */
    die: () => {
      isDead = true;
      for (const socket of sockets) socket.pause();
    },
    revive: () => {
      isDead = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
