/** What every access point backend promises, kept by hostapd on the air; the way to reach it is up to the scenario. */
import { expect } from "vitest";
import { systemClock } from "../src/clock/system-clock.ts";
import { proveAccessPoint } from "../src/radio/access-point-contract.ts";
import { openHostapd } from "../src/radio/hostapd/access-point.ts";
import { openWpaSupplicant } from "../src/radio/wpa-supplicant/station.ts";
import { systemRandom } from "../src/wsc/crypto.ts";
import { openAir } from "./on-air.ts";

/** @param targetOf how a hostapd with this interface is reached */
export function proveHostapd(name: string, targetOf: (ifname: string) => string | readonly string[]): void {
  proveAccessPoint(name, {
    limitMs: 240_000,
    open: async () => {
      const story = expect.getState().currentTestName?.split(" > ").at(-1) ?? "contract";
      const air = await openAir({ name: `${name} ${story}`, radios: 2 });
      try {
        const [peer, device] = await Promise.all([
          air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
          air.station(),
        ]);
        const target = targetOf(peer.ifname);
        const accessPoint = await openHostapd({ target, clock: systemClock, random: systemRandom });
        const station = await openWpaSupplicant({ target: device.ifname, clock: systemClock });
        await station.apply({ mode: "off" });
        return {
          accessPoint,
          station,
          ssid: peer.ssid,
          key: peer.key,
          until: (promise) => promise,
          pressOwnButton: () => peer.pressButton(),
          crash: () => peer.kill(),
          start: () => peer.start(),
          close: async () => {
            await accessPoint.close();
            await station.close();
            await air.close();
          },
        };
      } catch (error) {
        await air.close();
        throw error;
      }
    },
  });
}
