/**
 * What scenarios are made of: an air of their own with real access points (hostapd), real stations (wpa_supplicant) and
 * DHCP (busybox). Runs in the lab's guest, as root. Each air has its own radios, which no other scenario hears: two
 * pressed buttons anywhere within earshot would be an overlap for every station that searches.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type MacAddress, parseMacAddress } from "../src/wsc/address.ts";
import { Secret } from "../src/wsc/secret.ts";
import { logsRoot, slug } from "./logs.ts";
import { Place } from "./place.ts";
import { Process, until } from "./process.ts";

const run = promisify(execFile);
const reservations = "/run/lab/radios";

export interface AccessPointOptions {
  readonly ssid: string;
  /** 8..63 characters; null: the keys come from elsewhere. */
  readonly passphrase: string | null;
  /** 2.4 GHz. Neighbours on one channel hear each other sooner. */
  readonly channel?: number;
  /** More lines for hostapd.conf; of a setting that comes twice the last one counts. */
  readonly config?: readonly string[];
  /** As {@link StationOptions.apart}. */
  readonly apart?: boolean;
  /** With a cable to this machine, where it is apart: `eth0` there, {@link AccessPoint.cable} here. */
  readonly wired?: boolean;
}

export interface StationOptions {
  /** Networks of the person's own: `network={…}` blocks. */
  readonly networks?: readonly string[];
  /** More global lines of its configuration. */
  readonly config?: readonly string[];
  /**
   * In a network namespace of its own, as another machine is. Otherwise all radios are interfaces of one machine, whose
   * packets to itself never reach the air.
   */
  readonly apart?: boolean;
}

/**
 * Takes radios for one scenario and puts them into a group of their own. Waits while other scenarios hold them.
 * @param name the scenario's, for its logs
 */
export async function openAir(options: { readonly name: string; readonly radios: number }): Promise<OnAir> {
  mkdirSync(reservations, { recursive: true });
  for (;;) {
    const radios = reserve(options.radios);
    if (radios !== null) return new OnAir(options.name, radios);
    await sleep(500);
  }
}

/** All or none, or two scenarios could wait for each other. */
function reserve(count: number): readonly string[] | null {
  const taken: string[] = [];
  for (const ifname of radios()) {
    if (taken.length === count) break;
    try {
      mkdirSync(join(reservations, ifname));
      taken.push(ifname);
    } catch {}
  }
  if (taken.length === count) return taken;
  release(taken);
  return null;
}

function release(taken: readonly string[]): void {
  for (const ifname of taken) rmSync(join(reservations, ifname), { recursive: true, force: true });
}

function radios(): readonly string[] {
  const all = readdirSync("/sys/class/net").filter((name) => /^wlan\d+$/.test(name));
  return all.sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
}

export class OnAir {
  /** The scenario's, fit for a file. */
  readonly name: string;
  readonly #logs: string;
  readonly #radios: readonly string[];
  readonly #free: string[];
  readonly #processes: Process[] = [];
  readonly #places: Place[] = [];
  #closed = false;

