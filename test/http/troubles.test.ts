/** What the API says when radio or disk, and not the request, stand in the way. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { demoApi } from "../../src/http/demo-api.ts";
import { createStationServer } from "../../src/http/station-server.ts";
import { parseScenario } from "../../src/radio/air/scenario.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { openStation, type Station } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { type Store, StoreError } from "../../src/store/store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { facts, openSettings } from "./on-air.ts";

let world: AirWorld;
let station: Station;
/** What a write meets; null: nothing. */
let trouble: StoreError | null = null;
beforeEach(async () => {
  const scenario = parseScenario('{"accessPoints":[{"name":"Old","key":"any old key","wps":false}]}');
  if (!scenario.ok) throw new Error(scenario.error);
  const clock = systemClock;
  world = createAirWorld({ scenario: scenario.value, clock, random: systemRandom });
  const memory = createMemoryStore();
  const put: Store["put"] = async (key, value) => {
    if (trouble !== null) throw trouble;
    return memory.put(key, value);
  };
  station = await openStation({ radio: world.station(), store: { ...memory, put }, clock, random: systemRandom });
});
afterEach(async () => {
  trouble = null;
  await station.close();
  await world.close();
});

const server = async () =>
  createStationServer({
    station,
    system: facts,
    settings: await openSettings(),
    clock: systemClock,
    more: [(app, streams) => demoApi(app, world, streams)],
  });

test("a pairing that cannot be journaled does not begin, and the disk's own sentences say why", async () => {
  trouble = new StoreError("full", "The disk of the state folder /x is full.", "Make room on it.");
  const answer = await (await server()).inject({ method: "POST", url: "/api/v1/wifi/wps" });
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toEqual({
    error: "not-stored",
    message: "The disk of the state folder /x is full. Make room on it.",
  });
  expect(station.session()).toMatchObject({ active: false, result: null });

  trouble = null;
  const again = await (await server()).inject({ method: "POST", url: "/api/v1/wifi/wps" });
  expect(again.statusCode).toBe(204);
});

test("a radio that is there and says no is not called gone", async () => {
  const [{ bssid } = { bssid: "" }] = world.accessPoints;
  const answer = await (await server()).inject({ method: "POST", url: `/demo/access-points/${bssid}/button` });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ error: "radio-refused", message: expect.stringMatching(/^Old has no WPS\. /) });
});
