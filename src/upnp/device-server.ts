/**
 * HTTP for those on our network, within limits: ten connections, five of one host, a hundred of it in ten seconds, one
 * request each, 8000 bytes, 30 seconds to ask and 30 to be answered. What a request means is decided by whoever opened
 * the server.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { Clock, Timer } from "../clock/clock.ts";
import { concat } from "../wsc/bytes.ts";
import { isOnNetwork } from "./local-address.ts";
import { Rate, type RateLimit } from "./rate.ts";
import type { LocalAddress } from "./wlan-config-service.ts";

const FIRST_PORT = 49_152;
const LAST_PORT = 65_535;
const MOST_CONNECTIONS = 10;
const MOST_OF_ONE_HOST = 5;
/** A device is let in, or the access point set up, by about twenty. */
const CONNECTIONS: RateLimit = { withinMs: 10_000, ofOne: 100, ofAll: 400 };
/** Start line, headers and body together. */
const LONGEST_REQUEST = 8_000;
const PATIENCE_MS = 30_000;

export interface DeviceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The numeric address of the one who asks, which is on our network. */
  readonly from: string;
}

export interface DeviceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Called once the answer has been sent. */
  readonly after?: () => void;
}

export interface DeviceServerOptions {
  readonly address: LocalAddress;
  readonly clock: Clock;
  readonly handle: (request: DeviceRequest) => Promise<DeviceAnswer>;
  readonly onTrouble: (error: unknown) => void;
}

export class DeviceServer {
  readonly #options: DeviceServerOptions;
  readonly #server: Server;
  /** Connections by the address at their other end. */
  readonly #connections = new Map<string, number>();
  readonly #rate: Rate;
  readonly #patience = new WeakMap<Socket, Timer>();
  #port = 0;

  private constructor(options: DeviceServerOptions) {
    this.#options = options;
    this.#rate = new Rate(options.clock, CONNECTIONS);
    this.#server = createServer({ maxHeaderSize: LONGEST_REQUEST });
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.maxRequestsPerSocket = 1;
    this.#server.on("connection", (socket) => this.#welcome(socket));
    this.#server.on("request", (request, response) => {
      this.#serve(request, response).catch(options.onTrouble);
    });
  }

  /** Listens at the first port that is free. @throws Error where the address is none of ours */
  static async open(options: DeviceServerOptions): Promise<DeviceServer> {
    const server = new DeviceServer(options);
    for (let port = FIRST_PORT; ; port++) {
      try {
        await listen(server.#server, port, options.address.address);
        server.#server.on("error", options.onTrouble);
        server.#port = port;
        return server;
      } catch (error) {
        if (port === LAST_PORT || !isTaken(error)) throw error;
      }
    }
  }

  get port(): number {
    return this.#port;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #welcome(socket: Socket): void {
    const from = socket.remoteAddress ?? "";
    const open = this.#connections.get(from) ?? 0;
    if (!isOnNetwork(this.#options.address, from) || open >= MOST_OF_ONE_HOST || !this.#rate.admits(from)) {
      socket.destroy();
      return;
    }
    this.#connections.set(from, open + 1);
    this.#wait(socket);
    socket.once("close", () => {
      this.#patience.get(socket)?.cancel();
      const left = (this.#connections.get(from) ?? 1) - 1;
      if (left === 0) this.#connections.delete(from);
      else this.#connections.set(from, left);
    });
  }

  /** From now on the other end has so much time for what it is to do next. */
  #wait(socket: Socket): void {
    this.#patience.get(socket)?.cancel();
    this.#patience.set(
      socket,
      this.#options.clock.after(PATIENCE_MS, () => socket.destroy()),
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers = {}, body = "", after } = await this.#answer(request);
    this.#wait(request.socket);
    if (after !== undefined) response.once("close", after);
    const bytes = new TextEncoder().encode(body);
    response.writeHead(status, {
      ...(body === "" ? {} : { "Content-Type": 'text/xml; charset="utf-8"' }),
      ...headers,
      Server: "Unspecified, UPnP/1.0, Unspecified",
      Connection: "close",
      "Content-Length": bytes.length,
    });
    response.end(bytes);
  }

  async #answer(request: IncomingMessage): Promise<DeviceAnswer> {
    const { method = "", url = "", headers, socket } = request;
    if (!this.#isForUs(headers)) return { status: 403 };
    try {
      const body = await bodyOf(request);
      if (body === null) return { status: 413 };
      const from = socket.remoteAddress ?? "";
      return await this.#options.handle({ method, path: url, headers, body, from });
    } catch (error) {
      // Whoever goes before we answer is no trouble of ours.
      if (!socket.destroyed) this.#options.onTrouble(error);
      return { status: 500 };
    }
  }

  /** Not a page in somebody's browser, whatever name it knows us by. */
  #isForUs({ host, origin }: IncomingHttpHeaders): boolean {
    const { address } = this.#options.address;
    return origin === undefined && (host === undefined || host === address || host === `${address}:${this.#port}`);
  }
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

/** Null where the request is too long. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  if (request.socket.bytesRead > LONGEST_REQUEST) return null;
  const parts: Uint8Array[] = [];
  for await (const part of request as AsyncIterable<Buffer>) {
    if (request.socket.bytesRead > LONGEST_REQUEST) return null;
    parts.push(part);
  }
  return concat(...parts);
}
