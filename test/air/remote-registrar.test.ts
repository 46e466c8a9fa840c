/** The desk of an access point whose Registrar joins over the socket: one at a time, dead ones, lying ones, and airs that end. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import type { AccessPoint } from "../../src/radio/access-point.ts";
import { Heard } from "../../src/radio/access-point-contract.ts";
import { openAirAccessPoints } from "../../src/radio/air/access-point-client.ts";
import type { Backing } from "../../src/radio/air/backing.ts";
import { seededRandom } from "../../src/radio/air/chance.ts";
import { type AirServer, serveAir } from "../../src/radio/air/server.ts";
import type { Link } from "../../src/radio/station-radio.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { linkWhere, pin, read } from "./world.ts";

const key = new Secret("correct horse battery");
const ssid = new TextEncoder().encode("Home");
const home = { name: "Home", key: key.revealText(), registrar: "elsewhere" };

let clock: VirtualClock;
let folder: string;
let path: string;
let world: AirWorld;
let server: AirServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openwps-air-"));
  path = join(folder, "air");
  await serve({ accessPoints: [home] });
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

async function serve(scenario: object): Promise<void> {
  clock = new VirtualClock();
  world = createAirWorld({ scenario: read(scenario), clock, random: seededRandom(1) });
  server = await serveAir({ world, path });
}

async function stop(): Promise<void> {
  await server.close();
  await clock.until(world.close());
}

const nobody = { open: () => ({ respond: async () => Uint8Array.of(4, 0, 0, 4), close: () => {} }) };
const shared: Backing = { desk: nobody, keysOf: null };

async function standBehind(backing: Backing | null = shared): Promise<AccessPoint> {
  const [accessPoint] = await openAirAccessPoints({ path, clock: systemClock, backing });
  if (accessPoint === undefined) throw new Error("no access point");
  return accessPoint;
}

const joinWith = (theKey: Secret) =>
  clock.until(world.station().apply({ mode: "station", network: { ssid, key: theKey, wpa1: false, sae: false } }));
const link = (wanted: (link: Link) => boolean) => clock.until(linkWhere(world.station(), wanted));

test("two Registrars at one access point: the second is refused with a sentence, until the first has gone", async () => {
  const first = await standBehind();
  await expect(standBehind()).rejects.toThrow("Home has a Registrar already");
  const onlooker = await standBehind(null);
  expect(onlooker.facts).toMatchObject({ deviceName: "Home", wps: "configured", registrar: "relayed" });
  await first.close();
  const second = await standBehind();
  await Promise.all([second.close(), onlooker.close()]);
});

test("an air whose access points all have their Registrar with them has none for another one", async () => {
  await stop();
  await serve({ accessPoints: [{ ...home, registrar: "built-in" }] });
  await expect(standBehind()).rejects.toMatchObject({ hint: expect.stringContaining('"registrar": "elsewhere"') });
});

test("a press on the air is told to its Registrar, and so is its end; PINs are not for the air", async () => {
  const accessPoint = await standBehind();
  const heard = new Heard(accessPoint);
  const [box] = world.accessPoints;
  expect(await box?.pressButton()).toBe("open");
  await heard.next("buttonPressed");
  await box?.stop();
  expect(await heard.next("windowEnded")).toMatchObject({ reason: "cancelled" });
  await expect(box?.enterPin(pin("12345670"))).rejects.toThrow("leaves its Registrar to another process");
  heard.stop();
  await accessPoint.close();
});

test("keys of devices' own open nothing while nobody knows them, and the shared one opens again with whoever shares it", async () => {
  const own = new Secret("aa".repeat(32));
  const asked: string[] = [];
  const keysOf: Backing["keysOf"] = (station, instance) => {
    asked.push(`${station} ${instance}`);
    return [own];
  };
  const perDevice = await standBehind({ desk: nobody, keysOf });
  expect(await perDevice.sharedKey()).toBeNull();
  await joinWith(own);
  const { macAddress } = await link(({ state }) => state === "connected");
  expect(asked).toContain(`${macAddress} ${perDevice.instance}`);
  await perDevice.close();
  await joinWith(key);
  await link(({ trouble }) => trouble !== null);
  const sharing = await standBehind();
  expect((await sharing.sharedKey())?.revealText()).toBe(key.revealText());
  await link(({ state }) => state === "connected");
  await sharing.close();
});

test("an air that ends is told, and answers with sentences; served again, it has its Registrar again", async () => {
  const accessPoint = await standBehind();
  const heard = new Heard(accessPoint);
  await stop();
  expect((await heard.next("gone")).trouble.message).toContain("has gone away");
  await expect(accessPoint.advertise({ method: "pushButton" })).rejects.toMatchObject({ kind: "gone" });
  expect(accessPoint.facts.on).toBe(false);
  await serve({ accessPoints: [home] });
  await heard.next("back");
  expect(accessPoint.facts.on).toBe(true);
  expect(await accessPoint.advertise({ method: "pushButton" })).toEqual({ type: "shown" });
  await expect(standBehind()).rejects.toThrow("Home has a Registrar already");
  heard.stop();
  await accessPoint.close();
});

/** A Registrar that speaks for itself. */
async function stranger(): Promise<{ socket: Socket; ask(args: object): Promise<unknown> }> {
  const socket = createConnection(path);
  await once(socket, "data");
  let id = 0;
  const ask = async (request: object) => {
    const line = JSON.stringify({ id: ++id, ...request });
    const [answer] = await Promise.all([once(socket, "data"), socket.write(`${line}\n`)]);
    return JSON.parse(String(answer));
  };
  return { socket, ask };
}