  constructor(name: string, radios: readonly string[]) {
    this.name = slug(name);
    this.#logs = join(logsRoot, this.name);
    this.#radios = radios;
    this.#free = [...radios];
    mkdirSync(this.#logs, { recursive: true });
    // mac80211_hwsim hands a frame to radios that share a group; the first radio's number is one that no other air has.
    const group = 1n << BigInt((Number(radios[0]?.slice(4)) % 62) + 1);
    for (const ifname of radios) {
      const phy = readFileSync(`/sys/class/net/${ifname}/phy80211/name`, "utf8").trim();
      writeFileSync(`/sys/kernel/debug/ieee80211/${phy}/hwsim/group`, String(group));
    }
  }

  /** hostapd with WPA2-Personal, WPS configured and a Registrar inside; resolves when it sends beacons. */
  async accessPoint(settings: AccessPointOptions | ((ifname: string) => AccessPointOptions)): Promise<AccessPoint> {
    const ifname = this.#take();
    const options = typeof settings === "function" ? settings(ifname) : settings;
    const place = await this.#place(ifname, options.apart);
    const cable = options.wired === true ? (await place.cable()).here : null;
    const file = join(this.#logs, `hostapd-${ifname}.conf`);
    writeFileSync(
      file,
      [
        `interface=${ifname}`,
        "driver=nl80211",
        "ctrl_interface=/run/hostapd",
        `ssid=${options.ssid}`,
        "hw_mode=g",
        `channel=${options.channel ?? 1}`,
        ...["wpa=2", "wpa_key_mgmt=WPA-PSK", "rsn_pairwise=CCMP"],
        ...(options.passphrase === null ? [] : [`wpa_passphrase=${options.passphrase}`]),
        ...["eap_server=1", "wps_state=2", "wps_independent=1"],
        ...["device_name=Lab AP", "manufacturer=openwps", "model_name=lab", "model_number=1", "serial_number=1"],
        ...["device_type=6-0050F204-1", "config_methods=label virtual_display virtual_push_button keypad"],
        ...(options.config ?? []),
        "",
      ].join("\n"),
    );
    const accessPoint = new AccessPoint(this, place, { ...options, cable }, file);
    await accessPoint.start();
    return accessPoint;
  }

  /** wpa_supplicant with `update_config=1` and the given networks; resolves when it answers. */
  async station(options: StationOptions = {}): Promise<Station> {
    const ifname = this.#take();
    const place = await this.#place(ifname, options.apart);
    const file = `/tmp/wpa_supplicant-${ifname}.conf`;
    writeFileSync(
      file,
      [
        ...[
          "ctrl_interface=/run/wpa_supplicant",
          "update_config=1",
          "device_name=Lab station",
          "config_methods=virtual_display virtual_push_button keypad",
        ],
        ...(options.config ?? []),
        ...(options.networks ?? []),
        "",
      ].join("\n"),
    );
    // The kernel remembers for half a minute what it heard in a scenario before, pressed buttons included.
    await place.run("ip", "link", "set", ifname, "up");
    const flush = ["dev", ifname, "scan", "trigger", "freq", "2412", "flush"];
    // Busy while a scan goes on that the scenario before had begun.
    await until(async () => (await place.run("iw", ...flush)).stderr === "", 300);
    const station = new Station(this, place, file);
    await station.start();
    return station;
  }

  /** Starts a program whose output goes to a log of this scenario; resolves at the line that has `until` in it. */
  async start(
    command: string,
    args: readonly string[],
    options: { readonly log: string; readonly until?: string; readonly cwd?: string },
  ): Promise<Process> {
    if (this.#closed) throw new Error(`${command} was to be started after the end of its scenario`);
    const process = new Process(command, args, join(this.#logs, options.log), options.cwd);
    this.#processes.push(process);
    if (options.until !== undefined) await process.line(options.until);
    return process;
  }

  /** Ends every program of the scenario and gives the radios back. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const process of this.#processes.toReversed()) await process.stop();
    for (const place of this.#places) await place.leave();
    for (const ifname of this.#radios) {
      await run("ip", ["addr", "flush", "dev", ifname]);
      await run("ip", ["link", "set", ifname, "down"]);
    }
    release(this.#radios);
  }

  async #place(ifname: string, apart = false): Promise<Place> {
    const place = new Place(ifname, apart);
    this.#places.push(place);
    await place.enter();
    return place;
  }

  #take(): string {
    const ifname = this.#free.shift();
    if (ifname === undefined) throw new RangeError("openAir: the scenario uses more radios than it asked for");
    return ifname;
  }
}

export class AccessPoint {
  readonly ifname: string;
  readonly bssid: MacAddress;
  readonly ssid: Uint8Array;
  readonly key: Secret;
  /** Its control socket. */
  readonly socket: string;
  /** This machine's end of its cable; null for none. */
  readonly cable: string | null;
  readonly #air: OnAir;
  readonly #place: Place;
  readonly #file: string;
  #process: Process | null = null;

  constructor(air: OnAir, place: Place, options: AccessPointOptions & { readonly cable: string | null }, file: string) {
    this.#air = air;
    this.cable = options.cable;
    this.#place = place;
    this.#file = file;
    this.ifname = place.ifname;
    this.socket = `/run/hostapd/${this.ifname}`;
    this.bssid = place.macAddress;
    this.ssid = new TextEncoder().encode(options.ssid);
    this.key = new Secret(options.passphrase ?? "");
  }

  /** Starts hostapd; resolves when it sends beacons. */
  async start(): Promise<void> {
    this.#process = await this.#air.start(...this.#place.line("hostapd", [this.#file]), {
      log: `hostapd-${this.ifname}.log`,
      until: `${this.ifname}: AP-ENABLED`,
    });
  }

  /** kill -9: its socket's path stays behind. */
  async kill(): Promise<void> {
    await this.#process?.stop("SIGKILL");
  }

  /** What hostapd has logged so far. */
  log(): string {
    return this.#process?.log() ?? "";
  }

  async pressButton(): Promise<void> {
    await this.cli("wps_pbc");
  }

  async enterPin(pin: string): Promise<void> {
    await this.cli("wps_pin", "any", pin);
  }

  /** Runs hostapd_cli; rejects when hostapd says FAIL. */
  async cli(...command: readonly string[]): Promise<string> {
    const { stdout } = await run("hostapd_cli", ["-p", "/run/hostapd", "-i", this.ifname, ...command]);
    if (/^FAIL/m.test(stdout)) throw new Error(`hostapd_cli ${command.join(" ")}: ${stdout.trim()}`);
    return stdout;
  }

  /** The first three numbers of this network's addresses. */
  get net(): string {
    return `10.${Number(this.ifname.slice(4)) + 1}.0`;
  }

  /** Has the address 10.N.0.1 from now on, and `beyond` behind it, which is reached by way of it. */
  async beGateway(beyond?: string): Promise<void> {
    await this.#place.run("ip", "addr", "add", `${this.net}.1/24`, "dev", this.ifname);
    if (beyond === undefined) return;
    await this.#place.run("ip", "addr", "add", `${beyond}/32`, "dev", "lo");
    // Or Linux would say that `beyond` is right here.
    await this.#place.run("busybox", "sysctl", "-w", "net.ipv4.conf.all.arp_ignore=1");
  }

  /** Serves addresses 10.N.0.10 to 10.N.0.200 on this network, with itself as gateway. */
  async serveAddresses(): Promise<void> {
    const { net } = this;
    await this.beGateway();
    const file = `/tmp/udhcpd-${this.ifname}.conf`;
    writeFileSync(
      file,
      [
        ...[`start ${net}.10`, `end ${net}.200`, `interface ${this.ifname}`],
        ...[`lease_file /tmp/udhcpd-${this.ifname}.leases`, `pidfile /tmp/udhcpd-${this.ifname}.pid`],
        ...["option subnet 255.255.255.0", `option router ${net}.1`, `option dns ${net}.1`, "option lease 3600", ""],
      ].join("\n"),
    );
    writeFileSync(`/tmp/udhcpd-${this.ifname}.leases`, "");
    const log = `udhcpd-${this.ifname}.log`;
    await this.#air.start(...this.#place.line("busybox", ["udhcpd", "-f", file]), { log });
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** Has it read its configuration anew (SIGHUP). */
  hangUp(): void {
    if (this.#process !== null) process.kill(this.#process.pid, "SIGHUP");
  }
}

export class Station {
  readonly ifname: string;
  readonly macAddress: MacAddress;
  /** Its control socket. */
  readonly socket: string;
  readonly #air: OnAir;
  readonly #place: Place;
  readonly #file: string;
  #process: Process | null = null;

  constructor(air: OnAir, place: Place, file: string) {
    this.#air = air;
    this.#place = place;
    this.#file = file;
    this.ifname = place.ifname;
    this.macAddress = place.macAddress;
    this.socket = `/run/wpa_supplicant/${this.ifname}`;
  }

  /** Starts wpa_supplicant, with the configuration as its file holds it now. */
  async start(): Promise<void> {
    const args = ["-i", this.ifname, "-D", "nl80211", "-c", this.#file];
    this.#process = await this.#air.start(...this.#place.line("wpa_supplicant", args), {
      log: `wpa_supplicant-${this.ifname}.log`,
      until: "Successfully initialized wpa_supplicant",
    });
    await until(async () => (await this.cli("ping")).includes("PONG"), 300);
  }

  /** kill -9: its socket's path stays behind. */
  async kill(): Promise<void> {
    await this.#process?.stop("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async cli(...command: readonly string[]): Promise<string> {
    return (await run("wpa_cli", ["-p", "/run/wpa_supplicant", "-i", this.ifname, ...command])).stdout;
  }

  /** One value of `wpa_cli status`; null when it is not there. */
  async status(name: string): Promise<string | null> {
    return new RegExp(`^${name}=(.*)$`, "m").exec(await this.cli("status"))?.[1] ?? null;
  }

  /** The access point that the kernel says it is connected to; null for none. */
  async linkedTo(): Promise<MacAddress | null> {
    // Programs are dear on an emulated processor, and most who ask do so again and again.
    if (this.#place.hasCarrier() === false) return null;
    const { stdout } = await this.#place.run("iw", "dev", this.ifname, "link");
    return parseMacAddress(/^Connected to ([0-9a-f:]{17})/.exec(stdout)?.[1] ?? "");
  }

  /** Its configuration file as it is now. */
  configuration(): string {
    return readFileSync(this.#file, "utf8");
  }

  /** What wpa_supplicant has logged so far. */
  log(): string {
    return this.#process?.log() ?? "";
  }

  /** A command line that runs where the station is. */
  line(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]] {
    return this.#place.line(command, args);
  }

  /** Lays a cable to a station that is apart; gives its name here, and the address of the station's `eth0`. */
  cable(): Promise<{ readonly here: string; readonly there: string }> {
    return this.#place.cable();
  }

  /** Runs a command where the station is, and gives what it prints. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    return (await this.#place.run(command, ...args)).stdout;
  }

  /** Its IPv4 addresses, as `10.1.0.5/24`. */
  async addresses(): Promise<readonly string[]> {
    const shown = await this.run("ip", "-4", "-o", "addr", "show", "dev", this.ifname);
    return [...shown.matchAll(/ inet (\S+)/g)].map((match) => match[1] ?? "");
  }

  /**
   * Runs a DHCP client on it from now on, which does not notice when the radio changes networks.
   * @param options.expiring whether the addresses that it sets end with their lease, by themselves
   */
  async askForAddresses(options: { readonly expiring?: boolean } = {}): Promise<Process> {
    const end = options.expiring === true ? 'valid_lft "$lease" preferred_lft "$lease"' : "";
    const script = `/tmp/udhcpc-${this.ifname}.sh`;
    writeFileSync(
      script,
      [
        "#!/bin/sh",
        'case "$1" in',
        `  bound | renew) ip addr replace "$ip/$mask" dev "$interface" ${end} ;;`,
        '  deconfig) ip addr flush dev "$interface" ;;',
        "esac",
        "",
      ].join("\n"),
      { mode: 0o755 },
    );
    const args = ["udhcpc", "-f", "-i", this.ifname, "-s", script, "-t", "3", "-T", "1", "-A", "2"];
    return this.#air.start(...this.#place.line("busybox", args), { log: `udhcpc-${this.ifname}.log` });
  }
}
