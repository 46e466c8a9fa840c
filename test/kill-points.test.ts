/**
 * kill -9 at every step of a pairing. The air, and in it the radio, lives in this process; the service is one of its
 * own, and everything between the two goes through a relay that kills the service when a chosen line passes.
 * After a new start the device must be in its old or its new state, and connected accordingly.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Clock, sleepOn } from "../src/clock/clock.ts";
import { systemClock } from "../src/clock/system-clock.ts";
import { seededRandom } from "../src/radio/air/chance.ts";
import { builtInScenario } from "../src/radio/air/scenario.ts";
import { serveAir } from "../src/radio/air/server.ts";
import type { Link } from "../src/radio/station-radio.ts";
import { type AirWorld, createAirWorld } from "../src/registrar/air-world.ts";

/** How much faster the air's time passes than ours. */
const speed = 20;

const fastClock: Clock = {
  now: () => systemClock.now() * speed,
  after: (ms, ring) => systemClock.after(ms / speed, ring),
  sleep: (ms, options) => sleepOn(fastClock, ms, options?.signal),
};

const oldNetwork = "Neighbour";
const newNetwork = "Home";
const cli = join(import.meta.dirname, "..", "bin", "openwps.js");
/** Services that run side by side. */
const lanes = 4;

let folder = "";
/** State of a device that knows the old network. */
let paired = "";
/** Lines between service and radio in one undisturbed pairing. */
let linesOfOne = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "openwps-kill-"));
  paired = join(folder, "paired");
  await inWorld("first", async (world, relay) => {
    const service = await start(relay.path, paired);
    await service.post("/api/v1/wifi/wps");
    await press(world, oldNetwork);
    await connectedTo(world, [oldNetwork]);
    await service.ended();
    await service.kill();
  });
  linesOfOne = await pairingKilledAt(Number.POSITIVE_INFINITY);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("killed at any step of a pairing, the device comes back in its old or its new state, and connected", async () => {
  expect(linesOfOne).toBeGreaterThan(20);
  const left = Array.from({ length: linesOfOne }, (_, i) => i + 1);
  const lane = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) await pairingKilledAt(point);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}, 300_000);

/**
 * A device that knows the old network pairs with the new one, and its service is killed when this line passes between
 * it and its radio. Gives the number of lines that passed.
 */
async function pairingKilledAt(point: number): Promise<number> {
  const state = join(folder, `state-${point}`);
  cpSync(paired, state, { recursive: true });
  return inWorld(`at-${point}`, async (world, relay) => {
    const service = await start(relay.path, state);
    await connectedTo(world, [oldNetwork]);
    relay.killAt(point, () => service.kill());
    const pairing = service.post("/api/v1/wifi/wps").catch(() => null);
    await press(world, newNetwork);
    if (point === Number.POSITIVE_INFINITY) {
      await pairing;
      await connectedTo(world, [newNetwork]);
      await service.ended();
      await service.kill();
      return relay.lines();
    }
    // A run with fewer lines than the first one is over before it reaches the last points.
    await Promise.race([service.gone, pairing.then(service.ended)]).catch(() => null);
    await service.kill();
    relay.killAt(Number.POSITIVE_INFINITY, () => undefined);

    const again = await start(relay.path, state);
    const session = await again.ended();
    const network = await connectedTo(world, [oldNetwork, newNetwork]);
    const { wifi } = (await again.get("/api/v1/system")) as { wifi: unknown };
    // Killed before the service had noted that it pairs, the last pairing is still the one with the old network.
    const { result, peer } = session as { result: string; peer: { ssid: string } | null };
    const expected = result === "success" ? peer?.ssid : oldNetwork;
    expect({ point, result, network, wifi }).toMatchObject({
      network: expected,
      wifi: { ssid: expected, status: "OK" },
    });
    await again.kill();
    return relay.lines();
  });
}

async function press(world: AirWorld, name: string): Promise<void> {
  await world.accessPoints.find((accessPoint) => accessPoint.name === name)?.pressButton();
}

/** Waits until the device is connected to one of these networks, addressed, and says to which. */
async function connectedTo(world: AirWorld, names: readonly string[]): Promise<string> {
  const name = ({ bss }: Link) => (bss === null ? "" : new TextDecoder().decode(bss.ssid));
  for await (const link of world.station().watch({ signal: AbortSignal.timeout(20_000) }))
    if (link.state === "connected" && link.address !== null && names.includes(name(link))) return name(link);
  throw new Error(
    `The device is not connected to ${names.join(" or ")}: ${JSON.stringify(await world.station().link())}`,
  );
}

interface Service {
  post(path: string): Promise<number>;
  get(path: string): Promise<Record<string, unknown>>;
  /** Waits until no pairing is under way, and gives the last session. */
  ended(): Promise<Record<string, unknown>>;
  kill(): Promise<void>;
  readonly gone: Promise<unknown>;
}

async function start(socket: string, state: string): Promise<Service> {
  const args = [cli, "station", "--radio", `air@${socket}`, "--state", state, "--listen", "127.0.0.1:0"];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const gone = once(child, "exit");
  if (child.stderr === null) throw new Error("no stderr");
  const said: string[] = [];
  const lines = createInterface(child.stderr);
  const address = await new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      said.push(line);
      const found = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void gone.then(() => reject(new Error(`the service ended: ${said.join("\n")}`)));
  });
  const get = async (path: string) => (await (await fetch(address + path)).json()) as Record<string, unknown>;
  return {
    post: async (path) => (await fetch(address + path, { method: "POST" })).status,
    get,
    ended: async () => {
      const stop = new AbortController();
      const events = await fetch(`${address}/api/v1/wifi/wps/events`, { signal: stop.signal });
      let text = "";
      for await (const chunk of events.body ?? []) {
        text += new TextDecoder().decode(chunk);
        if (/"active":false/.test(text)) break;
      }
      stop.abort();
      return get("/api/v1/wifi/wps");
    },
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
    gone,
  };
}

interface Relay {
  readonly path: string;
  lines(): number;
  killAt(line: number, kill: () => void): void;
}

/** An air of its own with a relay before it. */
async function inWorld<T>(name: string, work: (world: AirWorld, relay: Relay) => Promise<T>): Promise<T> {
  const scenario = { ...builtInScenario, happenings: [] };
  const world = createAirWorld({ scenario, clock: fastClock, random: seededRandom(1), seed: 1 });
  const served = await serveAir({ world, path: join(folder, `${name}.air`) });
  const sockets = new Set<Socket>();
  let lines = 0;
  let point = Number.POSITIVE_INFINITY;
  let kill = () => {};
  const relay = createServer((client) => {
    const air = createConnection(join(folder, `${name}.air`));
    for (const [from, to] of [
      [client, air],
      [air, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (data: Buffer) => {
        for (const byte of data) if (byte === 0x0a) lines++;
        if (lines < point) to.write(data);
        else kill();
      });
      from.on("error", () => from.destroy());
      from.on("close", () => to.destroy());
    }
  });
  const path = join(folder, `${name}.relay`);
  relay.listen(path);
  await once(relay, "listening");
  try {
    return await work(world, {
      path,
      lines: () => lines,
      killAt: (line, how) => {
        lines = 0;
        point = line;
        kill = how;
      },
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    relay.close();
    await served.close();
    await world.close();
  }
}
