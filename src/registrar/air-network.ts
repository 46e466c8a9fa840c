/**
 * The access points of a scenario on the simulated air, for a registrar that stands behind them, and a device that
 * wants in: it presses its button again and again until somebody lets it. For trying a registrar without any Wi-Fi.
 */
import type { Clock } from "../clock/clock.ts";
import { AirAccessPoint } from "../radio/air/access-point.ts";
import { Air } from "../radio/air/air.ts";
import type { Backing } from "../radio/air/backing.ts";
import type { Scenario } from "../radio/air/scenario.ts";
import { AirStation } from "../radio/air/station.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Random } from "../wsc/random.ts";

export interface AirNetwork {
  /** Those of the scenario that do WPS. */
  readonly accessPoints: readonly AirAccessPoint[];
  close(): Promise<void>;
}

export interface AirNetworkOptions {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly random: Random;
  readonly backing: Backing;
  /** When the device begins to want in, milliseconds after the start. */
  readonly wantsInAtMs: number;
}

export function openAirNetwork(options: AirNetworkOptions): AirNetwork {
  const { scenario, clock, random, wantsInAtMs } = options;
  const { desk, keysOf } = options.backing;
  const air = new Air({ clock, seed: scenario.seed, conditions: scenario.conditions });
  const all = scenario.accessPoints.map((settings) => {
    const own = keysOf !== null && settings.wps && settings.security !== "open";
    return new AirAccessPoint({
      air,
      settings: own ? { ...settings, key: null } : settings,
      desk: settings.wps ? desk : null,
      ...(own ? { keysOf: (station: MacAddress) => keysOf(station, settings.bssid) } : {}),
    });
  });
  const { name: deviceName, macAddress } = scenario.station;
  const station = new AirStation({ air, macAddress, radioName: "air", deviceName, random });
  const closing = new AbortController();
  const wanting = wantIn(station, clock, wantsInAtMs, closing.signal);
  return {
    accessPoints: all.filter(({ facts }) => facts.wps !== "disabled"),
    close: async () => {
      closing.abort();
      await wanting;
      await station.remove();
      for (const accessPoint of all) await accessPoint.close();
      air.close();
    },
  };
}

/** Presses the device's button every two minutes until it is let in, and joins the network then. */
async function wantIn(station: AirStation, clock: Clock, afterMs: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(afterMs, { signal }).catch(() => {});
  while (!signal.aborted)
    for await (const event of station.enrol({ type: "pushButton" }, { signal })) {
      if (event.type !== "enrolled") continue;
      const [credential] = event.credentials;
      if (credential === undefined) continue;
      const { ssid, networkKey } = credential;
      const key = networkKey.length === 0 ? null : networkKey;
      return station.apply({ mode: "station", network: { ssid, key, wpa1: false, sae: false } });
    }
}
