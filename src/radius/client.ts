/**
 * A RADIUS client, as small as it gets: one UDP socket, one server, requests repeated until they are answered.
 * What the requests say is up to the caller.
 */
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Clock, Timer } from "../clock/clock.ts";
import type { Secret } from "../wsc/secret.ts";
import { RadiusError } from "./error.ts";
import { AUTHENTICATOR_LENGTH, parseRadius, RADIUS_CODE, type RadiusAttribute, type RadiusPacket } from "./packet.ts";
import { isSignedAnswer, signRequest } from "./signature.ts";

/** How long to wait for an answer, and how often to ask. */
const REPEAT_AFTER_MS = 1_000;
const MOST_SENDS = 5;

/** Whom to ask, and under which secret. */
export interface RadiusClientOptions {
  /** The server's IPv4 or IPv6 address, and its UDP port. */
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
  readonly clock: Clock;
}

interface Pending {
  readonly requestAuthenticator: Uint8Array;
  readonly timer: Timer;
  settle(answer: RadiusPacket | RadiusError): void;
}

/** One client: at most 256 requests at a time. */
export class RadiusClient {
  readonly #options: RadiusClientOptions;
  readonly #socket: Socket;
  /** Requests that wait for an answer, by identifier. */
  readonly #pending = new Map<number, Pending>();
  #identifier = 0;

  private constructor(options: RadiusClientOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on("message", (bytes) => this.#receive(bytes));
    // A server that is not there shows as a refused datagram; the repeats decide whether it stays away.
    socket.on("error", () => {});
  }

  static open(options: RadiusClientOptions): Promise<RadiusClient> {
    const socket = createSocket(isIPv6(options.host) ? "udp6" : "udp4");
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      // Connected, so that datagrams from anywhere else do not come in.
      socket.connect(options.port, options.host, () => {
        socket.removeListener("error", reject);
        resolve(new RadiusClient(options, socket));
      });
    });
  }

  /**
   * Sends an Access-Request and gives the answer to it that bears the server's signature; others are dropped.
   * @throws RadiusError when none comes
   */
  request(attributes: readonly RadiusAttribute[]): Promise<RadiusPacket> {
    const identifier = this.#freeIdentifier();
    if (identifier === null) return Promise.reject(new RadiusError("256 requests already wait for an answer."));
    const requestAuthenticator = new Uint8Array(randomBytes(AUTHENTICATOR_LENGTH));
    const request = { code: RADIUS_CODE.accessRequest, identifier, attributes };
    const bytes = signRequest(request, requestAuthenticator, this.#options.secret);
    return new Promise((resolve, reject) => {
      const settle = (answer: RadiusPacket | RadiusError) => {
        this.#pending.get(identifier)?.timer.cancel();
        this.#pending.delete(identifier);
        if (answer instanceof RadiusError) reject(answer);
        else resolve(answer);
      };
      const send = (sends: number) => {
        if (sends === MOST_SENDS) return settle(this.#silent());
        this.#socket.send(bytes, () => {}); // A datagram that is not sent is repeated like one that is lost.
        const timer = this.#options.clock.after(REPEAT_AFTER_MS, () => send(sends + 1));
        this.#pending.set(identifier, { requestAuthenticator, timer, settle });
      };
      send(0);
    });
  }

  /** Fails whatever still waits. */
  close(): void {
    for (const { settle } of [...this.#pending.values()]) settle(new RadiusError("The RADIUS client was closed."));
    this.#socket.close();
  }

  #receive(bytes: Uint8Array): void {
    const answer = parseRadius(bytes);
    const pending = answer === null ? undefined : this.#pending.get(answer.identifier);
    if (answer === null || pending === undefined) return;
    if (isSignedAnswer(answer, pending.requestAuthenticator, this.#options.secret)) pending.settle(answer);
  }

  #freeIdentifier(): number | null {
    for (let tried = 0; tried < 256; tried++) {
      this.#identifier = (this.#identifier + 1) % 256;
      if (!this.#pending.has(this.#identifier)) return this.#identifier;
    }
    return null;
  }

  #silent(): RadiusError {
    const { host, port } = this.#options;
    return new RadiusError(
      `The RADIUS server at ${host}:${port} does not answer. Check that it runs and that both sides have the same secret.`,
    );
  }
}
