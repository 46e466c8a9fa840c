/**
 * A station's radio on the simulated air, behind the same port as a real one. It does one thing at a time: nothing,
 * being a member of a network (and coming back when it was lost), being a hotspot, or an enrolment.
 */

import { Outlet, Queue } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE, RF_BAND } from "../../wsc/attributes.ts";
import { uuidFromMac } from "../../wsc/crypto.ts";
import type { DeviceInfo } from "../../wsc/device.ts";
import { parsePin, pinPassword, pushButtonPassword } from "../../wsc/pin.ts";
import type { Random } from "../../wsc/random.ts";
import type { DevicePassword } from "../../wsc/session/session.ts";
import { readStaticAddress } from "../interface/static-address.ts";
import {
  type Bss,
  type EnrolEvent,
  type EnrolMethod,
  type Hotspot,
  hotspotAddress,
  type Link,
  type Network,
  RadioError,
  type RadioResidue,
  type RadioSetup,
  type ScanOptions,
  type StationRadio,
} from "../station-radio.ts";
import { AirAccessPoint } from "./access-point.ts";
import type { Air } from "./air.ts";
import { runEnrolment } from "./enrolment.ts";
import { chooseNetwork, join, stay } from "./join.ts";
import { StationAntenna } from "./station-antenna.ts";

/** Unread links kept for a watcher, and unread events of a run. */
const watchLag = 64;
const runLag = 512;
/** Pause after a failed try to connect: at first, and at most. */
const firstPauseMs = 1_000;
const longestPauseMs = 8_000;

/** What the radio is at. `stop` resolves when it is quiet. */
interface Job {
  readonly kind: "network" | "hotspot" | "enrolment";
  stop(): Promise<void>;
}

export interface AirStationOptions {
  readonly air: Air;
  readonly macAddress: MacAddress;
  /** As the person wrote it: `air`, `air@SOCKET`. */
  readonly radioName: string;
  /** The device name that it tells, at most 32 bytes. */
  readonly deviceName: string;
  readonly random: Random;
  /** Networks in the radio's own configuration. */
  readonly kept?: readonly Network[];
}

export class AirStation implements StationRadio {
  readonly name: string;
  readonly #options: AirStationOptions;
  readonly #antenna: StationAntenna;
  readonly #links = new Outlet<Link>(watchLag);
  #kept: readonly Network[];
  #link: Link;
  #job: Job | null = null;
  /** Changes of what the radio is at come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #gone: RadioError | null = null;

  constructor(options: AirStationOptions) {
    this.name = options.radioName;
    this.#options = options;
    this.#kept = options.kept ?? [];
    this.#antenna = new StationAntenna(options.air, options.macAddress);
    options.air.attach(this.#antenna);
    this.#link = { macAddress: options.macAddress, ...unconnected, state: "disconnected" };
    if (this.#kept.length > 0) this.#job = this.#begin("network", (signal) => this.#beMember(this.#kept, signal));
  }

  async scan(options: ScanOptions = {}): Promise<readonly Bss[]> {
    this.#assertThere();
    if (this.#job?.kind === "hotspot")
      throw new RadioError(
        "refused",
        "The radio is busy being a hotspot and cannot scan.",
        "Switch the hotspot off, then scan again.",
      );
    const signal = options.signal ?? new AbortController().signal;
    return (await this.#antenna.scan(null, signal)).map(({ bss }) => bss);
  }

  async link(): Promise<Link> {
    this.#assertThere();
    return this.#link;
  }

  watch(options: { readonly signal: AbortSignal }): AsyncIterable<Link> {
    return this.#links.listen(options.signal, this.#gone === null ? [this.#link] : []);
  }

  async apply(setup: RadioSetup): Promise<void> {
    this.#assertThere();
    if (setup.mode === "station" && setup.network?.staticAddress !== undefined)
      readStaticAddress(setup.network.staticAddress);
    await this.#inTurn(async () => {
      if (this.#job?.kind === "enrolment") throw busy();
      await this.#stop();
      if (setup.mode === "off") this.#change({ ...unconnected, state: "off" });
      else if (setup.mode === "station") {
        const networks = setup.network === null ? this.#kept : [setup.network];
        this.#change({ ...unconnected, state: "disconnected" });
        if (networks.length > 0) this.#job = this.#begin("network", (signal) => this.#beMember(networks, signal));
      } else this.#job = this.#begin("hotspot", (signal) => this.#beHotspot(setup.hotspot, signal));
    });
  }

  async *enrol(
    method: EnrolMethod,
    options: { readonly bssid?: MacAddress | undefined; readonly signal: AbortSignal },
  ): AsyncGenerator<EnrolEvent, void> {
    const { bssid = null, signal } = options;
    if (signal.aborted) return;
    this.#assertThere();
    const password = passwordOf(method);
    const events = new Queue<EnrolEvent>(runLag);
    const job = await this.#inTurn(async () => {
      if (this.#job?.kind === "enrolment") throw busy();
      await this.#stop();
      this.#change({ ...unconnected, state: "disconnected" });
      const run = this.#begin("enrolment", (stop) =>
        runEnrolment({
          antenna: this.#antenna,
          config: { device: deviceOf(this.#options), password },
          method: method.type,
          bssid,
          random: this.#options.random,
          signal: stop,
          tell: (event) => events.push(event),
        }).finally(() => {
          if (this.#gone !== null) events.push({ type: "failed", failure: { ...goneFailure } });
          events.end();
        }),
      );
      this.#job = run;
      return run;
    });
    const abort = () => void this.#inTurn(() => this.#stop(job));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      for await (const event of events) {
        if (signal.aborted) break;
        yield event;
        if (signal.aborted) break;
      }
    } finally {
      signal.removeEventListener("abort", abort);
      await this.#inTurn(() => this.#stop(job));
    }
  }

  /** Its levels are the scenario's, so that there is nothing to limit. */
  async limitPower(): Promise<void> {
    this.#assertThere();
  }

