/**
 * A service that is killed when a chosen line passes between it and its radio. The air, and in it the radio, lives in
 * this process and goes on; the service is a process of its own, and everything between the two goes through a relay.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { seededRandom } from "../../src/radio/air/chance.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { serveAir } from "../../src/radio/air/server.ts";
import type { Link } from "../../src/radio/station-radio.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { fastClock } from "../fast-clock.ts";

/** The air's time passes faster than ours. */
const clock = fastClock(20);

const cli = join(import.meta.dirname, "..", "..", "bin", "openwps.js");

/** What a device can be found to be: connected to a network by its name, a hotspot, or off. */
export type State = "Home" | "Neighbour" | "AP" | "OFF";

export interface Service {
  ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Waits until no pairing is under way, and gives the last session. */
  ended(): Promise<{ readonly result: string | null; readonly reason: string | null }>;
  kill(): Promise<void>;
}

/** A service that has been started. */
export interface Started {
  /** Once it listens; rejects when it ends before. */
  readonly ready: Promise<Service>;
  kill(): Promise<void>;
}

/** Starts the service with this state folder. */
export function startService(socket: string, state: string, options: readonly string[]): Started {
  const args = [cli, "station", "--radio", `air@${socket}`, "--state", state, "--listen", "127.0.0.1:0", ...options];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const gone = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  const ready = addressOf(child, gone).then((address) => serviceAt(address, kill));
  // It may be killed before anybody waits for it.
  ready.catch(() => undefined);
  return { ready, kill };
}

/** Where a service listens, as it says on stderr. */
async function addressOf(child: ChildProcess, gone: Promise<unknown>): Promise<string> {
  if (child.stderr === null) throw new Error("no stderr");
  const said: string[] = [];
  const lines = createInterface(child.stderr);
  return new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      said.push(line);
      const found = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void gone.then(() => reject(new Error(`the service ended: ${said.join("\n")}`)));
  });
}

function serviceAt(address: string, kill: () => Promise<void>): Service {
  const ask: Service["ask"] = async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(address + path, { method, ...(body && { headers, body: JSON.stringify(body) }) });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  };
  const ended: Service["ended"] = async () => {
    const stop = new AbortController();
    const events = await fetch(`${address}/api/v1/wifi/wps/events`, { signal: stop.signal });
    let text = "";
    for await (const chunk of events.body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (/"active":false/.test(text)) break;
    }
    stop.abort();
    return (await ask("GET", "/api/v1/wifi/wps")).body as Awaited<ReturnType<Service["ended"]>>;
  };
  return { ask, ended, kill };
}

/** Counts the lines between a service and its radio, and may end the service at one of them. */
export interface Relay {
  readonly path: string;
  lines(): number;
  /** Counts from 1 again, and calls `kill` once at this line, which arrives only when it `passes`. */
  killAt(line: number, kill: () => void, passes?: boolean): void;
}

export const never = Number.POSITIVE_INFINITY;

/** An air of its own with a relay before it. @param place where its sockets are, without ending */
export async function inWorld<T>(place: string, work: (world: AirWorld, relay: Relay) => Promise<T>): Promise<T> {
  const scenario = { ...builtInScenario, happenings: [] };
  const world = createAirWorld({ scenario, clock, random: seededRandom(1), seed: 1 });
  const served = await serveAir({ world, path: `${place}.air` });
  const sockets = new Set<Socket>();
  let lines = 0;
  let point = never;
  let passing = false;
  let kill: (() => void) | null = null;
  const relay = createServer((client) => {
    const air = createConnection(`${place}.air`);
    for (const [from, to] of [
      [client, air],
      [air, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (data: Buffer) => {
        for (const byte of data) if (byte === 0x0a) lines++;
        if (lines < point || passing) to.write(data);
        if (lines < point) return;
        kill?.();
        kill = null;
      });
      from.on("error", () => from.destroy());
      from.on("close", () => to.destroy());
    }
  });
  relay.listen(`${place}.relay`);
  await once(relay, "listening");
  try {
    return await work(world, {
      path: `${place}.relay`,
      lines: () => lines,
      killAt: (line, how, passes = false) => {
        lines = 0;
        point = line;
        kill = how;
        passing = passes;
      },
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    relay.close();
    await served.close();
    await world.close();
  }
}

/** Waits until the radio is in one of these states, connected ones with an address, and says in which. */
export async function foundIn(world: AirWorld, states: readonly State[]): Promise<State> {
  for await (const link of world.station().watch({ signal: AbortSignal.timeout(20_000) })) {
    const state = stateOf(link);
    if (state !== null && states.includes(state)) return state;
  }
  throw new Error(`The device is not ${states.join(" or ")}: ${JSON.stringify(await world.station().link())}`);
}

function stateOf({ state, bss, address }: Link): State | null {
  if (state === "off") return "OFF";
  if (state === "accessPoint") return "AP";
  if (state !== "connected" || bss === null || address === null) return null;
  return new TextDecoder().decode(bss.ssid) as State;
}

export async function press(world: AirWorld, name: string): Promise<void> {
  await accessPoint(world, name).pressButton();
}

/** Closes every window that is still open. */
export async function closeWindows(world: AirWorld): Promise<void> {
  for (const one of world.accessPoints) await one.stop();
}

/** The key of a network of the world. */
export function keyOf(name: string): string {
  return builtInScenario.accessPoints.find((one) => one.name === name)?.key?.revealText() ?? "";
}

export function accessPoint(world: AirWorld, name: string) {
  const found = world.accessPoints.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no access point ${name}`);
  return found;
}
