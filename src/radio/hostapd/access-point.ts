/**
 * An access point that hostapd drives: the port of `access-point.ts` over its control socket, or by any command that
 * speaks as hostapd_cli does. What hostapd does by itself meanwhile is shown in lab/scenarios/access-point.test.ts.
 * What it never does: write hostapd's files, or close a window that is not ours.
 */
import { existsSync } from "node:fs";
import type { Clock, Timer } from "../../clock/clock.ts";
import { Outlet } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import { toHex } from "../../wsc/bytes.ts";
import { generatePin } from "../../wsc/pin.ts";
import type { Random } from "../../wsc/random.ts";
import { Secret } from "../../wsc/secret.ts";
import type {
  AccessPoint,
  AccessPointEvent,
  AccessPointFacts,
  AccessPointStatus,
  AdvertisedWindow,
  AssociatedStation,
  NetworkSettings,
  RestartSettings,
  Shown,
  WindowEnd,
} from "../access-point.ts";
import { commandCarrier } from "../control/cli.ts";
import { type ControlSocket, openControlSocket } from "../control/control-socket.ts";
import { HOSTAPD, type OpenEndpoint } from "../control/endpoint.ts";
import { RadioError } from "../station-radio.ts";
import { Commands } from "./commands.ts";
import { type ControlEvent, type ControlNews, parseEvent } from "./events.ts";
import { readBssid, readFacts, readSharedKey, readStatus } from "./facts.ts";
import { Pressers } from "./pressers.ts";
import { type Sibling, Siblings } from "./siblings.ts";

/** hostapd shows a window for so long, by its own clock. */
const windowSeconds = 120;
/** A push-button window that ended earlier was ended by somebody; hostapd says the same of both. */
const surelyEarlyMs = (windowSeconds - 2) * 1000;
/** How long a radio may take to start sending beacons again; longer where it must look for radar first. */
const enabledWithinMs = 5_000;
const enabledStepMs = 200;
/** hostapd takes new settings over 0.1 s after it was told, and says nothing then. */
const newSettingsMs = 1_000;
/** Unread events kept for each listener. */
const eventLag = 1000;

export interface HostapdOptions {
  /** An interface such as `wlan0`, the path of its control socket, or the words of a command. */
  readonly target: string | readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  /** The same for all access points of this process; without it, there is no other one. */
  readonly siblings?: Siblings | undefined;
  /** For tests: another way to carry commands to a socket. */
  readonly carrier?: OpenEndpoint | undefined;
}

/**
 * Opens the network behind an interface.
 * @throws a {@link RadioError} with a sentence when nobody answers there
 */
export async function openHostapd(options: HostapdOptions): Promise<AccessPoint> {
  const { target, clock, random, siblings = new Siblings(), carrier } = options;
  const common = { daemon: HOSTAPD, clock, readEvent: parseEvent };
  const control =
    typeof target === "string"
      ? await openControlSocket({ ...common, path: socketOf(target), ...(carrier && { carrier }) })
      : await openControlSocket({ ...common, path: target.join(" "), by: "command", carrier: commandCarrier(target) });
  const name = typeof target === "string" ? `hostapd:${target}` : `hostapd_cli:${target.join(" ")}`;
  try {
    const commands = new Commands(control);
    const replies = await commands.replies();
    const instance = readBssid(replies.config);
    if (instance === null) throw noNetwork(control.path);
    const facts = { ...readFacts(replies), independent: null, deviceName: null };
    return new HostapdAccessPoint({ name, instance, facts, control, commands, clock, random, siblings });
  } catch (error) {
    control.close();
    throw error;
  }
}

function socketOf(target: string): string {
  if (target.includes("/")) return target;
  const folders = ["/run/hostapd", "/var/run/hostapd"];
  const folder = folders.find((candidate) => existsSync(`${candidate}/${target}`)) ?? folders[0];
  return `${folder}/${target}`;
}

/** What hostapd shows of ours; `unknown`: perhaps something that is not, from before we came or from a sibling. */
type Showing =
  | "unknown"
  | null
  | { readonly method: AdvertisedWindow["method"]; readonly since: number; readonly end: Timer | null };

