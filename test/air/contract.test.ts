/** The contract of a station's radio, on the simulated air: in this process and over a socket. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock/system-clock.ts";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { seededRandom } from "../../src/radio/air/chance.ts";
import { joinAir } from "../../src/radio/air/client.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { type ServedAccessPoint, serveAir } from "../../src/radio/air/server.ts";
import { type ContractAccessPoint, proveStationRadio } from "../../src/radio/contract.ts";
import { createAirWorld } from "../../src/registrar/air-world.ts";
import { parsePin } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";

function contractAccessPoint(accessPoint: ServedAccessPoint | undefined): ContractAccessPoint {
  const settings = builtInScenario.accessPoints.find(({ bssid }) => bssid === accessPoint?.bssid);
  if (accessPoint === undefined || settings === undefined) throw new Error("the built-in scenario has changed");
  return {
    bssid: settings.bssid,
    ssid: settings.ssid,
    key: settings.key ?? new Secret(""),
    pressButton: async () => void (await accessPoint.pressButton()),
    enterPin: async (text) => {
      const pin = parsePin(text);
      if (!pin.ok) throw new Error(`${text} is no PIN`);
      await accessPoint.enterPin(pin.value);
    },
  };
}

proveStationRadio("The simulated air", {
  limitMs: 20_000,
  open: async () => {
    const clock = new VirtualClock();
    const world = createAirWorld({ scenario: builtInScenario, clock, random: seededRandom(1) });
    const radio = world.station();
    await clock.until(radio.apply({ mode: "off" }));
    return {
      radio,
      home: contractAccessPoint(world.accessPoints[0]),
      neighbour: contractAccessPoint(world.accessPoints[1]),
      until: (promise) => clock.until(promise),
      removeRadio: () => radio.unplug(),
      close: () => clock.until(world.close()),
    };
  },
});

proveStationRadio("The simulated air behind a socket", {
  limitMs: 20_000,
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "openwps-air-"));
    const path = join(folder, "air");
    const world = createAirWorld({ scenario: builtInScenario, clock: systemClock, random: seededRandom(1) });
    const server = await serveAir({ world, path });
    const air = await joinAir({ path, clock: systemClock });
    const radio = air.station();
    await radio.apply({ mode: "off" });
    const [home, neighbour] = await air.accessPoints();
    return {
      radio,
      home: contractAccessPoint(home),
      neighbour: contractAccessPoint(neighbour),
      until: (promise) => promise,
      removeRadio: () => server.close(),
      close: async () => {
        await air.close();
        await server.close();
        await world.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});
