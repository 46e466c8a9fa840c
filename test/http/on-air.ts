/** A station and its server on a simulated air of their own, without a socket: for the tests beside this file. */
import { systemClock } from "../../src/clock/system-clock.ts";
import { demoApi } from "../../src/http/demo-api.ts";
import { noEthernet } from "../../src/http/ethernet.ts";
import { createStationServer } from "../../src/http/station-server.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { createAirWorld } from "../../src/registrar/air-world.ts";
import { openServiceSettings } from "../../src/settings/settings.ts";
import { openStation } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";

/** The device that the system answers describe. */
export const facts = { model: "openwps", firmware: "1.2.3", ethernet: async () => noEthernet };

/** Settings of a device called demo that no password protects. */
export const openSettings = (store = createMemoryStore()) =>
  openServiceSettings({
    store,
    defaults: { name: "demo", hostName: "openwps-demo", protection: false, password: null },
  });

export type OnAir = Awaited<ReturnType<typeof openOnAir>>;

/** Home is `020000000001`, Neighbour `020000000002`. Close it. */
export async function openOnAir() {
  const clock = systemClock;
  const world = createAirWorld({ scenario: builtInScenario, clock, random: systemRandom });
  const radio = world.station();
  const station = await openStation({ radio, store: createMemoryStore(), clock, random: systemRandom });
  const app = createStationServer({
    station,
    system: facts,
    settings: await openSettings(),
    clock,
    more: [(api, streams) => demoApi(api, world, streams)],
  });
  return {
    app,
    world,
    radio,
    station,
    close: async () => {
      await app.close();
      await station.close();
      await world.close();
    },
  };
}