  async keepTrouble(): Promise<string | null> {
    this.#assertThere();
    return null;
  }

  async keep(network: Network): Promise<void> {
    this.#assertThere();
    this.#kept = [...this.#kept.filter(({ ssid }) => Buffer.compare(ssid, network.ssid) !== 0), network];
  }

  /** A run changes no setting of this radio, so that there is nothing to remember. */
  async residue(): Promise<RadioResidue> {
    this.#assertThere();
    return {};
  }

  async clearAfterCrash(): Promise<void> {
    this.#assertThere();
    await this.#inTurn(async () => {
      if (this.#job?.kind === "enrolment") await this.#stop();
    });
  }

  /** Takes the radio away, as when its driver dies: whoever uses it is told. */
  async unplug(): Promise<void> {
    this.#gone ??= new RadioError("gone", goneFailure.message, goneFailure.hint);
    this.#links.end(this.#gone);
    await this.#stop();
    this.#options.air.detach(this.#antenna);
  }

  /** Nothing needs closing: the radio goes on by itself, as a real one does, for whoever uses it next. */
  async close(): Promise<void> {}

  /** Takes the station off the air, when the whole air ends. */
  async remove(): Promise<void> {
    await this.#turn;
    await this.#stop();
    this.#links.end();
    this.#options.air.detach(this.#antenna);
  }

  #assertThere(): void {
    if (this.#gone !== null) throw this.#gone;
  }

  async #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #begin(kind: Job["kind"], work: (signal: AbortSignal) => Promise<void>): Job {
    const abort = new AbortController();
    const done = work(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
    const job: Job = {
      kind,
      stop: async () => {
        abort.abort();
        await done;
      },
    };
    const forget = () => {
      if (this.#job === job) this.#job = null;
    };
    void done.then(forget);
    return job;
  }

  /** Ends what the radio is at; with `only`, if it is still that. */
  async #stop(only?: Job): Promise<void> {
    const job = this.#job;
    if (job === null || (only !== undefined && only !== job)) return;
    await job.stop();
    if (this.#job === job) this.#job = null;
  }

  #change(link: Partial<Link>): void {
    this.#link = { ...this.#link, ...link };
    this.#links.tell(this.#link);
  }

  async #beMember(networks: readonly Network[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.air;
    let pause = firstPauseMs;
    while (true) {
      const choice = chooseNetwork(await this.#antenna.scan(null, signal), networks);
      if (choice !== null) this.#change({ state: "connecting" });
      const joined = choice === null ? null : await join(this.#antenna, choice, signal);
      if (joined?.ok) {
        pause = firstPauseMs;
        const { membership } = joined;
        this.#change({ state: "connected", bss: membership.bss, trouble: null });
        try {
          await stay(this.#antenna, membership, (address) => this.#change({ address }));
        } finally {
          membership.talk.leave();
        }
        this.#change({ ...unconnected, state: "disconnected" });
      } else {
        this.#change({ ...unconnected, state: "disconnected", trouble: joined?.trouble ?? "notFound" });
        await clock.sleep(pause, { signal });
        pause = Math.min(2 * pause, longestPauseMs);
      }
    }
  }

  async #beHotspot(hotspot: Hotspot, signal: AbortSignal): Promise<void> {
    const { air, macAddress, deviceName } = this.#options;
    air.detach(this.#antenna);
    const accessPoint = new AirAccessPoint({
      air,
      settings: hotspotSettings(macAddress, deviceName, hotspot),
      desk: null,
    });
    const address = { ...hotspotAddress, gateway: null, dns: [] };
    this.#change({ ...unconnected, state: "accessPoint", address });
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    accessPoint.close();
    air.attach(this.#antenna);
  }
}

const unconnected = { bss: null, address: null, trouble: null } as const;

const goneFailure = {
  kind: "radioGone",
  message: "The radio has vanished from the simulated air.",
  hint: "Put it back, or start the simulated air again, then try once more.",
} as const;

function busy(): RadioError {
  return new RadioError(
    "refused",
    "The radio is in the middle of an enrolment.",
    "Wait until it is over, or cancel it, then try again.",
  );
}

/** @throws TypeError for a PIN that `parsePin` would refuse */
function passwordOf(method: EnrolMethod): DevicePassword {
  if (method.type === "pushButton") return pushButtonPassword;
  const pin = parsePin(method.pin.revealText());
  if (!pin.ok) throw new TypeError("pin: expected 4 digits, or 8 with a valid check digit");
  return pinPassword(pin.value);
}

function hotspotSettings(bssid: MacAddress, name: string, { ssid, key }: Hotspot) {
  const security = key === null ? "open" : "WPA2";
  return { bssid, ssid, key, security, channel: 1, signal: -40, name, uuid: "", subnet: 4, dhcp: true } as const;
}

function deviceOf({ macAddress, deviceName }: AirStationOptions): DeviceInfo {
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "openwps",
    modelName: "Simulated station",
    modelNumber: "1",
    serialNumber: macAddress.replaceAll(":", ""),
    deviceName,
    // Category 1 (computer), OUI of the Wi-Fi Alliance, subcategory 1 (PC).
    primaryDeviceType: Uint8Array.of(0, 1, 0x00, 0x50, 0xf2, 0x04, 0, 1),
    configMethods: CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.label | CONFIG_METHOD.display | CONFIG_METHOD.keypad,
    rfBands: RF_BAND.ghz24 | RF_BAND.ghz5,
    osVersion: 0x8000_0000,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpaPsk | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.tkip | ENCRYPTION_TYPE.aes,
  };
}
