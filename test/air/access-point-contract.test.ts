/** The contract of an access point, on the simulated air: in this process, and for a Registrar in another one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock/system-clock.ts";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { proveAccessPoint } from "../../src/radio/access-point-contract.ts";
import { AirAccessPoint } from "../../src/radio/air/access-point.ts";
import { openAirAccessPoints } from "../../src/radio/air/access-point-client.ts";
import { Air } from "../../src/radio/air/air.ts";
import { seededRandom } from "../../src/radio/air/chance.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { serveAir } from "../../src/radio/air/server.ts";
import { AirStation } from "../../src/radio/air/station.ts";
import { createAirWorld } from "../../src/registrar/air-world.ts";

const [settings] = builtInScenario.accessPoints;
if (settings === undefined || settings.key === null) throw new Error("the built-in scenario has changed");
const { ssid, key } = settings;
const nobodyEnrols = {
  open: () => {
    throw new Error("nobody enrols here");
  },
};

proveAccessPoint("The simulated air", {
  limitMs: 20_000,
  open: async () => {
    const clock = new VirtualClock();
    const air = new Air({ clock, seed: 1 });
    const accessPoint = new AirAccessPoint({ air, settings, desk: nobodyEnrols });
    const station = new AirStation({
      air,
      random: seededRandom(1),
      radioName: "air",
      deviceName: "Lamp",
      macAddress: builtInScenario.station.macAddress,
      kept: [],
    });
    await clock.until(station.apply({ mode: "off" }));
    return {
      accessPoint,
      ssid,
      key,
      station,
      until: (promise) => clock.until(promise),
      pressOwnButton: async () => accessPoint.press(),
      crash: async () => accessPoint.powerOff(),
      start: async () => accessPoint.powerOn(),
      close: async () => {
        await clock.until(station.remove());
        await accessPoint.close();
        air.close();
      },
    };
  },
});

proveAccessPoint("The simulated air behind a socket", {
  limitMs: 20_000,
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "openwps-air-"));
    const path = join(folder, "air");
    const clock = new VirtualClock();
    const scenario = { ...builtInScenario, accessPoints: [{ ...settings, registrar: "elsewhere" as const }] };
    const world = createAirWorld({ scenario, clock, random: seededRandom(1) });
    const server = await serveAir({ world, path });
    const backing = { desk: nobodyEnrols, keysOf: null };
    const [accessPoint] = await openAirAccessPoints({ path, clock: systemClock, backing });
    const [home] = world.accessPoints;
    if (accessPoint === undefined || home === undefined) throw new Error("a world without access points");
    const station = world.station();
    await clock.until(station.apply({ mode: "off" }));
    return {
      accessPoint,
      ssid,
      key,
      station,
      until: (promise) => clock.until(promise),
      pressOwnButton: async () => void (await home.pressButton()),
      crash: async () => home.powerOff(),
      start: async () => home.powerOn(),
      close: async () => {
        await accessPoint.close();
        await server.close();
        await clock.until(world.close());
        await rm(folder, { recursive: true });
      },
    };
  },
});
