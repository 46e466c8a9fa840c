/** What every station backend promises, kept by wpa_supplicant on the air against real hostapd. */
import { expect } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { proveStationRadio } from "../../src/radio/contract.ts";
import { openWpaSupplicant } from "../../src/radio/wpa-supplicant/station.ts";
import { openAir } from "../on-air.ts";

proveStationRadio("wpa_supplicant", {
  limitMs: 180_000,
  open: async () => {
    const name = expect.getState().currentTestName?.split(" > ").at(-1) ?? "contract";
    const air = await openAir({ name, radios: 3 });
    try {
      const [home, neighbour, station] = await Promise.all([
        air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
        air.accessPoint({ ssid: "neighbour", passphrase: "the grass is greener", channel: 6 }),
        air.station(),
      ]);
      const radio = await openWpaSupplicant({ target: station.ifname, clock: systemClock });
      return {
        radio,
        home,
        neighbour,
        until: (promise) => promise,
        removeRadio: () => station.kill(),
        close: async () => {
          await radio.close();
          await air.close();
        },
      };
    } catch (error) {
      await air.close();
      throw error;
    }
  },
});
