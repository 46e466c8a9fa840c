/** RADIUS by hand: a socket of any loopback address, and requests that may be as wrong as one likes. */
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { parseRadius, RADIUS_CODE, type RadiusAttribute, type RadiusPacket } from "../../src/radius/packet.ts";
import { signRequest } from "../../src/radius/signature.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { secretText } from "./radius-world.ts";

const secret = new Secret(secretText);

/** A request as an access point would sign it. */
export function request(
  attributes: readonly RadiusAttribute[],
  options: { readonly code?: number; readonly identifier?: number; readonly secret?: Secret } = {},
): Uint8Array {
  const { code = RADIUS_CODE.accessRequest, identifier = 0 } = options;
  const authenticator = new Uint8Array(randomBytes(16));
  return signRequest({ code, identifier, attributes }, authenticator, options.secret ?? secret);
}

export class Datagrams {
  readonly #socket: Socket;
  readonly #port: number;
  readonly #host: string;
  readonly #received: Uint8Array[] = [];
  #wake = () => {};

  private constructor(socket: Socket, host: string, port: number) {
    this.#socket = socket;
    this.#host = host;
    this.#port = port;
    socket.on("message", (bytes) => {
      this.#received.push(new Uint8Array(bytes));
      this.#wake();
    });
  }

  /** @param from the address it sends from, to the same machine's `host` */
  static open(port: number, where: { readonly from?: string; readonly host?: string } = {}): Promise<Datagrams> {
    const { from = "127.0.0.1", host = from } = where;
    const socket = createSocket(isIPv6(from) ? "udp6" : "udp4");
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, from, () => resolve(new Datagrams(socket, host, port)));
    });
  }

  /** Resolves once the system has taken it. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, this.#port, this.#host, (trouble) => (trouble ? reject(trouble) : resolve()));
    });
  }

  /** The next answer. */
  async next(): Promise<Uint8Array> {
    while (true) {
      const bytes = this.#received.shift();
      if (bytes !== undefined) return bytes;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The packet that answers these bytes. */
  async ask(bytes: Uint8Array): Promise<RadiusPacket> {
    await this.send(bytes);
    const answer = parseRadius(await this.next());
    if (answer === null) throw new Error("the answer is no packet");
    return answer;
  }

  /** Answers that nobody has read. */
  get unread(): number {
    return this.#received.length;
  }

  close(): void {
    this.#socket.close();
  }
}
