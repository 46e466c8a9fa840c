/** `openwps station`: the service on a device, from start to a clean end. */
import type { Logger } from "pino";
import type { Clock } from "../clock/clock.ts";
import { linuxEthernet } from "../http/ethernet.ts";
import { createStationServer } from "../http/station-server.ts";
import { RadioError, type StationRadio } from "../radio/station-radio.ts";
import { openServiceSettings, type ServiceSettings } from "../settings/settings.ts";
import { openStation, type Station } from "../station/station.ts";
import { openLevelStore } from "../store/level-store.ts";
import { StoreError } from "../store/store.ts";
import type { MacAddress } from "../wsc/address.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { isLoopback, type ListenAddress, listen } from "./listen-option.ts";
import { aborted } from "./signals.ts";
import { version } from "./version.ts";

export interface StationCommand {
  readonly radio: StationRadio;
  readonly clock: Clock;
  readonly listen: ListenAddress;
  /** Where credentials and settings are kept. */
  readonly state: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Serves until the signal aborts; a pairing under way is then cancelled and the device put back as it was. */
export async function runStation({ radio, clock, listen: at, state, log, signal }: StationCommand): Promise<void> {
  const store = await openLevelStore(state);
  try {
    const link = await radio.link().catch(() => null);
    const settings = await openServiceSettings({ store, defaults: defaultsFor(link?.macAddress ?? null) });
    const station = await openStation({
      radio,
      store,
      clock,
      random: systemRandom,
      onTrouble: (trouble) => tellTrouble(log, trouble),
    });
    try {
      const server = createStationServer({
        station,
        system: { model: "openwps", firmware: version, ethernet: linuxEthernet },
        settings,
        clock,
        checks: [() => store.get("settings")],
        // The web framework's own news are none; its troubles are.
        logger: log.child({}, { level: log.level === "error" ? "error" : "warn" }),
      });
      try {
        const address = await listen(server, at);
        log.info({ radio: radio.name, state }, `listening on ${address}`);
        if (!isLoopback(at) && !settings.current.protection)
          log.warn("listening on the network, without a password: whoever reaches this address can start a pairing");
        const telling = tell(station, log, signal);
        await aborted(signal);
        log.info(`stopping (${signal.reason})`);
        await telling;
      } finally {
        await server.close();
      }
    } finally {
      await station.close();
    }
  } finally {
    await store.close();
  }
}

/** What a device is called before anybody gives it a name: by the end of its radio's address, which is on its label. */
function defaultsFor(macAddress: MacAddress | null): ServiceSettings {
  const end = macAddress?.replaceAll(":", "").slice(-6).toUpperCase() ?? "device";
  return { name: "", hostName: `openwps-${end}`, protection: false, password: null };
}

/** What a person can mend is said in its own words; a mistake of ours with all that helps to find it. */
function tellTrouble(log: Logger, trouble: unknown): void {
  if (trouble instanceof RadioError || trouble instanceof StoreError) log.warn(`${trouble.message} ${trouble.hint}`);
  else log.error({ err: trouble }, "a mistake of openwps; please report it");
}

/** Logs each pairing as it changes, without its countdown, and not the one of before the start. */
async function tell(station: Station, log: Logger, signal: AbortSignal): Promise<void> {
  let last: string | null = null;
  for await (const { active, method, phase, message, peer, result, reason, hint } of station.sessions({ signal })) {
    const fields = active ? { method, phase, message, peer } : { method, result, reason, hint };
    const now = JSON.stringify(fields);
    if (now !== last && (active || last !== null)) log.info(fields, active ? "pairing" : "pairing ended");
    last = now;
  }
}
