/**
 * One connection to an air that another process serves: calls and streams over a unix socket, and the sentences for all
 * that can go wrong with it. What is called is not known here.
 */
import { createConnection, type Socket } from "node:net";
import type { Clock } from "../../clock/clock.ts";
import { Queue } from "../../stream/queue.ts";
import { RadioError } from "../station-radio.ts";
import { decodeLine, encodeLine, greeting, readLines } from "./wire.ts";
import { readValues, type Values } from "./wire-values.ts";

/** How long the server may take to greet. */
const greetingMs = 5_000;
/** Items of a stream that may wait to be read. */
const streamLag = 1024;

/** Calls and streams over one socket, told apart by their ids. */
export class Connection {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #answers = new Map<number, (answer: Values) => void>();
  #lastId = 0;
  #gone: RadioError | null = null;

  private constructor(socket: Socket, path: string) {
    this.#socket = socket;
    this.#path = path;
    socket.on("close", () => this.#end());
    socket.on("error", () => socket.destroy());
  }

  /** @throws RadioError, with a sentence, when nobody serves an air there */
  static async open(path: string, clock: Clock): Promise<Connection> {
    const socket = createConnection(path);
    const connection = new Connection(socket, path);
    await new Promise<void>((resolve, reject) => {
      const fail = (error: RadioError) => {
        timer.cancel();
        socket.destroy();
        reject(error);
      };
      const timer = clock.after(greetingMs, () => fail(noAir(path)));
      socket.once("error", (error: NodeJS.ErrnoException) => fail(unreachable(path, error)));
      socket.once("close", () => fail(noAir(path)));
      let greeted = false;
      readLines(socket, (line) => {
        const values = readValues(decodeLine(line));
        if (greeted) return connection.#receive(values);
        if (values.air !== greeting.air) return fail(noAir(path));
        greeted = true;
        timer.cancel();
        resolve();
      });
    });
    return connection;
  }

  /** One answer to one call. @throws RadioError as the radio does, or when the air is gone */
  async call(call: string, args: object, signal?: AbortSignal): Promise<unknown> {
    for await (const value of this.#run(call, args, signal, "value")) return value;
    signal?.throwIfAborted();
    return undefined;
  }

  /** Items until the call is done. Aborting takes the call back, and ends the items when the server has stopped it. */
  stream(call: string, args: object, signal: AbortSignal): AsyncGenerator<unknown, void> {
    return this.#run(call, args, signal, "item");
  }

  async close(): Promise<void> {
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.end();
      this.#socket.destroy();
    });
  }

  async *#run(
    call: string,
    args: object,
    signal: AbortSignal | undefined,
    wanted: "value" | "item",
  ): AsyncGenerator<unknown, void> {
    if (signal?.aborted) return;
    if (this.#gone !== null) throw this.#gone;
    const id = ++this.#lastId;
    const items = new Queue<unknown>(streamLag);
    this.#answers.set(id, (answer) => {
      if ("error" in answer) items.end(signal?.aborted ? null : errorFrom(answer.error));
      else if (wanted in answer) items.push(answer[wanted]);
      if ("done" in answer || "value" in answer) items.end();
    });
    const abort = () => this.#send({ id, abort: true });
    signal?.addEventListener("abort", abort, { once: true });
    this.#send({ id, call, args });
    let ended = false;
    try {
      for await (const item of items) {
        if (signal?.aborted) continue;
        yield item;
      }
      ended = true;
    } finally {
      signal?.removeEventListener("abort", abort);
      // The reader walked away: the call is taken back, and its end waited for.
      if (!ended && wanted === "item" && this.#gone === null) {
        abort();
        for await (const _ of items);
      }
      this.#answers.delete(id);
    }
  }

  #send(request: object): void {
    if (this.#socket.writable) this.#socket.write(encodeLine(request));
  }

  #receive(answer: Values): void {
    const { id } = answer;
    if (typeof id === "number") this.#answers.get(id)?.(answer);
  }

  #end(): void {
    this.#gone = new RadioError(
      "gone",
      `The air at ${this.#path} has gone away.`,
      "Start the process that serves it again; the radio comes back with it.",
    );
    const { kind, message, hint } = this.#gone;
    for (const receive of [...this.#answers.values()]) receive({ error: { kind, message, hint } });
  }
}

const kinds = ["gone", "permission", "unsupported", "refused"] as const;

/** The error that an answer, or a value in one, tells of. */
export function errorFrom(value: unknown): Error {
  const { kind, message, hint } = readValues(value);
  const known = kinds.find((one) => one === kind);
  if (known === undefined) return new Error(String(message));
  return new RadioError(known, String(message), String(hint));
}

function unreachable(path: string, error: NodeJS.ErrnoException): RadioError {
  if (error.code === "ENOENT" || error.code === "ECONNREFUSED") return noAir(path);
  if (error.code === "EACCES")
    return new RadioError("permission", `You may not open the socket ${path}.`, "Run as the user who serves the air.");
  return new RadioError(
    "gone",
    `The socket ${path} cannot be opened: ${error.message}.`,
    "Check the path, then try again.",
  );
}

function noAir(path: string): RadioError {
  return new RadioError(
    "gone",
    `Nobody serves a simulated air at ${path}.`,
    `Start one with \`openwps demo --air ${path}\`, then try again.`,
  );
}
