/**
 * A station's radio that wpa_supplicant drives: the port of `station-radio.ts` over its control socket.
 * What it never does: change or remove a network that a person configured, write wpa_supplicant's file (but for `keep`),
 * or cancel an enrolment that is not ours.
 */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Clock, Timer } from "../../clock/clock.ts";
import { Queue } from "../../stream/queue.ts";
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { toHex } from "../../wsc/bytes.ts";
import { readAddress } from "../address.ts";
import { type ControlSocket, openControlSocket } from "../control/control-socket.ts";
import { type OpenEndpoint, WPA_SUPPLICANT } from "../control/endpoint.ts";
import {
  type Bss,
  type EnrolEvent,
  type EnrolMethod,
  type Link,
  type Network,
  RadioError,
  type RadioResidue,
  type RadioSetup,
  type StationRadio,
} from "../station-radio.ts";
import { Commands } from "./commands.ts";
import { enrolmentStart, stepEnrolment } from "./enrolment.ts";
import { type ControlEvent, type ControlNews, parseEvent } from "./events.ts";
import { stationSettings } from "./network.ts";
import {
  addHotspot,
  addStation,
  findStation,
  giveAway,
  namesakes,
  removeHotspot,
  removeStations,
} from "./own-networks.ts";
import { limitPower } from "./power.ts";
import { enterRun, leaveRun, readRunSettings } from "./run-settings.ts";

/** A scan of all channels takes 2 to 6 s; a radio that is busy is asked again. */
const scanWithinMs = 15_000;
const scanAgainMs = 500;
/** News that a reader may lag behind; more come only while it is stuck. */
const newsKept = 1000;
/** An access point not heard for that long is not in sight any more. */
const inSightSeconds = 10;
/** How long wpa_supplicant takes at most to clear away a run that has ended: 0.1 s after a failure, at once otherwise. */
const settleMs = 1_500;
const settleStepMs = 50;
/** Addresses come and go without an event. */
const addressLookMs = { without: 500, with: 5_000 } as const;

/**
 * Opens the radio behind an interface.
 * @param options.target an interface such as `wlan0`, or the path of its control socket
 * @throws a {@link RadioError} with a sentence when nobody answers there
 */
export async function openWpaSupplicant(options: {
  readonly target: string;
  readonly clock: Clock;
  /** For tests: another way to carry commands. */
  readonly carrier?: OpenEndpoint;
}): Promise<StationRadio> {
  const { target, clock, carrier } = options;
  const path = target.includes("/") ? target : socketOf(target);
  const daemon = WPA_SUPPLICANT;
  const control = await openControlSocket({ daemon, path, clock, readEvent: parseEvent, ...(carrier && { carrier }) });
  const ifname = (await control.request("IFNAME")).trim();
  if (/^UNKNOWN COMMAND|^FAIL/.test(ifname)) {
    control.close();
    throw new RadioError(
      "unsupported",
      `${path} is not the socket of one interface.`,
      `Name an interface, such as wpa_supplicant:wlan0, or the socket of one, such as /run/wpa_supplicant/wlan0.`,
    );
  }
  return new WpaSupplicantStation(`wpa_supplicant:${target}`, ifname || basename(path), control, clock);
}

function socketOf(ifname: string): string {
  const folders = ["/run/wpa_supplicant", "/var/run/wpa_supplicant"];
  const folder = folders.find((candidate) => existsSync(`${candidate}/${ifname}`)) ?? folders[0];
  return `${folder}/${ifname}`;
}

