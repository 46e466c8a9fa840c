/** A device with its pages on a simulated air, listening, in time that may pass faster: for the tests beside this file. */
import { PacedClock } from "../../src/clock/paced-clock.ts";
import { systemClock } from "../../src/clock/system-clock.ts";
import { demoApi, demoExtras } from "../../src/http/demo-api.ts";
import { noEthernet } from "../../src/http/ethernet.ts";
import { createStationServer } from "../../src/http/station-server.ts";
import { builtInScenario, type Scenario } from "../../src/radio/air/scenario.ts";
import type { Hotspot } from "../../src/radio/station-radio.ts";
import { openDemoWorld } from "../../src/registrar/demo-world.ts";
import { openStation } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { facts, openSettings } from "../http/on-air.ts";
import { pagesFolder } from "./browser.ts";

export interface DeviceOptions {
  /** How many seconds pass there in one of ours. */
  readonly speed?: number;
  readonly scenario?: Scenario;
  readonly first?: "station" | "demo";
  readonly hotspot?: Hotspot;
  /** The addresses of its cable; none without it. */
  readonly cable?: readonly string[];
}

export type DeviceOnAir = Awaited<ReturnType<typeof openDevice>>;

/** Close it. */
export async function openDevice(options: DeviceOptions = {}) {
  const { scenario = builtInScenario, first = "station", hotspot = null } = options;
  const clock = new PacedClock(systemClock);
  clock.speed = options.speed ?? 1;
  const onTrouble = (trouble: unknown) => {
    throw trouble;
  };
  const ethernet = { ...noEthernet, up: options.cable !== undefined, addresses: options.cable ?? [] };
  const world = await openDemoWorld({ scenario, clock, random: systemRandom, onTrouble });
  const station = await openStation({
    radio: world.station(),
    store: createMemoryStore(),
    clock,
    random: systemRandom,
    settings: { hotspot },
  });
  const settings = await openSettings();
  const create = () =>
    createStationServer({
      station,
      system: { ...facts, ethernet: async () => ethernet },
      settings,
      clock,
      pages: { folder: pagesFolder, first },
      more: [
        (app, streams) =>
          demoApi(
            app,
            world,
            streams,
            demoExtras(world.service, clock, () => null),
          ),
      ],
    });
  let app = create();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const [home, neighbour] = world.accessPoints;
  if (home === undefined || neighbour === undefined) throw new Error("two access points, or more");
  return {
    url,
    world,
    station,
    settings,
    home,
    neighbour,
    /** The service goes, and nobody listens. */
    goAway: () => app.close(),
    /** It is back where it was. */
    comeBack: async () => {
      app = create();
      await app.listen({ host: "127.0.0.1", port: Number(new URL(url).port) });
    },
    close: async () => {
      await app.close();
      await station.close();
      await world.close();
    },
  };
}
