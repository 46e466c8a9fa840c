/** The contract of an access point, on the simulated air. */
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { proveAccessPoint } from "../../src/radio/access-point-contract.ts";
import { AirAccessPoint } from "../../src/radio/air/access-point.ts";
import { Air } from "../../src/radio/air/air.ts";
import { seededRandom } from "../../src/radio/air/chance.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { AirStation } from "../../src/radio/air/station.ts";

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