class HostapdAccessPoint implements AccessPoint, Sibling {
  readonly name: string;
  readonly instance: MacAddress;
  readonly #control: ControlSocket<ControlEvent>;
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #siblings: Siblings;
  readonly #leave: () => void;
  readonly #events = new Outlet<AccessPointEvent>(eventLag);
  readonly #pressers = new Pressers();
  #facts: AccessPointFacts;
  #showing: Showing = "unknown";
  /** What we are doing ourselves at this moment, and hostapd reports as done. */
  #doing: "press" | "cancel" | null = null;
  /** Set while another network answers where ours did. */
  #displaced: RadioError | null = null;
  /** Windows are changed one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #looking: Promise<void> | null = null;

  constructor(parts: {
    readonly name: string;
    readonly instance: MacAddress;
    readonly facts: AccessPointFacts;
    readonly control: ControlSocket<ControlEvent>;
    readonly commands: Commands;
    readonly clock: Clock;
    readonly random: Random;
    readonly siblings: Siblings;
  }) {
    this.name = parts.name;
    this.instance = parts.instance;
    this.#facts = parts.facts;
    this.#control = parts.control;
    this.#commands = parts.commands;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#siblings = parts.siblings;
    this.#leave = parts.siblings.join(this);
    this.#control.listen((news) => this.#hear(news));
  }

  get facts(): AccessPointFacts {
    return this.#facts;
  }

  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent> {
    return this.#events.listen(options.signal);
  }

  advertise(window: AdvertisedWindow | null): Promise<Shown> {
    const shown = this.#turn.then(() => this.#advertise(window));
    this.#turn = shown.catch(() => undefined);
    return shown;
  }

  async sharedKey(): Promise<Secret | null> {
    return readSharedKey(await this.#ours.config());
  }

  async stations(): Promise<readonly AssociatedStation[]> {
    return this.#ours.stations();
  }

  async deauthenticate(station: MacAddress): Promise<void> {
    await this.#ours.must(`DEAUTHENTICATE ${station}`);
  }

  async deny(station: MacAddress): Promise<void> {
    await this.#ours.must(`DENY_ACL ADD_MAC ${station}`);
  }

  async allow(station: MacAddress): Promise<void> {
    await this.#ours.must(`DENY_ACL DEL_MAC ${station}`);
  }

  async reloadKeys(): Promise<void> {
    if (await this.#ours.may("RELOAD_WPA_PSK")) return;
    throw new RadioError(
      "refused",
      "hostapd could not read its file of keys (wpa_psk_file) to the end, so it knows only those before the bad line.",
      "Its log names the line (journalctl -u hostapd). Correct it, then reload the keys again.",
    );
  }

  async status(): Promise<AccessPointStatus> {
    return readStatus(await this.#ours.ask("WPS_GET_STATUS"));
  }

  async configure(settings: NetworkSettings): Promise<void> {
    await this.#ours.configure(settings);
  }

  async restart({ deviceName, wps }: RestartSettings): Promise<void> {
    if (deviceName !== undefined && !isDeviceName(deviceName))
      throw new RangeError("deviceName: expected at most 32 bytes of text without control characters");
    const commands = this.#ours;
    if (deviceName !== undefined) await commands.must(`SET device_name ${deviceName}`);
    if (wps !== undefined) await commands.must(`SET wps_state ${wpsStates[wps]}`);
    // One that is off already says no.
    await commands.may("DISABLE");
    this.#lose("off");
    if (!(await commands.may("ENABLE"))) throw staysOff(this.#facts.radio);
    if (deviceName !== undefined) this.#learn({ deviceName });
    const end = this.#clock.now() + enabledWithinMs;
    for (await this.#look(); !this.#facts.on && this.#clock.now() < end; await this.#look())
      await this.#clock.sleep(enabledStepMs);
    this.#siblings.lookAgain(this);
  }

  async devicePin(): Promise<Secret | null> {
    return this.#ours.devicePin();
  }

  async setDevicePin(pin: Secret | null, seconds: number): Promise<void> {
    await this.#ours.setDevicePin(pin, seconds);
  }

  async close(): Promise<void> {
    this.#leave();
    this.#forgetWindow();
    this.#control.close();
    this.#events.end();
  }

  settled(): Promise<void> {
    return this.#control.settled();
  }

  lookAgain(): void {
    // Trouble is told as `gone`, by the one who watches.
    this.#look().catch(() => undefined);
  }

  /** For commands to the network that this object stands for, and no other. */
  get #ours(): Commands {
    if (this.#displaced !== null) throw this.#displaced;
    return this.#commands;
  }

