/** The service as a process: on an air that this test serves, so that it outlives the service. */

import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { type AirServer, serveAir } from "../../src/radio/air/server.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { openwps, type Run } from "./run.ts";

let folder: string;
let world: AirWorld;
let air: AirServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
  world = createAirWorld({ scenario: builtInScenario, clock: systemClock, random: systemRandom });
  air = await serveAir({ world, path: join(folder, "air") });
});
afterEach(async () => {
  await air.close();
  await world.close();
  await rm(folder, { recursive: true });
});

async function start(...more: readonly string[]): Promise<{ service: Run; url: string }> {
  const radio = `air@${join(folder, "air")}`;
  const service = openwps([
    "station",
    "--radio",
    radio,
    "--state",
    join(folder, "state"),
    "--listen",
    "127.0.0.1:0",
    ...more,
  ]);
  const [, url = ""] = await service.seen(/listening on (http:[\w.:/-]+)/);
  return { service, url };
}

async function wifi(url: string): Promise<unknown> {
  const answer = await fetch(`${url}/api/v1/system`);
  return ((await answer.json()) as { wifi: unknown }).wifi;
}

test("it pairs, keeps the network over a restart, and never logs a key", async () => {
  const first = await start();
  await fetch(`${first.url}/api/v1/wifi/wps`, { method: "POST" });
  await world.accessPoints[0]?.pressButton();
  await first.service.seen(/"result":"success"/);
  expect(await wifi(first.url)).toMatchObject({ ssid: "Home", status: "OK" });
  const { code, stdout, stderr } = await first.service.end("SIGTERM");
  expect(code).toBe(0);
  expect(stdout).toBe("");
  for (const line of stderr.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  expect(stderr).not.toContain("correct horse battery");

  const second = await start();
  await expect.poll(() => wifi(second.url), { timeout: 10_000 }).toMatchObject({ ssid: "Home", status: "OK" });
  await second.service.end();
});

test("its state can be read by its owner only", async () => {
  const { service } = await start();
  expect((await stat(join(folder, "state"))).mode & 0o077).toBe(0);
  await service.end();
});

test("stopped in mid-pairing it ends at once, whoever watches, with the device as it was", async () => {
  const { service, url } = await start();
  await fetch(`${url}/api/v1/wifi/wps`, { method: "POST" });
  const watcher = await fetch(`${url}/api/v1/wifi/wps/events`);
  const { port } = new URL(url);
  const silent = connect(Number(port), "127.0.0.1");
  await once(silent, "connect");
  const { code } = await service.end("SIGTERM");
  expect(code).toBe(0);
  expect(await watcher.text()).toMatch(/^event: session\n.*"active":true/);
  silent.destroy();
  const again = await start();
  expect(await (await fetch(`${again.url}/api/v1/wifi/wps`)).json()).toMatchObject({
    active: false,
    result: "cancelled",
  });
  await again.service.end();
});

test("listening on the network without a password is allowed, and warned about", async () => {
  const { service } = await start("--listen", "0.0.0.0:0");
  await service.seen(/"level":40,.*without a password/);
  await service.end();
});

test("listening at a name that is this machine's own for itself is not listening on the network", async (context) => {
  const { address } = await lookup(hostname()).catch(() => ({ address: "" }));
  if (!address.startsWith("127.")) return context.skip("this machine's name is an address of its network");
  const { service } = await start("--listen", `${hostname()}:0`);
  const { stderr } = await service.end();
  expect(stderr).not.toMatch(/"level":40/);
});

test("a state folder that another service uses gets a sentence", async () => {
  const { service } = await start();
  const radio = `air@${join(folder, "air")}`;
  const { code, stderr } = await openwps([
    "station",
    "--radio",
    radio,
    "--state",
    join(folder, "state"),
    "--listen",
    "127.0.0.1:0",
  ]).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^openwps: The state folder .* is in use by another process\.\n.+\.\n$/);
  await service.end();
});
