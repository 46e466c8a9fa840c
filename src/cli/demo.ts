/**
 * `openwps demo`: a device, and two access points with a registrar behind them, on simulated air, in one process, with
 * everything to try them. The device and the network each have their pages and API at an address of their own.
 */

import type { Clock } from "../clock/clock.ts";
import { PacedClock } from "../clock/paced-clock.ts";
import { demoApi, demoExtras } from "../http/demo-api.ts";
import { noEthernet } from "../http/ethernet.ts";
import { createRegistrarServer } from "../http/registrar-server.ts";
import { createStationServer } from "../http/station-server.ts";
import { apiMac } from "../http/wifi-forms.ts";
import { builtInScenario } from "../radio/air/scenario.ts";
import { serveAir } from "../radio/air/server.ts";
import { type DemoWorld, openDemoWorld } from "../registrar/demo-world.ts";
import { openServiceSettings } from "../settings/settings.ts";
import { openStation } from "../station/station.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { MacAddress } from "../wsc/address.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Complaint } from "./complaint.ts";
import { frameLine, ProbeFold } from "./frame-line.ts";
import { boundTo, isLoopback, type ListenAddress, listen } from "./listen-option.ts";
import { readScenario } from "./radio-option.ts";
import { aborted } from "./signals.ts";
import { type Paint, pad, paintFor, printable } from "./terminal.ts";
import { version } from "./version.ts";
import { webFolder } from "./web-folder.ts";

export interface DemoCommand {
  readonly clock: Clock;
  readonly listen: ListenAddress;
  /** Path of a socket at which other processes may join this air; null: none may. */
  readonly air: string | null;
  /** File of a scenario; null: the built-in one. */
  readonly scenario: string | null;
  readonly signal: AbortSignal;
}

/** Runs until the signal aborts. */
export async function runDemo(command: DemoCommand): Promise<void> {
  const { scenario: file } = command;
  const scenario = file === null ? builtInScenario : await readScenario(file);
  const clock = new PacedClock(command.clock);
  const onTrouble = (trouble: unknown) =>
    process.stderr.write(`openwps: ${String(trouble)}
`);
  const world = await openDemoWorld({ scenario, clock, random: systemRandom, onTrouble });
  try {
    await serveDemo(world, clock, command);
  } finally {
    await world.close();
  }
}

/** Nobody has to know a password to try it. */
const demoSettings = { name: "demo", hostName: "openwps-demo", protection: false, password: null };
const networkSettings = { name: "demo network", hostName: "openwps-network", protection: false, password: null };

async function serveDemo(world: DemoWorld, clock: PacedClock, command: DemoCommand): Promise<void> {
  const { listen: at, air, signal } = command;
  const radio = world.station();
  const store = createMemoryStore();
  const station = await openStation({ radio, store, clock, random: systemRandom });
  const server = createStationServer({
    station,
    system: { model: "openwps", firmware: version, ethernet: async () => noEthernet },
    settings: await openServiceSettings({ store, defaults: demoSettings }),
    clock,
    pages: { folder: webFolder, first: "demo" },
    more: [
      (app, streams) =>
        demoApi(
          app,
          world,
          streams,
          demoExtras(world.service, clock, () => registrarPort),
        ),
    ],
  });
  const registrar = createRegistrarServer({
    service: world.service,
    version,
    settings: await openServiceSettings({ store: createMemoryStore(), defaults: networkSettings }),
    clock,
    pages: { folder: webFolder, first: "registrar" },
  });
  let registrarPort: number | null = null;
  const airServer = air === null ? null : await serveAir({ world, path: air });
  try {
    const address = await listen(server, at);
    const network = await listenBeside(registrar, { ...at, port: boundTo(server).port });
    registrarPort = boundTo(registrar).port;
    const paint = paintFor(process.stdout);
    process.stdout.write(`${welcome({ address, network, world, air, paint }).join("\n")}\n`);
    const names = new Map<MacAddress, string>(world.accessPoints.map(({ bssid, ssid }) => [bssid, ssid]));
    names.set((await radio.link()).macAddress, "device");
    await Promise.race([aborted(signal), showFrames(world, names, paint, signal)]);
  } finally {
    await airServer?.close();
    await registrar.close();
    await server.close();
    await station.close();
    await radio.close();
  }
}

/**
 * Listens at the next port, or at any where that is taken. Whoever reaches a registrar can let devices into its network,
 * so that one without a password answers this machine only, wherever the demo itself is to be reached.
 */
async function listenBeside(server: Parameters<typeof listen>[0], at: ListenAddress): Promise<string> {
  const host = isLoopback(at) ? at.host : "127.0.0.1";
  try {
    return await listen(server, { host, port: at.port === 65_535 ? 0 : at.port + 1 });
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return listen(server, { host, port: 0 });
  }
}

async function showFrames(
  world: DemoWorld,
  names: ReadonlyMap<MacAddress, string>,
  paint: Paint,
  signal: AbortSignal,
): Promise<void> {
  // Beacons come every second from everybody, and nobody can read on after that.
  const fold = new ProbeFold();
  for await (const frame of world.air.frames({ signal })) {
    if (frame.kind === "beacon") continue;
    const { show, hidden } = fold.take(frame);
    if (hidden > 0)
      process.stdout.write(
        paint("dim", `  ${" ".repeat(12)}  and ${hidden} more ${hidden === 1 ? "probe" : "probes"}\n`),
      );
    if (show) process.stdout.write(`  ${frameLine(frame, names, paint)}\n`);
  }
}

function counted(accessPoints: number): string {
  return accessPoints === 1 ? "one access point" : `${accessPoints} access points`;
}

interface Welcome {
  readonly address: string;
  /** Where the registrar is. */
  readonly network: string;
  readonly world: DemoWorld;
  readonly air: string | null;
  readonly paint: Paint;
}

/** What somebody sees who has just started the demo for the first time. */
function welcome({ address, network, world, air, paint }: Welcome): string[] {
  const step = (number: number, words: string) => `  ${paint("cyan", `${number}.`)} ${words}`;
  const command = (text: string) => `       ${paint("bold", text)}`;
  const wide = Math.max(...world.accessPoints.map(({ ssid }) => printable(ssid).length));
  return [
    "",
    `  ${paint(["bold", "green"], "openwps demo")}  one device and ${counted(world.accessPoints.length)}, on simulated air`,
    "",
    `  Listening on ${paint("underline", address)}`,
    `  The network's pages: ${paint("underline", network)}`,
    "",
    "  Open the first one in a browser and press the buttons there, or do it from here:",
    "",
    step(1, "Start pairing on the device:"),
    command(`curl -i -X POST ${address}/api/v1/wifi/wps`),
    "",
    step(2, "Within two minutes, press the WPS button of one access point:"),
    ...world.accessPoints.map(
      ({ ssid, bssid }) =>
        `       ${pad(printable(ssid), wide)}  ${paint("bold", `curl -X POST ${address}/demo/access-points/${apiMac(bssid)}/button`)}`,
    ),
    "",
    step(3, "See that the device is connected:"),
    command(`curl -s ${address}/api/v1/system | jq '.wifi'`),
    "",
    ...(air === null ? [] : [`  Others may join this air: openwps scan --radio air@${air}`, ""]),
    paint("dim", "  Each frame in the air follows here, beacons left out. Ctrl-C ends the demo."),
    "",
  ];
}
