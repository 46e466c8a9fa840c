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
import { type ControlSocket, openControlSocket } from "../control/control-socket.ts";
import { type OpenEndpoint, WPA_SUPPLICANT } from "../control/endpoint.ts";
import { readStaticAddress } from "../interface/static-address.ts";
import {
  type Bss,
  type EnrolEvent,
  type EnrolMethod,
  type Link,
  type Network,
  RadioError,
  type RadioResidue,
  type RadioSetup,
  type ScanOptions,
  type StationRadio,
} from "../station-radio.ts";
import { Addressing } from "./addressing.ts";
import { Commands } from "./commands.ts";
import { busy, goneAway } from "./complaints.ts";
import { enrolmentStart, stepEnrolment } from "./enrolment.ts";
import { type ControlEvent, type ControlNews, parseEvent } from "./events.ts";
import { keepNetwork, keepTrouble } from "./keep.ts";
import { linkState, networkIn, Trouble, tellsOfLink, withoutSignal } from "./link.ts";
import { removeHotspot } from "./own-networks.ts";
import { limitPower } from "./power.ts";
import { clearRun, enterRun, readRunSettings } from "./run-settings.ts";
import { bringTo } from "./setups.ts";
import { deviceNames, inSight, scan } from "./sight.ts";

/** News that a run may lag behind; more come only while it is stuck. */
const newsKept = 1000;
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
  readonly #addressing: Addressing;
  /** The looks that watchers are to take. */
  readonly #watchers = new Set<Queue<null>>();
  readonly #trouble = new Trouble();
  /** What it was last told, until wpa_supplicant forgets it. */
  #applied: RadioSetup | null = null;
  /** The network that it was a member of last, as STATUS names it. */
  #network: string | null = null;
  #running = false;
  /** Setups and runs change the same things; one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(name: string, ifname: string, control: ControlSocket<ControlEvent>, clock: Clock) {
    this.name = name;
    this.#ifname = ifname;
    this.#control = control;
    this.#commands = new Commands(control);
    this.#clock = clock;
    this.#addressing = new Addressing(ifname, this.#commands, clock);
    control.listen((news) => this.#hear(news));
  }

  async scan({ patient = false, signal }: ScanOptions = {}): Promise<readonly Bss[]> {
    const eyes = { ifname: this.#ifname, control: this.#control, commands: this.#commands, clock: this.#clock };
    // A scan of type ONLY would end the search of a run, which scans by itself all the time.
    // Of what an access point says in beacons and in answers, wpa_supplicant shows the answer: that must be the newest.
    for (const passive of patient ? [true, false] : [false]) if (!this.#running) await scan(eyes, { passive, signal });
    return inSight(this.#commands);
  }

  async link(): Promise<Link> {
    const status = await this.#commands.status();
    const state = linkState(status, this.#applied);
    const bssid = state === "connected" ? parseMacAddress(status.get("bssid") ?? "") : null;
    const macAddress = parseMacAddress(status.get("address") ?? "");
    if (macAddress === null) throw new RadioError("unsupported", `${this.#ifname} has no MAC address.`, otherInterface);
    const network = networkIn(status);
    if (network !== null && !this.#running) this.#network = network;
    return {
      macAddress,
      state,
      bss: bssid === null ? null : ((await this.#commands.bss(bssid))?.bss ?? null),
      address: state === "connected" || state === "accessPoint" ? await this.#addressing.read(network) : null,
      trouble: state === "connected" ? null : this.#trouble.value,
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
    this.#watchers.add(looks);
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
      this.#watchers.delete(looks);
      quiet();
    }
  }

  apply(setup: RadioSetup): Promise<void> {
    if (this.#running) return Promise.reject(busy());
    return this.#inTurn(async () => {
      // Before anything is changed for it.
      if (setup.mode === "station" && setup.network?.staticAddress !== undefined)
        readStaticAddress(setup.network.staticAddress);
      this.#trouble.clear();
      // Access points that failed us in a run are left alone for a while; this is a new wish.
      await this.#commands.may("BSSID_IGNORE clear");
      await bringTo(this.#commands, setup, this.#applied);
      this.#applied = setup;
      await this.#addressing.tend(setup);
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
      if (before !== null) await this.#clearRun(before, aborted);
      this.#running = false;
      this.#lookAgain();
    };
    try {
      await this.#turn;
      const names = await deviceNames(this.#commands);
      before = await readRunSettings(this.#commands);
      await this.#leave();
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

  keepTrouble(): Promise<string | null> {
    return keepTrouble(this.#commands);
  }

  async keep(network: Network): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running) throw busy();
      await keepNetwork(this.#commands, network);
      this.#applied = { mode: "station", network: null };
      await this.#addressing.tend(this.#applied);
    });
  }

  async clearAfterCrash(residue: RadioResidue): Promise<void> {
    if (this.#running) throw busy();
    return this.#inTurn(() => this.#clearRun(residue, true));
  }

  residue(): Promise<RadioResidue> {
    return readRunSettings(this.#commands);
  }

  async close(): Promise<void> {
    await this.#addressing.close();
    this.#control.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #clearRun(before: RadioResidue, cancel: boolean): Promise<void> {
    return clearRun({ commands: this.#commands, clock: this.#clock }, before, cancel);
  }

  /** For a run: gives up what the interface has of our setup. */
  async #leave(): Promise<void> {
    // In access point mode WPS_PBC would press our own hotspot's button.
    const network = networkIn(await this.#commands.status());
    await removeHotspot(this.#commands);
    if (this.#applied?.mode === "accessPoint") this.#applied = null;
    await this.#addressing.leave(network ?? this.#network);
    await this.#addressing.tend(null);
  }

  #hear(news: ControlNews): void {
    if (news.type === "gone") this.#applied = null;
    if (this.#running) return;
    const before = this.#trouble.value;
    this.#trouble.hear(news);
    if (this.#trouble.value !== before) this.#lookAgain();
    if (news.type === "connected" || news.type === "disconnected" || news.type === "gone") this.#linkChanged(news.type);
  }

  /** Addresses follow the link. Nobody waits for that; what goes wrong is told to those who watch. */
  #linkChanged(how: "connected" | "disconnected" | "gone"): void {
    const left = how === "connected" ? null : this.#network;
    const work = this.#inTurn(async () => {
      if (this.#running) return;
      if (left !== null) await this.#addressing.leave(left);
      await this.#addressing.tendAgain(this.#applied);
      this.#lookAgain();
    });
    work.catch((error: unknown) => {
      // That it is gone they hear anyway.
      if (error instanceof RadioError && error.kind === "gone") return;
      for (const looks of this.#watchers) looks.end(error);
    });
  }

  #lookAgain(): void {
    for (const looks of this.#watchers) looks.push(null);
  }
}

const otherInterface = "Name the wireless interface; iw dev lists them.";
