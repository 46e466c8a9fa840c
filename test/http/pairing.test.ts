/** Pairings over HTTP, on simulated air: the calls of a program that uses the API, in its order. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { createStationServer } from "../../src/http/station-server.ts";
import { openAirStation } from "../../src/radio/air/client.ts";
import { serveAir } from "../../src/radio/air/server.ts";
import { openStation } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { facts, type OnAir, openOnAir, openSettings } from "./on-air.ts";

let onAir: OnAir;
beforeEach(async () => {
  onAir = await openOnAir();
});
afterEach(() => onAir.close());

const wps = "/api/v1/wifi/wps";
const home = "/demo/access-points/020000000001";
const neighbour = "/demo/access-points/020000000002";

const get = (url: string) => onAir.app.inject({ url });
const post = (url: string, payload?: object) =>
  onAir.app.inject({ method: "POST", url, ...(payload === undefined ? {} : { payload }) });

/** The session once nothing is under way any more. */
async function ended() {
  for await (const session of onAir.station.sessions({ signal: AbortSignal.timeout(15_000) }))
    if (!session.active) return (await get(wps)).json();
}

test("the button at both ends connects the device, and the system answer shows it", async () => {
  const answer = await post(wps);
  expect(answer.statusCode).toBe(204);
  expect(answer.headers).toMatchObject({ "content-length": "0", "cache-control": "no-store" });
  expect(answer.body).toBe("");
  expect((await get(wps)).json()).toMatchObject({ active: true, method: "pbc", phase: "searching", result: null });
  expect((await post(`${home}/button`)).statusCode).toBe(204);
  expect(await ended()).toMatchObject({
    active: false,
    phase: "ended",
    result: "success",
    peer: { bssid: "020000000001", ssid: "Home" },
    reason: null,
    hint: expect.stringMatching(/switch it off/),
  });
  expect((await get("/api/v1/system")).json().wifi).toEqual({
    ssid: "Home",
    bssid: "020000000001",
    channel: 6,
    ht: "20",
    rssi: -47,
    signal: 100,
    auth_mode: "WPA2",
    pairwise_cipher: "CCMP",
    group_cipher: "CCMP",
    phy: "bgn",
    wps: true,
    country: null,
    mac: "020000000100",
    ip: "192.168.1.100",
    mask: "255.255.255.0",
    gateway: "192.168.1.1",
    dns: "192.168.1.1",
    status: "OK",
    mode: "STA",
  });
});

test("a PIN that nobody gave is made up and shown, and lets the device in", async () => {
  const answer = await post(wps, { method: "pin", bssid: "02-00-00-00-00-01" });
  expect(answer.statusCode).toBe(200);
  const { pin } = answer.json();
  expect(pin).toMatch(/^\d{8}$/);
  expect((await post(`${home}/pin`, { pin })).statusCode).toBe(204);
  expect(await ended()).toMatchObject({ method: "pin", result: "success" });
});

test("a PIN that came with the request is not told back", async () => {
  const answer = await post(wps, { method: "pin", pin: "1234-5670" });
  expect(answer.statusCode).toBe(204);
  expect(answer.body).toBe("");
  await post(`${home}/pin`, { pin: "12345670" });
  expect(await ended()).toMatchObject({ method: "pin", result: "success" });
});

test("a second pairing beside the first is refused as busy, and the first goes on", async () => {
  await post(wps);
  const answer = await post(wps);
  expect(answer.statusCode).toBe(409);
  expect(answer.json()).toEqual({ error: "busy", message: expect.stringMatching(/cancel it with DELETE/) });
  await post(`${home}/button`);
  expect(await ended()).toMatchObject({ result: "success" });
});

test("a cancelled pairing says so, and the next one succeeds", async () => {
  await post(wps);
  expect((await onAir.app.inject({ method: "DELETE", url: wps })).statusCode).toBe(204);
  expect((await get(wps)).json()).toMatchObject({ active: false, result: "cancelled" });
  await post(wps);
  await post(`${home}/button`);
  expect(await ended()).toMatchObject({ result: "success" });
});

test("two buttons pressed end in overlap", async () => {
  await post(`${home}/button`);
  await post(`${neighbour}/button`);
  await post(wps);
  expect(await ended()).toMatchObject({ result: "overlap", reason: "overlap" });
});

test("a stopped access point lets nobody in", async () => {
  await post(`${home}/button`);
  expect((await post(`${home}/stop`)).statusCode).toBe(204);
  await post(`${neighbour}/button`);
  await post(wps);
  expect(await ended()).toMatchObject({ result: "success", peer: { ssid: "Neighbour" } });
});

test("a radio that is gone is answered 503 with a sentence, and shows as an error in the system answer", async () => {
  const folder = await mkdtemp(join(tmpdir(), "openwps-"));
  const air = await serveAir({ world: onAir.world, path: join(folder, "air") });
  const radio = await openAirStation({ path: join(folder, "air"), clock: systemClock });
  const station = await openStation({ radio, store: createMemoryStore(), clock: systemClock, random: systemRandom });
  const app = createStationServer({ station, system: facts, settings: await openSettings(), clock: systemClock });
  try {
    await air.close();
    const answer = await app.inject({ method: "POST", url: wps });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ error: "radio-gone", message: expect.stringMatching(/^[A-Z].*\. .*\.$/) });
    const { wifi, device } = (await app.inject({ url: "/api/v1/system" })).json();
    expect(wifi).toMatchObject({ status: "Error", ssid: null });
    expect(device).toMatchObject({ id: null, model: "openwps" });
  } finally {
    await app.close();
    await station.close();
    await radio.close();
    await rm(folder, { recursive: true });
  }
});
