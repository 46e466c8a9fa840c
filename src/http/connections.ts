/**
 * The connections of a server, below its requests: how many there may be, what is said to one that does not speak HTTP,
 * and how those are ended that would keep a closing server from its end. What requests mean is not known here.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answerToNoHttp } from "./errors.ts";
import { networkOf } from "./network-of.ts";

/** Connections at one time; each of them costs memory before anything is asked. */
const maxConnections = 256;
/** Of these, how many may come from one address, so that no single client takes all of them. */
const maxPerAddress = 64;
/** How long a closing server waits for clients that have not finished asking, or do not take their answer. */
const closeGraceMs = 1_000;
/** How often that is for one whose answer is still being worked on: a cancelled pairing gives the radio back first. */
const closeTries = 30;
/** How long a connection that was refused stays, for its client to read why. */
const lingerMs = 1_000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What is known of a connection. */
interface Line {
  /** Requests that have come and whose answers are not out, in their order. */
  readonly open: Exchange[];
  last: Exchange | null;
  /** What is said after the answers that are still open, before it is ended. */
  farewell: string | null;
}

/** Looks after the connections of a server. */
export class Connections {
  readonly #lines = new Map<Socket, Line>();
  readonly #perAddress = new Map<string, number>();
  #closing = false;

  constructor(server: Server) {
    server.maxConnections = maxConnections;
    server.on("connection", (socket) => this.#opened(socket));
    server.on("request", (request, response) => this.#asked(request, response));
    // An expectation that nobody knows may be passed over; so it is answered like any other request.
    server.on("checkExpectation", (request, response) => void server.emit("request", request, response));
    server.on("connect", (_request, socket: Socket) => {
      // Node has let go of it: an error that nobody hears of ends the process.
      socket.on("error", () => socket.destroy());
      this.refuse({ code: "CONNECT" }, socket);
    });
  }

  /**
   * What came is not HTTP, too long or too slow. It is said after the answers to what came before it on the same
   * connection, and not at all where the answer is out to the very request that broke off.
   */
  readonly refuse = (error: Pick<NodeJS.ErrnoException, "code">, socket: Socket): void => {
    const line = this.#lines.get(socket);
    if (line === undefined || !socket.writable) return void socket.destroy();
    if (line.farewell !== null) return;
    const { last } = line;
    const told = last !== null && !last.request.complete && last.response.headersSent;
    line.farewell = told ? "" : answerToNoHttp(error.code);
    this.#part(socket, line);
  };

  /**
   * Ends, after a moment of grace, the connections of a server that is being closed and would wait for them: those on
   * which nothing or half a request has come, and those whose client does not take its answer. Whoever waits for an
   * answer still being worked on gets it.
   */
  close(): void {
    this.#closing = true;
    let tries = 0;
    const sweep = () => {
      tries++;
      for (const [socket, { open }] of this.#lines) if (tries > closeTries || !open.some(isWorkedOn)) socket.destroy();
      if (this.#lines.size > 0) setTimeout(sweep, closeGraceMs).unref();
    };
    setTimeout(sweep, closeGraceMs).unref();
  }

  #opened(socket: Socket): void {
    const address = networkOf(socket.remoteAddress ?? "");
    const others = this.#perAddress.get(address) ?? 0;
    if (others >= maxPerAddress) return void socket.destroy();
    this.#perAddress.set(address, others + 1);
    this.#lines.set(socket, { open: [], last: null, farewell: null });
    socket.once("close", () => {
      this.#lines.delete(socket);
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(address);
      else this.#perAddress.set(address, left);
    });
  }

  #asked(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const line = this.#lines.get(socket);
    if (line === undefined) return;
    const exchange = { request, response };
    line.open.push(exchange);
    line.last = exchange;
    response.once("close", () => {
      line.open.splice(line.open.indexOf(exchange), 1);
      if (line.farewell !== null) this.#part(socket, line);
      else if (this.#closing && line.open.length === 0) socket.end();
    });
  }

  #part(socket: Socket, { open, farewell }: Line): void {
    if (open.some(({ request }) => request.complete)) return;
    if (socket.writable) socket.end(farewell ?? "");
    // Destroyed at once, what the client is still sending would be answered with a reset, and that eats the answer.
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }
}

/** The request has come in whole, and its answer has not been written. */
function isWorkedOn({ request, response }: Exchange): boolean {
  return request.complete && !response.writableEnded;
}