class WpaSupplicantStation implements StationRadio {
  readonly name: string;
  readonly #ifname: string;
  readonly #control: ControlSocket<ControlEvent>;
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  /** What it was last told, until wpa_supplicant forgets it. */
  #applied: RadioSetup | null = null;
  #trouble: Link["trouble"] = null;
  #notFound = 0;
  #running = false;
  /** Setups and runs change the same things; one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(name: string, ifname: string, control: ControlSocket<ControlEvent>, clock: Clock) {
    this.name = name;
    this.#ifname = ifname;
    this.#control = control;
    this.#commands = new Commands(control);
    this.#clock = clock;
    control.listen((news) => this.#hear(news));
  }

  async scan(options?: { readonly signal?: AbortSignal }): Promise<readonly Bss[]> {
    // A scan of type ONLY would end the search of a run, which scans by itself all the time.
    if (this.#running) return this.#inSight();
    const signal = options?.signal;
    const end = this.#clock.now() + scanWithinMs;
    const news = new Queue<ControlNews>(newsKept);
    const quiet = this.#control.listen((item) => news.push(item));
    const late = this.#clock.after(scanWithinMs, () => news.end(scanRefused(this.#ifname)));
    const stop = () => news.end(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      // Without a link wpa_supplicant searches for one, and a scan of type ONLY would end that; with a link, any other
      // type might make it change to another network.
      const linked = (await this.#commands.status()).get("wpa_state") === "COMPLETED";
      while (!(await this.#commands.may(linked ? "SCAN TYPE=ONLY" : "SCAN"))) {
        if (this.#clock.now() >= end) throw scanRefused(this.#ifname);
        await this.#clock.sleep(scanAgainMs, { signal });
      }
      for await (const item of news) {
        if (item.type === "scanFailed") throw scanRefused(this.#ifname);
        if (item.type === "gone") throw goneAway();
        if (item.type === "scanResults") break;
      }
    } finally {
      late.cancel();
      quiet();
      signal?.removeEventListener("abort", stop);
    }
    return this.#inSight();
  }

  async #inSight(): Promise<readonly Bss[]> {
    return (await this.#commands.bssTable())
      .filter(({ age }) => age <= inSightSeconds)
      .map(({ bss }) => bss)
      .sort((a, b) => b.rssi - a.rssi);
  }

  async link(): Promise<Link> {
    const status = await this.#commands.status();
    const state = linkState(status, this.#applied);
    const bssid = state === "connected" ? parseMacAddress(status.get("bssid") ?? "") : null;
    const macAddress = parseMacAddress(status.get("address") ?? "");
    if (macAddress === null) throw new RadioError("unsupported", `${this.#ifname} has no MAC address.`, otherInterface);
    return {
      macAddress,
      state,
      bss: bssid === null ? null : ((await this.#commands.bss(bssid))?.bss ?? null),
      address: state === "connected" || state === "accessPoint" ? await readAddress(this.#ifname) : null,
      trouble: state === "connected" ? null : this.#trouble,
    };
  }

  async *watch(options: { readonly signal: AbortSignal }): AsyncIterable<Link> {
    const { signal } = options;
    // One look answers for everything that happened before it.
    const looks = new Queue<null>(1);
    const look = () => looks.push(null);
    const quiet = this.#control.listen((news) => {
      if (news.type === "gone") looks.end(goneAway());
      else if (tellsOfLink(news)) look();
    });
    const stop = () => looks.end();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    this.#watchers.add(look);
    look();
    let timer: Timer | null = null;
    let last = "";
    try {
      for await (const _ of looks) {
        if (signal.aborted) return;
        timer?.cancel();
        const link = await this.link();
        timer = this.#clock.after(link.address === null ? addressLookMs.without : addressLookMs.with, look);
        const now = withoutSignal(link);
        if (now === last || signal.aborted) continue;
        last = now;
        yield link;
      }
    } finally {
      timer?.cancel();
      signal.removeEventListener("abort", stop);
      this.#watchers.delete(look);
      quiet();
    }
  }

  apply(setup: RadioSetup): Promise<void> {
    if (this.#running) return Promise.reject(busy());
    return this.#inTurn(async () => {
      this.#trouble = null;
      this.#notFound = 0;
      // Access points that failed us in a run are left alone for a while; this is a new wish.
      await this.#commands.may("BSSID_IGNORE clear");
      switch (setup.mode) {
        case "off":
          await this.#commands.must("DISCONNECT");
          await removeHotspot(this.#commands);
          await removeStations(this.#commands);
          break;
        case "station":
          await removeHotspot(this.#commands);
          if (setup.network === null) await this.#joinWhatever();
          else await this.#join(setup.network);
          break;
        case "accessPoint":
          if (sameSetup(this.#applied, setup)) break;
          await removeHotspot(this.#commands);
          await removeStations(this.#commands);
          await addHotspot(this.#commands, setup.hotspot);
          break;
      }
      this.#applied = setup;
      this.#lookAgain();
    });
  }

  async *enrol(
    method: EnrolMethod,
    options: { readonly bssid?: MacAddress | undefined; readonly signal: AbortSignal },
  ): AsyncIterable<EnrolEvent> {
    const { bssid, signal } = options;
    if (this.#running) throw busy();
    if (signal.aborted) return;
    this.#running = true;
    const news = new Queue<ControlNews>(newsKept);
    const quiet = this.#control.listen((item) => news.push(item));
    const stop = () => news.end();
    signal.addEventListener("abort", stop, { once: true });
    let before: RadioResidue | null = null;
    const end = async (aborted: boolean) => {
      if (!this.#running) return;
      signal.removeEventListener("abort", stop);
      quiet();
      if (before !== null) await this.#settle(before, aborted);
      this.#running = false;
      this.#lookAgain();
    };
    try {
      await this.#turn;
      const names = await this.#deviceNames();
      before = await readRunSettings(this.#commands);
      // In access point mode WPS_PBC would press our own hotspot's button.
      await removeHotspot(this.#commands);
      if (this.#applied?.mode === "accessPoint") this.#applied = null;
      await enterRun(this.#commands);
      if (method.type === "pushButton") await this.#commands.startPushButton(bssid);
      else await this.#commands.startPin(bssid, method.pin);

      let run = enrolmentStart;
      for await (const item of news) {
        if (signal.aborted) return;
        const step = stepEnrolment(run, item, (peer) => names.get(peer) ?? null);
        run = step.run;
        if (run.phase === "ended") await end(false);
        if (step.event !== null) yield step.event;
        if (run.phase === "ended") return;
      }
    } catch (error) {
      await end(true);
      if (!(error instanceof RadioError && error.kind === "gone")) throw error;
      yield { type: "failed", failure: { kind: "radioGone", message: error.message, hint: error.hint } };
    } finally {
      await end(true);
    }
  }

  limitPower(dBm: number | null): Promise<void> {
    return limitPower(this.#ifname, dBm);
  }

  async keepTrouble(): Promise<string | null> {
    if ((await this.#commands.setting("update_config")) === "1") return null;
    return "wpa_supplicant may not change its own file (update_config=0), so it would forget the network when it is started again. Put update_config=1 into its configuration and restart it.";
  }

  async keep(network: Network): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running || (await this.#commands.wpsNetworks()).length > 0) throw busy();
      const own = await findStation(this.#commands, network.ssid);
      const id = own ?? (await this.#commands.addNetwork(stationSettings(network)));
      await this.#commands.setNetwork(id, stationSettings(network));
      await this.#commands.enableNetwork(id);
      const takeBack = await giveAway(this.#commands, id);
      await removeStations(this.#commands);
      if (!(await this.#commands.may("SAVE_CONFIG"))) {
        if (own === null) await this.#commands.removeNetwork(id);
        else await takeBack();
        throw new RadioError(
          "refused",
          "wpa_supplicant could not write the network into its own file, so it will forget it when it is started again.",
          (await this.keepTrouble()) ??
            "Let wpa_supplicant write to its configuration file and to the folder it is in.",
        );
      }
      // The network is safe; what it replaces may go.
      const replaced = await namesakes(this.#commands, id);
      for (const other of replaced) await this.#commands.removeNetwork(other);
      if (replaced.length > 0) await this.#commands.may("SAVE_CONFIG");
      this.#applied = { mode: "station", network: null };
    });
  }

  async clearAfterCrash(residue: RadioResidue): Promise<void> {
    if (this.#running) throw busy();
    return this.#inTurn(() => this.#settle(residue, true));
  }

  residue(): Promise<RadioResidue> {
    return readRunSettings(this.#commands);
  }

  async close(): Promise<void> {
    this.#control.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #joinWhatever(): Promise<void> {
    await removeStations(this.#commands);
    const status = await this.#commands.status();
    if (status.get("wpa_state") !== "COMPLETED" || status.get("mode") !== "station")
      await this.#commands.must("REASSOCIATE");
  }

  /** Joins a network; a link that is there already, perhaps by a process before us, is not given up for it. */
  async #join(network: Network): Promise<void> {
    const known = this.#applied?.mode === "station" ? this.#applied.network : null;
    const found = await findStation(this.#commands, network.ssid);
    const status = await this.#commands.status();
    const linked = found !== null && status.get("wpa_state") === "COMPLETED" && status.get("id") === String(found);
    if (linked && (known === null || sameNetwork(known, network))) {
      await removeStations(this.#commands, found);
      if (known === null) await this.#commands.setNetwork(found, stationSettings(network));
      return;
    }
    // Added anew also when it is there: wpa_supplicant leaves one that failed before alone for a while.
    await removeStations(this.#commands);
    await addStation(this.#commands, network);
    await this.#commands.must("REASSOCIATE");
  }

  /**
   * Brings wpa_supplicant back to where it was before a run. One that went away has forgotten all of it by itself.
   * @param cancel the run has not ended by itself
   */
  async #settle(before: RadioResidue, cancel: boolean): Promise<void> {
    try {
      const end = this.#clock.now() + (cancel ? 0 : settleMs);
      let left = await this.#commands.wpsNetworks();
      while (left.length > 0 && this.#clock.now() < end) {
        await this.#clock.sleep(settleStepMs);
        left = await this.#commands.wpsNetworks();
      }
      // Only with a run under way: without one WPS_CANCEL drops a live link.
      if (left.length > 0) await this.#commands.may("WPS_CANCEL");
      // While it associates WPS_CANCEL leaves the run's network behind.
      for (const id of await this.#commands.wpsNetworks()) await this.#commands.removeNetwork(id);
      await this.#commands.may("BSSID_IGNORE clear");
      await leaveRun(this.#commands, before);
    } catch (error) {
      if (!(error instanceof RadioError && error.kind === "gone")) throw error;
    }
  }

  /** What the access points in its table call themselves. */
  async #deviceNames(): Promise<ReadonlyMap<MacAddress, string>> {
    const names = new Map<MacAddress, string>();
    for (const { bss } of await this.#commands.bssTable())
      if (bss.wps?.deviceName) names.set(bss.bssid, bss.wps.deviceName);
    return names;
  }

  #hear(news: ControlNews): void {
    if (news.type === "gone") this.#applied = null;
    if (this.#running) return;
    const before = this.#trouble;
    switch (news.type) {
      case "connected":
      case "gone":
        this.#trouble = null;
        this.#notFound = 0;
        break;
      case "trying":
        this.#notFound = 0;
        if (this.#trouble === "notFound") this.#trouble = null;
        break;
      case "networkDisabled":
        this.#trouble = news.reason === "WRONG_KEY" ? "wrongKey" : (this.#trouble ?? "rejected");
        break;
      case "networkNotFound":
        // One scan may well miss an access point.
        this.#notFound++;
        if (this.#notFound > 1) this.#trouble ??= "notFound";
        break;
      case "rejected":
        this.#trouble ??= "rejected";
        break;
    }
    if (this.#trouble !== before) this.#lookAgain();
  }

  #lookAgain(): void {
    for (const look of this.#watchers) look();
  }
}

const otherInterface = "Name the wireless interface; iw dev lists them.";

function linkState(status: ReadonlyMap<string, string>, applied: RadioSetup | null): Link["state"] {
  switch (status.get("wpa_state")) {
    case "COMPLETED":
      return status.get("mode") === "AP" ? "accessPoint" : "connected";
    case "INTERFACE_DISABLED":
      return "off";
    case "DISCONNECTED":
    case "INACTIVE":
      return applied?.mode === "off" ? "off" : "disconnected";
    default:
      return applied?.mode === "off" ? "off" : "connecting";
  }
}

function tellsOfLink(news: ControlNews): boolean {
  return news.type === "other" ? news.name === "CTRL-EVENT-STATE-CHANGE" : news.type !== "scanResults";
}

/** Signal strength moves all the time and is no change of the link. */
function withoutSignal(link: Link): string {
  return JSON.stringify({ ...link, bss: link.bss && { ...link.bss, rssi: 0, ssid: toHex(link.bss.ssid) } });
}

function sameNetwork(a: Network, b: Network): boolean {
  return JSON.stringify(stationSettings(a)) === JSON.stringify(stationSettings(b));
}

function sameSetup(applied: RadioSetup | null, setup: RadioSetup & { readonly mode: "accessPoint" }): boolean {
  return (
    applied?.mode === "accessPoint" &&
    toHex(applied.hotspot.ssid) === toHex(setup.hotspot.ssid) &&
    applied.hotspot.key?.revealText() === setup.hotspot.key?.revealText()
  );
}

function busy(): RadioError {
  return new RadioError(
    "refused",
    "A pairing is under way on this radio.",
    "Wait for its end, or cancel it, and try again.",
  );
}

function goneAway(): RadioError {
  return new RadioError(
    "gone",
    "wpa_supplicant went away.",
    "Start wpa_supplicant again, for instance with systemctl restart wpa_supplicant.",
  );
}

function scanRefused(ifname: string): RadioError {
  return new RadioError(
    "refused",
    `${ifname} could not scan.`,
    "Wait a moment and try again; see that it is not blocked: rfkill list.",
  );
}