test("rubbish from a Registrar is refused, and its answers are no keys and no packets unless they look so", async () => {
  const { socket, ask } = await stranger();
  const bssid = "02:00:00:00:00:00";
  const rubbish = [
    { call: "serve", args: { bssid, keys: "mine" } },
    { call: "serve", args: { bssid: "02:00:00:00:00:09", keys: "shared" } },
    { call: "advertise", args: { bssid, window: { method: "pin", authorized: "everybody", pin: null } } },
    { call: "restart", args: { bssid, settings: { wps: "perhaps" } } },
    { call: "configure", args: { bssid, settings: { ssid: "Home", key: null } } },
    { call: "setDevicePin", args: { bssid, pin: { $secret: "39" }, seconds: 0 } },
    { call: "setDevicePin", args: { bssid, pin: null, seconds: -1 } },
    { call: "deny", args: { bssid, station: "all" } },
  ];
  for (const request of rubbish) expect(await ask(request)).toMatchObject({ error: { kind: "refused" } });
  expect(await ask({ call: "answer", args: { bssid, question: 7, answer: null } })).toMatchObject({ value: null });

  const { desk } = world.relayed[0] ?? {};
  if (desk === undefined) throw new Error("no access point");
  const registrar = desk.attach("per-device");
  const [station] = [world.accessPoints[0]?.bssid];
  if (station === undefined) throw new Error("no access point");
  for (const answer of ["key", [new Secret("short")], Array(9).fill(key), undefined]) {
    const keys = desk.keysOf(station);
    for await (const question of registrar.questions) {
      if (question.type === "keys") registrar.answer(question.question, answer);
      break;
    }
    expect(await keys).toEqual([]);
  }
  for (const answer of ["packet", new Uint8Array(3), null]) {
    const conversation = desk.open(station);
    const packet = conversation.respond(Uint8Array.of(2, 1, 0, 5, 1));
    for await (const question of registrar.questions) {
      if (question.type === "respond") registrar.answer(question.question, answer);
      break;
    }
    await expect(packet).rejects.toThrow("does not answer");
  }
  registrar.detach();
  socket.destroy();
});
