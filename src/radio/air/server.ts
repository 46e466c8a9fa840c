/**
 * Serves a simulated air to other processes over a unix socket (`air@SOCKET`). Radios live here: a service that dies in
 * the middle of an enrolment leaves its radio in it, as it would leave a real one, and finds it so when it is back.
 */
import { chmod, unlink } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import type { MacAddress } from "../../wsc/address.ts";
import { type Pin, parsePin } from "../../wsc/pin.ts";
import { RadioError, type StationRadio } from "../station-radio.ts";
import { accessPointCalls } from "./access-point-calls.ts";
import type { Air } from "./air.ts";
import { errorOf, type Handler, must } from "./calls.ts";
import type { RelayedAccessPoint } from "./remote-registrar.ts";
import { type Answer, decodeLine, encodeLine, greeting, readLines, type WireError } from "./wire.ts";
import {
  readMac,
  readMethod,
  readName,
  readNetwork,
  readPower,
  readResidue,
  readSetup,
  readValues,
  type Values,
} from "./wire-values.ts";

/** The world that is served: `AirWorld` of registrar/air-world.ts is one. */
export interface ServedWorld {
  readonly air: Pick<Air, "frames" | "conditions">;
  readonly accessPoints: readonly ServedAccessPoint[];
  /** Those behind which a Registrar in another process may stand. */
  readonly relayed: readonly RelayedAccessPoint[];
  /** The station of this name, 1..32 bytes; without one, the scenario's own. */
  station(name?: string): StationRadio;
}

/** The buttons of an access point, for tests and the demo. */
export interface ServedAccessPoint {
  readonly bssid: MacAddress;
  readonly name: string;
  readonly ssid: string;
  pressButton(): Promise<"open" | "overlap">;
  enterPin(pin: Pin): Promise<void>;
  stop(): Promise<void>;
}

export interface AirServer {
  /** Hangs up on everybody and removes the socket. The world lives on. */
  close(): Promise<void>;
}

const mostClients = 64;
const mostCalls = 64;
/** Longest path that fits a unix socket address on Linux, bytes. */
const longestPath = 107;

/** @throws RadioError when the socket cannot be made, with a sentence that says why */
export async function serveAir(options: { readonly world: ServedWorld; readonly path: string }): Promise<AirServer> {
  const { world, path } = options;
  if (Buffer.byteLength(path) > longestPath)
    throw new RadioError(
      "refused",
      `The socket path ${path} is too long.`,
      `Use a path of at most ${longestPath} bytes.`,
    );
  await removeStale(path);
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    if (clients.size === mostClients) {
      socket.destroy();
      return;
    }
    clients.add(socket);
    socket.on("close", () => clients.delete(socket));
    serveClient(socket, world);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new RadioError(
          "refused",
          `The air cannot be served at ${path}: ${error.message}.`,
          "Choose another path for the socket.",
        ),
      ),
    );
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}

/** Removes a socket that nobody serves any more. @throws RadioError when somebody does */
async function removeStale(path: string): Promise<void> {
  const outcome = await new Promise<string>((resolve) => {
    const probe = createConnection(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve("alive");
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
  });
  if (outcome === "alive")
    throw new RadioError(
      "refused",
      `Somebody already serves an air at ${path}.`,
      "End that process first, or choose another path for the socket.",
    );
  if (outcome === "ECONNREFUSED") await unlink(path);
}

function serveClient(socket: Socket, world: ServedWorld): void {
  const calls = new Map<number, AbortController>();
  const handlers = handlersOf(world);
  let draining: Promise<void> | null = null;
  const send = async (answer: Answer | typeof greeting) => {
    if (!socket.writable || socket.write(encodeLine(answer))) return;
    // Who does not read its answers is not asked for more questions, or they would pile up here.
    socket.pause();
    draining ??= drained(socket).then(() => {
      draining = null;
      socket.resume();
    });
    await draining;
  };
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    // Onlookers leave with their client, but an enrolment goes on: nobody took it back.
    for (const [id, call] of calls) if (!enrolments.has(id)) call.abort();
  });
  const enrolments = new Set<number>();
  void send(greeting);

  readLines(socket, (line) => {
    const { id, call, args, abort } = readValues(decodeLine(line));
    if (typeof id !== "number") return void send({ id: null, error: malformed("a line without an id") });
    if (abort === true) return void calls.get(id)?.abort();
    const handler = typeof call === "string" && Object.hasOwn(handlers, call) ? handlers[call] : undefined;
    if (handler === undefined) return void send({ id, error: malformed("an unknown call") });
    if (calls.has(id) || calls.size === mostCalls) return void send({ id, error: malformed("too many calls at once") });
    const control = new AbortController();
    calls.set(id, control);
    if (call === "enrol") enrolments.add(id);
    void answer(handler, readValues(args), control.signal, id, send).finally(() => {
      calls.delete(id);
      enrolments.delete(id);
    });
  });
}

async function answer(
  handler: Handler,
  args: Values,
  signal: AbortSignal,
  id: number,
  send: (answer: Answer) => Promise<void>,
): Promise<void> {
  try {
    const result = handler(args, signal);
    if (Symbol.asyncIterator in result) {
      for await (const item of result) await send({ id, item });
      await send({ id, done: true });
    } else await send({ id, value: (await result) ?? null });
  } catch (error) {
    await send({ id, error: errorOf(error) });
  }
}

function handlersOf(world: ServedWorld): Readonly<Record<string, Handler>> {
  const radio = ({ station }: Values) =>
    world.station(station === undefined ? undefined : must(readName(station), "a station's name"));
  const accessPoint = ({ bssid }: Values) =>
    must(
      world.accessPoints.find((one) => one.bssid === readMac(bssid)),
      "an access point of this air",
    );
  return {
    name: async (args) => radio(args).name,
    scan: (args, signal) => radio(args).scan({ signal }),
    link: (args) => radio(args).link(),
    watch: (args, signal) => radio(args).watch({ signal }),
    apply: async (args) => radio(args).apply(must(readSetup(args.setup), "a setup")),
    enrol: (args, signal) => {
      const bssid = readMac(args.bssid) ?? undefined;
      return radio(args).enrol(must(readMethod(args.method), "a method"), { bssid, signal });
    },
    limitPower: async (args) => {
      const dBm = readPower(args.dBm);
      return radio(args).limitPower(dBm === null ? null : must(dBm, "a limit of the power"));
    },
    keepTrouble: (args) => radio(args).keepTrouble(),
    keep: async (args) => radio(args).keep(must(readNetwork(args.network), "a network")),
    residue: (args) => radio(args).residue(),
    clearAfterCrash: async (args) => radio(args).clearAfterCrash(must(readResidue(args.residue), "a residue")),
    accessPoints: async () => world.accessPoints.map(({ bssid, name, ssid }) => ({ bssid, name, ssid })),
    press: async (args) => accessPoint(args).pressButton(),
    enterPin: async (args) => {
      const pin = parsePin(String(args.pin));
      return accessPoint(args).enterPin(must(pin.ok ? pin.value : null, "a PIN"));
    },
    stop: async (args) => accessPoint(args).stop(),
    frames: (_args, signal) => world.air.frames({ signal }),
    ...accessPointCalls(world.relayed),
  };
}

function malformed(what: string): WireError {
  return {
    kind: "refused",
    message: `The air was sent ${what}.`,
    hint: "Use the same version of openwps at both ends of the socket.",
  };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}
