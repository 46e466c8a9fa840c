/** The air behind a socket: services that die, strangers that send rubbish, and sockets that are not there. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { seededRandom } from "../../src/radio/air/chance.ts";
import { joinAir, openAirStation } from "../../src/radio/air/client.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { type AirServer, serveAir } from "../../src/radio/air/server.ts";
import type { EnrolEvent, StationRadio } from "../../src/radio/station-radio.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { enrol, linkWhere, pin, pushButton, withPin } from "./world.ts";

let folder: string;
let path: string;
let world: AirWorld;
let server: AirServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openwps-air-"));
  path = join(folder, "air");
  world = createAirWorld({ scenario: builtInScenario, clock: systemClock, random: seededRandom(1) });
  server = await serveAir({ world, path });
});

afterEach(async () => {
  await server.close();
  await world.close();
  rmSync(folder, { recursive: true });
});

const joined = () => joinAir({ path, clock: systemClock });

/** A connection that speaks for itself. */
async function stranger(): Promise<Socket> {
  const socket = createConnection(path);
  await once(socket, "data");
  return socket;
}

/** Sends lines and gives the next thing that comes back. */
async function answerTo(socket: Socket, text: string): Promise<unknown> {
  const [answer] = await Promise.all([once(socket, "data"), socket.write(text)]);
  return JSON.parse(String(answer));
}

test("only its owner may open the socket, and it is gone when the server is", async () => {
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await server.close();
  expect(() => statSync(path)).toThrow("ENOENT");
});

test("a run whose service dies goes on in the air, and leaves the radio unconnected", async () => {
  const network = {
    ssid: new TextEncoder().encode("Home"),
    key: new Secret("correct horse battery"),
    wpa1: false,
    sae: false,
  };
  const before = await joined();
  await before.station().apply({ mode: "station", network });
  await linkWhere(before.station(), ({ state }) => state === "connected");
  const events: EnrolEvent[] = [];
  for await (const event of before.station().enrol(pushButton, { signal: new AbortController().signal })) {
    events.push(event);
    if (event.type === "searching") await before.close();
  }
  expect(events.at(-1)).toMatchObject({ type: "failed", failure: { kind: "radioGone" } });

  const after = await joined();
  const radio = after.station();
  expect(await radio.link()).toMatchObject({ state: "disconnected" });
  await expect(radio.apply({ mode: "station", network })).rejects.toThrow("in the middle of an enrolment");
  await radio.clearAfterCrash({});
  await radio.apply({ mode: "station", network });
  await linkWhere(radio, ({ state }) => state === "connected");
  await after.close();
});

test("several services join the same air, and each sees what the others do", async () => {
  const [one, other] = [await joined(), await joined()];
  const [home] = await one.accessPoints();
  if (home === undefined) throw new Error("no access points");
  expect(home).toMatchObject({ name: "Home", ssid: "Home" });
  await home.enterPin(pin("12345670"));
  const stop = new AbortController();
  const messages: string[] = [];
  const watching = (async () => {
    for await (const { message } of one.frames({ signal: stop.signal })) if (message !== null) messages.push(message);
  })();
  const events = await enrol(other.station(), withPin("12345670"));
  expect(events.at(-1)).toMatchObject({ type: "enrolled", peer: { bssid: home.bssid } });
  stop.abort();
  await watching;
  expect(messages).toEqual(expect.arrayContaining(["M1", "M8", "WSC_Done"]));
  await Promise.all([one.close(), other.close()]);
});

