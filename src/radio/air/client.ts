/** Joins an air that another process serves (`air@SOCKET`): its stations as radios, its access points' buttons. */
import { createConnection, type Socket } from "node:net";
import type { Clock } from "../../clock/clock.ts";
import { Queue } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { Pin } from "../../wsc/pin.ts";
import {
  type Bss,
  type EnrolEvent,
  type Link,
  RadioError,
  type RadioResidue,
  type StationRadio,
} from "../station-radio.ts";
import type { Frame } from "./frame.ts";
import type { ServedAccessPoint } from "./server.ts";
import { decodeLine, encodeLine, greeting, readLines } from "./wire.ts";
import { readValues, type Values } from "./wire-values.ts";

export interface JoinedAir {
  /** The station of this name; without one, the scenario's own. Closing it leaves the connection to the others. */
  station(name?: string): StationRadio;
  accessPoints(): Promise<readonly ServedAccessPoint[]>;
  frames(options: { readonly signal: AbortSignal }): AsyncIterable<Frame>;
  close(): Promise<void>;
}

/** How long the server may take to greet. */
const greetingMs = 5_000;
/** Items of a stream that may wait to be read. */
const streamLag = 1024;

/** @throws RadioError, with a sentence, when nobody serves an air there */
export async function joinAir(options: { readonly path: string; readonly clock: Clock }): Promise<JoinedAir> {
  const connection = await Connection.open(options.path, options.clock);
  return {
    station: (name) => radioOver(connection, `air@${options.path}`, name, async () => undefined),
    accessPoints: async () => {
      const list = (await connection.call("accessPoints", {})) as readonly Pick<
        ServedAccessPoint,
        "bssid" | "name" | "ssid"
      >[];
      return list.map((accessPoint) => ({ ...accessPoint, ...buttonsOver(connection, accessPoint.bssid) }));
    },
    frames: ({ signal }) => connection.stream("frames", {}, signal) as AsyncIterable<Frame>,
    close: () => connection.close(),
  };
}

/** The air's own station as a radio with a connection of its own, which closes with it. @throws RadioError as {@link joinAir} */
export async function openAirStation(options: { readonly path: string; readonly clock: Clock }): Promise<StationRadio> {
  const connection = await Connection.open(options.path, options.clock);
  return radioOver(connection, `air@${options.path}`, undefined, () => connection.close());
}

function buttonsOver(
  connection: Connection,
  bssid: MacAddress,
): Pick<ServedAccessPoint, "pressButton" | "enterPin" | "stop"> {
  return {
    pressButton: async () => (await connection.call("press", { bssid })) as "open" | "overlap",
    enterPin: async (pin: Pin) => void (await connection.call("enterPin", { bssid, pin })),
    stop: async () => void (await connection.call("stop", { bssid })),
  };
}

function radioOver(
  connection: Connection,
  name: string,
  station: string | undefined,
  close: () => Promise<void>,
): StationRadio {
  const mine = station === undefined ? {} : { station };
  return {
    name,
    scan: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      return (await connection.call("scan", mine, signal)) as readonly Bss[];
    },
    link: async () => (await connection.call("link", mine)) as Link,
    watch: ({ signal }) => connection.stream("watch", mine, signal) as AsyncIterable<Link>,
    apply: async (setup) => void (await connection.call("apply", { ...mine, setup })),
    enrol: (method, { bssid, signal }) =>
      untilGone(
        connection.stream("enrol", { ...mine, method, bssid: bssid ?? null }, signal) as AsyncIterable<EnrolEvent>,
      ),
    limitPower: async (dBm) => void (await connection.call("limitPower", { ...mine, dBm })),
    keepTrouble: async () => (await connection.call("keepTrouble", mine)) as string | null,
    keep: async (network) => void (await connection.call("keep", { ...mine, network })),
    residue: async () => (await connection.call("residue", mine)) as RadioResidue,
    clearAfterCrash: async (residue) => void (await connection.call("clearAfterCrash", { ...mine, residue })),
    close,
  };
}

/** A radio that goes away in the middle of a run ends it as an event. */
async function* untilGone(events: AsyncIterable<EnrolEvent>): AsyncGenerator<EnrolEvent, void> {
  try {
    yield* events;
  } catch (error) {
    if (!(error instanceof RadioError) || error.kind !== "gone") throw error;
    yield { type: "failed", failure: { kind: "radioGone", message: error.message, hint: error.hint } };
  }
}

/** Calls and streams over one socket, told apart by their ids. */
class Connection {
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
  stream(call: string, args: object, signal: AbortSignal): AsyncIterable<unknown> {
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

function errorFrom(value: unknown): Error {
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
