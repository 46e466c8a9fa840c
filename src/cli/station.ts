/** `openwps station`: the service on a device, from start to a clean end. */
import type { Logger } from "pino";
import type { Clock } from "../clock/clock.ts";
import { linuxEthernet } from "../http/ethernet.ts";
import { createStationServer } from "../http/station-server.ts";
import { RadioError, type StationRadio } from "../radio/station-radio.ts";
import { openServiceSettings } from "../settings/settings.ts";
import { openStation, type Station } from "../station/station.ts";
import { openLevelStore } from "../store/level-store.ts";
import { type Store, StoreError } from "../store/store.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Announcer } from "./announcer.ts";
import { type Controls, openControls } from "./controls.ts";
import { labelName, makersName } from "./device-name.ts";
import { hotspotOf } from "./hotspot-option.ts";
import { boundTo, isLoopback, listen } from "./listen-option.ts";
import { passwordIn } from "./password-option.ts";
import type { RadioChoice } from "./radio-option.ts";
import { aborted } from "./signals.ts";
import type { StationFlags } from "./station-options.ts";
import { version } from "./version.ts";
import { webFolder } from "./web-folder.ts";

export interface StationCommand {
  readonly radio: StationRadio;
  readonly choice: RadioChoice;
  readonly flags: StationFlags;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Serves until the signal aborts; a pairing under way is then cancelled and the device put back as it was. */
export async function runStation(command: StationCommand): Promise<void> {
  const store = await openLevelStore(command.flags.state);
  try {
    await serve(command, store);
  } finally {
    await store.close();
  }
}

async function serve({ radio, choice, flags, clock, log, signal }: StationCommand, store: Store): Promise<void> {
  const { listen: at, state, address, afterFailedPairing, unconfigured, digest, basic = false } = flags;
  const link = await radio.link().catch(() => null);
  const hostName = labelName(link?.macAddress ?? null);
  const hotspot = await hotspotOf(flags, hostName);
  const settings = await openServiceSettings({
    store,
    defaults: { name: makersName(flags), hostName, protection: false, password: null },
    fixedPassword: flags.passwordFile === undefined ? null : await passwordIn(flags.passwordFile, log),
  });
  const onTrouble = (trouble: unknown) => tellTrouble(log, trouble);
  const station = await openStation({
    radio,
    store,
    clock,
    random: systemRandom,
    settings: { address, afterFailedPairing, unconfigured, hotspot },
    onTrouble,
  });
  let controls: Controls | null = null;
  try {
    controls = await openControls({ station, flags, clock, log, onTrouble });
    const server = createStationServer({
      station,
      system: {
        model: flags.deviceModel,
        firmware: version,
        ethernet: linuxEthernet,
        needsAddress: address !== "none",
      },
      settings,
      clock,
      digest,
      basic,
      pages: { folder: webFolder, first: "station" },
      checks: [() => store.get("settings")],
      // The web framework's own news are none; its troubles are.
      logger: log.child({}, { level: log.level === "error" ? "error" : "warn" }),
    });
    const announcer = new Announcer({ settings, id: link?.macAddress ?? null, onTrouble });
    try {
      const where = await listen(server, at);
      log.info({ radio: radio.name, state }, `listening on ${where}`);
      const bound = boundTo(server);
      const onNetwork = !isLoopback({ host: bound.address });
      if (onNetwork && !settings.current.protection)
        log.warn("listening on the network, without a password: whoever reaches this address can start a pairing");
      if (onNetwork && flags.mdns) announcer.start(bound);
      const telling = tell(station, log, signal);
      void warnOfOwner(choice, log).catch(onTrouble);
      await aborted(signal);
      log.info(`stopping (${signal.reason})`);
      await telling;
    } finally {
      await announcer.close();
      await server.close();
    }
  } finally {
    await station.close();
    await controls?.close();
  }
}

/** Says which other program would get in the way. */
async function warnOfOwner(choice: RadioChoice, log: Logger): Promise<void> {
  const { ownerOf, ownerWarning } = await import("./interface-owner.ts");
  const owner = await ownerOf(choice);
  if (owner?.conflicts) log.warn(ownerWarning(owner));
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
