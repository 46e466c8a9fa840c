/** `openwps registrar` in the lab's guest, as a person starts it behind a real hostapd, and its API. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AccessPoint, OnAir } from "./on-air.ts";
import { ownPort } from "./ports.ts";
import type { Process } from "./process.ts";
import { startOpenwps } from "./program.ts";

/** What scenarios read of `GET …/{id}/status`. */
export interface Status {
  readonly "WPS Operational Status": string;
  readonly "Transaction Status": string;
  readonly "AP Lockdown Status": string;
  readonly "Failed Attempts with Invalid PIN": number;
  readonly window: { readonly method: string; readonly secondsLeft: number } | null;
}

export interface ListedDevice {
  readonly mac: string;
  readonly method: string;
}

export class RegistrarProgram {
  readonly #radiusPort = ownPort();
  readonly #port = ownPort();
  readonly #folder = mkdtempSync("/tmp/registrar-program-");
  readonly #keys: readonly string[];
  #process: Process | null = null;

  readonly #relayed: boolean;

  /** @param way devices share a key, have their own by RADIUS, or are let in by hostapd's own Registrar */
  constructor(way: "shared" | "radius" | "own") {
    this.#relayed = way !== "own";
    this.#keys = way === "radius" ? ["--keys", "per-device", "--key-delivery", "radius"] : ["--keys", "shared"];
    writeFileSync(join(this.#folder, "secret"), "a lab's secret\n", { mode: 0o600 });
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Lines for hostapd.conf, as docs/registrar.md has them. */
  get config(): readonly string[] {
    if (!this.#relayed) return [];
    return [
      ...["eap_server=0", "own_ip_addr=127.0.0.1", "auth_server_addr=127.0.0.1"],
      ...[`auth_server_port=${this.#radiusPort}`, "auth_server_shared_secret=a lab's secret"],
      ...(this.#keys.includes("radius") ? ["macaddr_acl=2", "wpa_psk_radius=2"] : []),
    ];
  }

  /** Starts it, with what an earlier one has stored; resolves when it listens. @param more options, as on the command line */
  async start(air: OnAir, accessPoint: AccessPoint, more: readonly string[] = []): Promise<void> {
    this.#process = await startOpenwps(air, `registrar-${accessPoint.ifname}`, [
      "registrar",
      ...["--ap", `hostapd:${accessPoint.ifname}`, "--state", join(this.#folder, "state")],
      ...["--radius", `127.0.0.1:${this.#radiusPort}`, "--radius-secret-file", join(this.#folder, "secret")],
      ...["--listen", `127.0.0.1:${this.#port}`, ...this.#keys, ...more],
    ]);
    await this.#process.line("listening on");
    await this.#process.line("serving hostapd:");
  }

  /** Gives its exit status. */
  async stop(): Promise<number | null> {
    return (await this.#process?.stop()) ?? null;
  }

  log(): string {
    return this.#process?.log() ?? "";
  }

  /** Asks the API; `path` is below `/api/v1`. Gives the status code and the answer's JSON, null without one. */
  async ask(method: string, path: string, body?: object): Promise<{ readonly code: number; readonly json: unknown }> {
    const headers = { "content-type": "application/json" };
    const init = { method, ...(body && { body: JSON.stringify(body), headers }) };
    const answer = await fetch(`${this.url}/api/v1${path}`, init);
    const text = await answer.text();
    return { code: answer.status, json: text === "" ? null : JSON.parse(text) };
  }

  /** Collects the statuses of its one instance from now on, each only once in a row, until the signal aborts. */
  async follow(seen: Status[], signal: AbortSignal): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1/events`, { signal });
    const reading = (async () => {
      let text = "";
      for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = (text + piece).split("\n\n");
        text = events.pop() ?? "";
        for (const [, data = ""] of events.map((event) => /^event: instance\ndata: (.*)$/m.exec(event) ?? [])) {
          if (data !== "") seen.push((JSON.parse(data) as { readonly status: Status }).status);
        }
      }
    })();
    reading.catch(() => undefined);
  }
}