test("rubbish is answered, not obeyed, and hurts nobody else", async () => {
  const socket = await stranger();
  expect(await answerTo(socket, "rubbish\n")).toMatchObject({ id: null, error: { kind: "refused" } });
  expect(await answerTo(socket, '["a"]\n')).toMatchObject({ id: null, error: { kind: "refused" } });
  expect(await answerTo(socket, '{"id":1,"call":"toString"}\n')).toMatchObject({ id: 1, error: { kind: "refused" } });
  expect(await answerTo(socket, '{"id":1,"call":"apply","args":{"setup":{"mode":"station"}}}\n')).toMatchObject({
    id: 1,
    error: { message: expect.stringContaining("without a setup") },
  });
  expect(
    await answerTo(socket, '{"id":2,"call":"enrol","args":{"method":{"type":"pin","pin":{"$secret":"39"}}}}\n'),
  ).toMatchObject({
    error: { message: expect.stringContaining("without a method") },
  });
  expect(await answerTo(socket, '{"id":3,"call":"press","args":{"bssid":"nobody"}}\n')).toMatchObject({
    id: 3,
    error: {},
  });
  socket.write('{"id":4,"abort":true}\n{"id":');
  expect(await answerTo(socket, '5,"call":"name"}\n')).toEqual({ id: 5, value: "air" });
  socket.destroy();
});

test("a station whose name no device could have is refused before it is on the air", async () => {
  const socket = await stranger();
  for (const name of ["", "x".repeat(33), 5, null]) {
    const line = JSON.stringify({ id: 1, call: "link", args: { station: name } });
    expect(await answerTo(socket, `${line}\n`)).toMatchObject({
      id: 1,
      error: { message: expect.stringContaining("without a station's name") },
    });
  }
  socket.destroy();
});

test("a client that asks on and on without reading is not read either", { timeout: 10_000 }, async () => {
  const socket = await stranger();
  socket.pause();
  // Each line of 9 bytes is worth an answer of more than 100: were they all taken, it would be 200 MB.
  socket.write('"rubbish"\n'.repeat(2_000_000));
  const other = await joined();
  const flowing = async () => {
    const before = socket.writableLength;
    for (let turn = 0; turn < 50; turn++) await other.station().link();
    return before - socket.writableLength;
  };
  await expect.poll(flowing, { timeout: 8_000 }).toBe(0);
  expect(socket.writableLength).toBeGreaterThan(0);
  socket.destroy();
  await other.close();
});

test("a line without end is cut off, and the others go on", async () => {
  const socket = await stranger();
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  for (let sent = 0; sent < 8; sent++) socket.write("x".repeat(64 * 1024));
  await closed;
  const air = await joined();
  expect((await air.station().scan()).length).toBe(2);
  await air.close();
});

test("a socket left behind by a dead server is replaced, a living one is not", async () => {
  await expect(serveAir({ world, path })).rejects.toThrow("Somebody already serves an air");
  const left = join(folder, "left");
  const server = `require("net").createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", server]), "exit");
  expect(statSync(left).isSocket()).toBe(true);
  const second = await serveAir({ world, path: left });
  await second.close();
});

test("no server, a stranger's server, or a server that leaves: each is a sentence with a next step", async () => {
  const nowhere = join(folder, "nowhere");
  const missing = await openAirStation({ path: nowhere, clock: systemClock }).catch((error: unknown) => error);
  expect(missing).toMatchObject({ name: "RadioError", kind: "gone" });
  expect(missing).toMatchObject({
    message: expect.stringContaining(nowhere),
    hint: expect.stringContaining("openwps demo --air"),
  });

  const foreign = createServer((socket) => socket.end("220 mail.example.org ESMTP\n")).listen(nowhere);
  await once(foreign, "listening");
  await expect(joinAir({ path: nowhere, clock: systemClock })).rejects.toThrow("Nobody serves a simulated air");
  foreign.close();

  const radio: StationRadio = await openAirStation({ path, clock: systemClock });
  const watching = linkWhere(radio, ({ state }) => state === "connected").catch((error: unknown) => error);
  await server.close();
  expect(await watching).toMatchObject({ kind: "gone", message: expect.stringContaining("has gone away") });
  await expect(radio.scan()).rejects.toThrow("has gone away");
  await radio.close();
});

test("too long a path is refused before the system does it in its own words", async () => {
  await expect(serveAir({ world, path: join(folder, "a".repeat(120)) })).rejects.toThrow("too long");
});
