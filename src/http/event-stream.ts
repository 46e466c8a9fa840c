/**
 * Server-sent events out of an async iterable, for any number of clients, none of which can make the service hold
 * more than a few events for it. Knows nothing of what the events mean.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { Type } from "../schema/type.ts";
import { refuse } from "./errors.ts";
import { networkOf } from "./network-of.ts";

/** Streams open at one time, over all clients, and of these for one address. */
const maxStreams = 32;
const maxPerAddress = 16;
/** A comment this often tells proxies and clients that the stream lives, and finds the ones that died. Pages rely on it. */
const keepAliveMs = 3_000;
/** A client that takes nothing for so long is let go. */
const stalledMs = 30_000;

export interface EventSource<T> {
  /** The `event:` line: the same of all events, or each its own. */
  readonly name: string | ((event: T) => string);
  /** What an event's data tell; the event itself, without it. */
  readonly dataOf?: ((event: T) => unknown) | undefined;
  readonly open: (signal: AbortSignal) => AsyncIterable<T>;
  /**
   * Events held for a client that does not keep up; the oldest go first, and the client is told how many with an
   * event named `missed`. With 1 only the latest counts, as for states, and nothing is said.
   */
  readonly backlog: number;
}

/** An event stream in a route's response schema. */
export const eventStream = (description: string) => ({
  description,
  content: { "text/event-stream": { schema: Type.String() } },
});

/** The streams of one server: gives them out, and ends them all when it closes. */
export class EventStreams {
  /** With the address of its client. */
  readonly #open = new Map<AbortController, string>();

  /** Ends every stream, cleanly for its client. */
  close(): void {
    for (const stream of this.#open.keys()) stream.abort();
  }

  /** Takes the reply over and sends the source's events until it ends, the client leaves or the server closes. */
  async send<T>(reply: FastifyReply, source: EventSource<T>): Promise<void> {
    if (this.#open.size >= maxStreams)
      return void refuse(
        reply,
        "too-many-streams",
        `There are ${maxStreams} event streams open already; close one first.`,
      );
    const address = networkOf(reply.request.ip);
    if ([...this.#open.values()].filter((other) => other === address).length >= maxPerAddress)
      return void refuse(
        reply,
        "too-many-streams",
        `You have ${maxPerAddress} event streams open already; close one first.`,
      );
    const controller = new AbortController();
    this.#open.set(controller, address);
    reply.hijack();
    const response = reply.raw;
    response.on("close", () => controller.abort());
    response.on("error", () => controller.abort());
    // Null also where nobody authenticates.
    const login = reply.request.login?.ended;
    login?.addEventListener("abort", () => controller.abort(), { signal: controller.signal });
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) response.setHeader(name, value);
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      // The connection ends with the stream, or a server that closes would wait for it to be idle long enough.
      connection: "close",
      // nginx, as a proxy, would collect some kilobytes before it passes any on, and nobody would be heard for minutes.
      "x-accel-buffering": "no",
    });
    response.flushHeaders();
    try {
      await pump(response, source, controller);
      response.end();
    } catch (error) {
      reply.log.warn({ err: error }, "an event stream ended early");
      response.destroy();
    } finally {
      this.#open.delete(controller);
    }
  }
}

async function pump<T>(response: ServerResponse, source: EventSource<T>, controller: AbortController): Promise<void> {
  const { signal } = controller;
  const waiting: T[] = [];
  let missed = 0;
  let wake = () => {};
  let failure: unknown = null;

  const read = async () => {
    for await (const event of source.open(signal)) {
      if (waiting.length >= source.backlog) {
        waiting.shift();
        missed++;
      }
      waiting.push(event);
      wake();
    }
  };
  let reading = true;
  const reader = read()
    .catch((error: unknown) => {
      if (!signal.aborted) failure = error;
    })
    .finally(() => {
      reading = false;
      wake();
    });
  signal.addEventListener("abort", () => wake(), { once: true });
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(":\n\n");
  }, keepAliveMs);

  try {
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event === undefined) {
        if (!reading) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (missed > 0 && source.backlog > 1) response.write(`event: missed\ndata: ${missed}\n\n`);
      missed = 0;
      if (!response.write(textOf(event, source)))
        await once(response, "drain", { signal: AbortSignal.any([signal, AbortSignal.timeout(stalledMs)]) });
    }
  } catch (error) {
    if (!signal.aborted) failure = error;
  } finally {
    clearInterval(keepAlive);
    controller.abort();
    await reader;
  }
  if (failure !== null) throw failure;
}

function textOf<T>(event: T, { name, dataOf = (one) => one }: EventSource<T>): string {
  const data = JSON.stringify(dataOf(event));
  return `event: ${typeof name === "string" ? name : name(event)}\ndata: ${data}\n\n`;
}
