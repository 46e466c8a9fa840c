/** openwps itself in the lab's guest: the service and the one-shot commands, as a person starts them, on a built checkout. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { OnAir, Station } from "./on-air.ts";
import type { Process } from "./process.ts";

const program = join(import.meta.dirname, "..", "bin", "openwps.js");

/** What scenarios read of a session (`GET /api/v1/wifi/wps`). */
export interface Session {
  readonly active: boolean;
  readonly phase: string | null;
  readonly result: string | null;
  readonly reason: string | null;
  readonly hint: string | null;
  readonly peer: { readonly bssid: string; readonly ssid: string | null } | null;
}

/** What scenarios read of `GET /api/v1/system`. */
export interface WifiStatus {
  readonly ssid: string | null;
  readonly ip: string | null;
  readonly status: string;
  readonly mode: string;
}

/**
 * Starts a command on this machine.
 * @param name its log is `openwps-NAME.log`
 */
export async function startOpenwps(air: OnAir, name: string, args: readonly string[]): Promise<Process> {
  return air.start("node", [program, ...args], { log: `openwps-${name}.log`, cwd: "/tmp" });
}

/** Starts a command where a station is. Its log is `openwps-COMMAND-wlanN.log`. */
export async function openwps(
  air: OnAir,
  station: Station,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Process> {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return air.start(...station.line("env", [...variables, "node", program, ...args]), {
    log: `openwps-${args[0]}-${station.ifname}.log`,
    cwd: "/tmp",
  });
}

/** `openwps station` in front of a station's wpa_supplicant. */
export class Service {
  readonly #air: OnAir;
  readonly #station: Station;
  /** Where it listens. */
  readonly port: number;
  readonly #host: string;
  readonly #options: readonly string[];
  /** What it keeps, and where wpa_supplicant answers to it; radios have belonged to other scenarios before. */
  readonly #folder: string;
  #process: Process | null = null;

  /**
   * @param options more of them, as on the command line; without a `--button` it has none, or it would hear the one that
   *   another scenario presses: the guest's input devices are everybody's
   * @param cable the address by which it is reached when the station is apart
   */
  constructor(air: OnAir, station: Station, options: readonly string[] = [], cable?: string) {
    this.#air = air;
    this.#station = station;
    this.#options = options.includes("--button") ? options : [...options, "--button", "none"];
    this.#folder = mkdtempSync(`/tmp/service-${station.ifname}-`);
    mkdirSync(this.temporary);
    this.port = 9000 + Number(station.ifname.slice(4));
    this.#host = cable ?? "127.0.0.1";
  }

  /** Starts it, with what an earlier one of this station has stored; resolves when it listens. */
  async start(): Promise<void> {
    const { ifname } = this.#station;
    const args = [
      "station",
      ...["--radio", `wpa_supplicant:${ifname}`],
      ...["--listen", `${this.#host === "127.0.0.1" ? this.#host : "0.0.0.0"}:${this.port}`],
      ...["--state", join(this.#folder, "state")],
      ...this.#options,
    ];
    this.#process = await openwps(this.#air, this.#station, args, { TMPDIR: this.temporary });
    await this.#process.line("listening on");
  }

  /** Its folder for temporary files. */
  get temporary(): string {
    return join(this.#folder, "tmp");
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Gives its exit status; null when it did not end by itself. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    return (await this.#process?.stop(signal)) ?? null;
  }

  request(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`http://${this.#host}:${this.port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  }

  async session(): Promise<Session> {
    return (await (await this.request("GET", "/api/v1/wifi/wps")).json()) as Session;
  }

  async wifi(): Promise<WifiStatus> {
    return ((await (await this.request("GET", "/api/v1/system")).json()) as { readonly wifi: WifiStatus }).wifi;
  }

  /** The session as it is when the pairing has ended. */
  async ended(): Promise<Session> {
    for (;;) {
      const session = await this.session();
      if (!session.active && session.result !== null) return session;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
