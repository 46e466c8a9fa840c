/** What access points are in sight: by a scan of our own, or as wpa_supplicant has heard them last. */
import type { Clock } from "../../clock/clock.ts";
import { Queue } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { ControlSocket } from "../control/control-socket.ts";
import { type Bss, RadioError } from "../station-radio.ts";
import type { Commands } from "./commands.ts";
import { goneAway } from "./complaints.ts";
import type { ControlEvent, ControlNews } from "./events.ts";

/** A scan of all channels takes 2 to 6 s; a radio that is busy is asked again. */
const scanWithinMs = 15_000;
const scanAgainMs = 500;
/** News that the scan may lag behind. */
const newsKept = 1000;
/** An access point not heard for that long is not in sight any more. */
const inSightSeconds = 10;

export interface Eyes {
  readonly ifname: string;
  readonly control: ControlSocket<ControlEvent>;
  readonly commands: Commands;
  readonly clock: Clock;
}

export interface ScanWay {
  /** Listen only, for about 110 ms on each channel, where beacons are about 100 ms apart. */
  readonly passive: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Scans, and resolves when its results are there. @throws a {@link RadioError}, or the signal's reason */
export async function scan({ ifname, control, commands, clock }: Eyes, { passive, signal }: ScanWay): Promise<void> {
  const end = clock.now() + scanWithinMs;
  const news = new Queue<ControlNews>(newsKept);
  const quiet = control.listen((item) => news.push(item));
  const late = clock.after(scanWithinMs, () => news.end(scanRefused(ifname)));
  const stop = () => news.end(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    // Without a link wpa_supplicant searches for one, and a scan of type ONLY would end that; with a link, any other
    // type might make it change to another network.
    const linked = (await commands.status()).get("wpa_state") === "COMPLETED";
    const command = ["SCAN", linked ? "TYPE=ONLY" : [], passive ? "passive=1" : []].flat().join(" ");
    while (!(await commands.may(command))) {
      if (clock.now() >= end) throw scanRefused(ifname);
      await clock.sleep(scanAgainMs, { signal });
    }
    for await (const item of news) {
      if (item.type === "scanFailed") throw scanRefused(ifname);
      if (item.type === "gone") throw goneAway();
      if (item.type === "scanResults") break;
    }
  } finally {
    late.cancel();
    quiet();
    signal?.removeEventListener("abort", stop);
  }
}

/** What has been heard lately, strongest first. */
export async function inSight(commands: Commands): Promise<readonly Bss[]> {
  return (await commands.bssTable())
    .filter(({ age }) => age <= inSightSeconds)
    .map(({ bss }) => bss)
    .sort((a, b) => b.rssi - a.rssi);
}

/** What the access points in wpa_supplicant's table call themselves. */
export async function deviceNames(commands: Commands): Promise<ReadonlyMap<MacAddress, string>> {
  const names = new Map<MacAddress, string>();
  for (const { bss } of await commands.bssTable()) if (bss.wps?.deviceName) names.set(bss.bssid, bss.wps.deviceName);
  return names;
}

function scanRefused(ifname: string): RadioError {
  return new RadioError(
    "refused",
    `${ifname} could not scan.`,
    "Wait a moment and try again; see that it is not blocked: rfkill list.",
  );
}
