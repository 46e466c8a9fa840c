/** Where a service listens: `--listen HOST:PORT`, and what is said when it cannot. */
import { type AddressInfo, BlockList, isIPv6 } from "node:net";
import { InvalidArgumentError } from "commander";
import type { FastifyInstance } from "fastify";
import { Complaint } from "./complaint.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Reads `127.0.0.1:8080`, `[::1]:8080`, `name:8080`; port 0 takes any free one. For commander: throws with a sentence. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535)
    throw new InvalidArgumentError(
      "Give it as HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one.",
    );
  return { host, port };
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether only programs on this machine can come in there. */
export function isLoopback({ host }: Pick<ListenAddress, "host">): boolean {
  return host === "localhost" || loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

/** Listens, and gives the address to write into a browser, with the real port. */
export async function listen(server: Pick<FastifyInstance, "listen" | "server">, at: ListenAddress): Promise<string> {
  try {
    await server.listen(at);
  } catch (error) {
    const where = `${at.host}:${at.port}`;
    switch ((error as NodeJS.ErrnoException).code) {
      case "EADDRINUSE":
        throw new Complaint(
          `Something else listens on ${where} already. Choose another port, such as --listen ${at.host}:0.`,
        );
      case "EACCES":
        throw new Complaint(
          `Listening on ${where} is not allowed for this user. Choose a port above 1023 with --listen.`,
        );
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
      case "EAI_AGAIN":
        throw new Complaint(`${at.host} is not an address of this machine. Choose another one with --listen.`);
    }
    throw error;
  }
  const { port } = boundTo(server);
  return `http://${isIPv6(at.host) ? `[${at.host}]` : at.host}:${port}`;
}

/** The address and port of a server that listens: also where a person has given a name, or port 0. */
export function boundTo({ server }: Pick<FastifyInstance, "server">): AddressInfo {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new TypeError(`bound to ${bound}, expected address and port`);
  return bound;
}
