/** A registrar, its air and its devices, each a process of its own: how devices come in, and what a killed registrar leaves. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { openAirStation } from "../../src/radio/air/client.ts";
import { type AirServer, serveAir } from "../../src/radio/air/server.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { type PairEvent, pair } from "../../src/station/pairing.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { linkWhere, read } from "../air/world.ts";
import { openwps, type Run } from "./run.ts";

const pin = "12345670";
const key = "correct horse battery";

let folder: string;
let world: AirWorld;
let air: AirServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
  const scenario = read({ delayMs: 20, accessPoints: [{ name: "Home", key, registrar: "elsewhere" }] });
  world = createAirWorld({ scenario, clock: systemClock, random: systemRandom });
  air = await serveAir({ world, path: join(folder, "air") });
});
afterEach(async () => {
  await air.close();
  await world.close();
  await rm(folder, { recursive: true });
});

class Registrar {
  readonly process: Run;
  readonly #url: string;

  private constructor(process: Run, url: string) {
    this.process = process;
    this.#url = url;
  }

  static async start(keys: string): Promise<Registrar> {
    const [ap, state] = [`air@${join(folder, "air")}`, join(folder, "registrar")];
    const service = openwps([
      ...["registrar", "--ap", ap, "--keys", keys],
      ...["--state", state, "--listen", "127.0.0.1:0"],
    ]);
    const [, url = ""] = await service.seen(/listening on (http:[\w.:/]+)/);
    return new Registrar(service, `${url}/api/v1`);
  }

  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.#url}${path}`, { method, ...(body && { body: JSON.stringify(body), headers }) });
    return answer.status === 200 ? answer.json() : answer.status;
  }

  async open(window: object): Promise<void> {
    expect(await this.ask("POST", "/wps/instances/020000000000/enrolment", window)).toBe(204);
  }
}

/** By button, from this process: starting one takes longer than pairing. */
async function pairHere(): Promise<PairEvent["type"] | undefined> {
  const radio = await openAirStation({ path: join(folder, "air"), clock: systemClock });
  let last: PairEvent | undefined;
  for await (const event of pair({ radio, method: { type: "pushButton" } })) last = event;
  await radio.close();
  return last?.type;
}

const link = (wanted: Parameters<typeof linkWhere>[1]) => linkWhere(world.station(), wanted);
const connected = () => link(({ address }) => address !== null);
const heard = async (message: string) => {
  const stop = new AbortController();
  for await (const frame of world.air.frames({ signal: stop.signal })) if (frame.message === message) stop.abort();
};
const device = { mac: "020000000100", name: "Simulated station", confirmed: true };

// Half a dozen processes in turn, on a machine that may be busy.
const patience = 60_000;

test.each([
  { keys: "shared", key: "shared", revoked: connected },
  { keys: "per-device", key: "own", revoked: () => link(({ trouble }) => trouble !== null) },
])(
  "with keys $keys a device comes in by PIN and by button, and is sent away when it is revoked",
  async (mode) => {
    const registrar = await Registrar.start(mode.keys);
    await registrar.open({ method: "pin", pin });
    const radio = `air@${join(folder, "air")}`;
    expect((await openwps(["pair", "--radio", radio, "--pin", pin]).ended).code).toBe(0);
    expect(await registrar.ask("GET", "/devices")).toMatchObject([{ ...device, method: "pin", key: mode.key }]);
    await registrar.open({ method: "pbc" });
    expect(await pairHere()).toBe("paired");
    expect(await registrar.ask("GET", "/devices")).toMatchObject([{ ...device, method: "pbc", key: mode.key }]);

    await connected();
    const left = link(({ state }) => state !== "connected");
    await registrar.ask("DELETE", `/devices/${device.mac}`);
    await left;
    // Who shares the key of all still knows it.
    await mode.revoked();
    expect(await registrar.ask("GET", "/devices")).toEqual([]);
    await registrar.process.end();
  },
  patience,
);

test(
  "a registrar that is killed in the middle of a run leaves the device searching, and lets it in when it is back",
  async () => {
    const first = await Registrar.start("per-device");
    await first.open({ method: "pbc" });
    const pairing = pairHere();
    await heard("M4");
    await first.process.end("SIGKILL");
    const second = await Registrar.start("per-device");
    await second.open({ method: "pbc" });
    expect(await pairing).toBe("paired");
    await connected();

    // Its key is asked for whenever it joins: without a registrar nobody knows it.
    await second.process.end("SIGKILL");
    await connected();
    const [home] = world.accessPoints;
    home?.powerOff();
    home?.powerOn();
    await link(({ trouble }) => trouble !== null);
    const third = await Registrar.start("per-device");
    await connected();
    expect(await third.ask("GET", "/devices")).toMatchObject([{ ...device, method: "pbc", key: "own" }]);
    await third.process.end();
  },
  patience,
);