  async #advertise(window: AdvertisedWindow | null): Promise<Shown> {
    const again = window?.method === "pushButton" && isButton(this.#showing);
    // Two windows at once would each end the other one's: hostapd has a timer for each.
    if (!again) await this.#cancel();
    if (window === null) return { type: "shown" };
    if (!this.#facts.on || this.#facts.wps === "disabled") await this.#look();
    if (this.#facts.wps === "disabled") throw noWps(this.#facts.ifname);
    if (!this.#facts.on) throw isOff(this.#facts.ifname);
    return window.method === "pushButton" ? this.#press() : this.#openPin(window);
  }

  async #press(): Promise<Shown> {
    const commands = this.#ours;
    const taken = await this.#do("press", () => commands.may("WPS_PBC"));
    // Refused because of another network of the process, it may be open here.
    if (!taken && (await this.status()).pushButton !== "active") {
      await this.#look();
      if (this.#facts.wps === "disabled") throw noWps(this.#facts.ifname);
      if (!this.#facts.on) throw isOff(this.#facts.ifname);
      return { type: "pending", readyInMs: this.#pressers.readyInMs(this.#clock.now()) };
    }
    this.#show("pushButton", null);
    return { type: "shown" };
  }

  /** A PIN that nobody is to use makes hostapd show the same: one that its own Registrar would accept must not be known. */
  async #openPin(window: Extract<AdvertisedWindow, { readonly method: "pin" }>): Promise<Shown> {
    const pin = window.pin ?? new Secret(generatePin(this.#random));
    await this.#ours.enterPin(pin, windowSeconds, window.authorized);
    // hostapd says nothing when such a window ends.
    const end = this.#clock.after(windowSeconds * 1000, () => this.#lose("timeout"));
    this.#show("pin", end);
    return { type: "shown" };
  }

  async #cancel(): Promise<void> {
    if (this.#showing === null) return;
    const commands = this.#ours;
    // Without WPS it refuses, and shows nothing either.
    await this.#do("cancel", () => commands.may("WPS_CANCEL"));
    this.#forgetWindow();
  }

  /** What is reported meanwhile is our doing. */
  async #do<T>(action: "press" | "cancel", work: () => Promise<T>): Promise<T> {
    this.#doing = action;
    try {
      return await this.#siblings.during(action, async () => {
        const done = await work();
        await this.#control.settled();
        return done;
      });
    } finally {
      this.#doing = null;
    }
  }

  #show(method: AdvertisedWindow["method"], end: Timer | null): void {
    this.#forgetWindow();
    this.#showing = { method, since: this.#clock.now(), end };
  }

  #forgetWindow(): void {
    if (this.#showing !== null && this.#showing !== "unknown") this.#showing.end?.cancel();
    this.#showing = null;
  }

  #lose(reason: WindowEnd): void {
    const shown = this.#showing !== null && this.#showing !== "unknown";
    this.#forgetWindow();
    if (shown) this.#events.tell({ type: "windowEnded", reason });
  }

  #hear(news: ControlNews): void {
    switch (news.type) {
      case "gone":
        this.#lose("off");
        this.#learn({ on: false });
        this.#events.tell(news);
        break;
      case "back":
        void this.#comeBack();
        break;
      case "terminating":
        break; // `gone` follows.
      case "enabled":
      case "disabled":
        if (news.type === "disabled") this.#lose("off");
        this.#pressers.forget();
        this.lookAgain();
        this.#siblings.lookAgain(this);
        break;
      case "newSettings":
        this.#clock.after(newSettingsMs, () => {
          this.lookAgain();
          this.#siblings.lookAgain(this);
        });
        break;
      case "buttonActive":
        this.#hearButton();
        break;
      case "buttonDone":
        this.#lose("enrolled");
        break;
      case "buttonTimeout":
      case "cancelled":
        this.#hearEnd(news.type);
        break;
      case "enrolleeSeen":
        if (news.devicePasswordId === pushButtonId) this.#pressers.note(news.uuid, this.#clock.now());
        this.#events.tell(news);
        break;
      case "failed":
        this.#events.tell({ ...news, type: "enrolmentFailed" });
        break;
      case "overlap":
      case "runBegan":
      case "runOver":
      case "enrolled":
      case "pinNeeded":
      case "setupLocked":
      case "pinExpired":
      case "stationConnected":
      case "stationLeft":
        this.#events.tell(news);
        break;
      case "other":
        break;
    }
  }

  #hearButton(): void {
    if (this.#doing === "press") return;
    if (this.#siblings.isUnderWay("press", this)) {
      this.#learn({ independent: false });
      if (isButton(this.#showing)) return;
      this.#lose("sibling");
      // It shows the other one's, which has to be cancelled before ours.
      this.#showing = "unknown";
      return;
    }
    // By a command the line could be made up: names in other lines may hold line breaks. The status cannot.
    this.#pressedThere().catch(() => undefined);
  }

  async #pressedThere(): Promise<void> {
    if ((await this.status()).pushButton !== "active") return;
    this.#show("pushButton", null);
    this.#events.tell({ type: "buttonPressed" });
  }

  #hearEnd(type: "buttonTimeout" | "cancelled"): void {
    const showing = this.#showing;
    if (this.#doing === "cancel") return;
    if (this.#siblings.isUnderWay("cancel", this)) {
      this.#learn({ independent: false });
      this.#lose("sibling");
    } else if (showing === null || showing === "unknown") {
      // It has been told.
    } else if (type === "cancelled") {
      this.#lose("cancelled");
    } else if (isButton(showing)) {
      this.#lose(this.#clock.now() - showing.since < surelyEarlyMs ? "cancelled" : "timeout");
    }
  }

  async #comeBack(): Promise<void> {
    this.#pressers.forget();
    this.#showing = "unknown";
    this.#facts = { ...this.#facts, independent: null, deviceName: null };
    try {
      const bssid = readBssid(await this.#commands.config());
      this.#displaced = bssid === this.instance ? null : displaced(this.instance, this.#control.path);
      if (this.#displaced !== null) return this.#events.tell({ type: "gone", trouble: this.#displaced });
      await this.#look();
      this.#events.tell({ type: "back" });
    } catch {
      // Gone again, which is told.
    }
  }

  /** One look answers for everybody who asks meanwhile, and a new one follows whoever asks during it. */
  async #look(): Promise<void> {
    if (this.#displaced !== null) return;
    await this.#looking?.catch(() => undefined);
    this.#looking ??= (async () => {
      try {
        this.#learn(readFacts(await this.#commands.replies()));
      } finally {
        this.#looking = null;
      }
    })();
    await this.#looking;
  }

  #learn(news: Partial<AccessPointFacts>): void {
    const before = this.#facts;
    this.#facts = { ...before, ...news };
    if (!this.#facts.on) this.#lose("off");
    if (textOf(before) !== textOf(this.#facts)) this.#events.tell({ type: "changed" });
  }
}

/** What hostapd takes, and what does not end its line. */
function isDeviceName(text: string): boolean {
  return !/\p{Cc}/u.test(text) && new TextEncoder().encode(text).length <= 32;
}

/** Device Password ID of the push button. */
const pushButtonId = 4;

const wpsStates: Readonly<Record<AccessPointFacts["wps"], number>> = { disabled: 0, unconfigured: 1, configured: 2 };

function isButton(showing: Showing): showing is Exclude<Showing, "unknown" | null> {
  return showing !== null && showing !== "unknown" && showing.method === "pushButton";
}

function textOf(facts: AccessPointFacts): string {
  return JSON.stringify({ ...facts, ssid: toHex(facts.ssid) });
}

function noNetwork(path: string): RadioError {
  return new RadioError(
    "unsupported",
    `The hostapd at ${path} has no network on the air.`,
    "Name the interface of a network, such as hostapd:wlan0, or its socket, such as /run/hostapd/wlan0.",
  );
}

function displaced(instance: MacAddress, path: string): RadioError {
  return new RadioError(
    "gone",
    `At ${path} there is another network now than ${instance}.`,
    "Start openwps again, so that it takes this one for a new access point.",
  );
}

function noWps(ifname: string): RadioError {
  return new RadioError(
    "refused",
    `WPS is off on ${ifname}.`,
    "Put wps_state=2 into hostapd's configuration and restart it; openwps check --ap says what else may keep it off.",
  );
}

function isOff(ifname: string): RadioError {
  return new RadioError("refused", `${ifname} is switched off.`, `Switch it on: hostapd_cli -i ${ifname} enable.`);
}

function staysOff(radio: string): RadioError {
  return new RadioError(
    "refused",
    `hostapd could not start ${radio} again, so its networks are off the air.`,
    "Its log says why (journalctl -u hostapd). Correct its configuration and restart it: systemctl restart hostapd.",
  );
}
