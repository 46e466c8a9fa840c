/**
 * Our registrar service behind a real hostapd, for scenarios: hostapd relays enrolments to it by RADIUS, and has the
 * keys of its stations from it, by RADIUS or by file. And a station that enrols as any does, with wpa_cli.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../src/clock/system-clock.ts";
import type { AccessPoint as AccessPointPort } from "../src/radio/access-point.ts";
import { openHostapd } from "../src/radio/hostapd/access-point.ts";
import { type Network, parseNetwork } from "../src/radius/secrets.ts";
import { RadiusServer } from "../src/radius/server.ts";
import type { KeyPolicy } from "../src/registrar/key-policy.ts";
import { pskKeyFile } from "../src/registrar/psk-key-file.ts";
import { Seal } from "../src/registrar/seal.ts";
import { RegistrarService } from "../src/registrar/service.ts";
import { openLevelStore } from "../src/store/level-store.ts";
import { systemRandom } from "../src/wsc/crypto.ts";
import { Secret } from "../src/wsc/secret.ts";
import type { AccessPoint, Station } from "./on-air.ts";
import { ownPort } from "./ports.ts";
import { until } from "./process.ts";

export type Delivery = "radius" | "file";

export class LabRegistrar {
  readonly port = ownPort();
  readonly folder = mkdtempSync("/tmp/registrar-");
  readonly pskFile = join(this.folder, "psk");
  readonly troubles: unknown[] = [];
  readonly #keys: KeyPolicy;
  readonly #delivery: Delivery;
  #running: { readonly close: () => Promise<void>; readonly service: RegistrarService } | null = null;

  constructor({ keys, delivery = "radius" }: { readonly keys: KeyPolicy; readonly delivery?: Delivery }) {
    this.#keys = keys;
    this.#delivery = delivery;
    // hostapd does not start without the file that its configuration names.
    writeFileSync(this.pskFile, "", { mode: 0o600 });
  }

  get service(): RegistrarService {
    if (this.#running === null) throw new Error("the registrar is not running");
    return this.#running.service;
  }

  /** Lines for hostapd.conf. */
  get config(): readonly string[] {
    return [
      ...["eap_server=0", "ieee8021x=0", "own_ip_addr=127.0.0.1"],
      ...["auth_server_addr=127.0.0.1", `auth_server_port=${this.port}`, "auth_server_shared_secret=a lab's secret"],
      ...(this.#keys === "shared"
        ? []
        : this.#delivery === "radius"
          ? ["macaddr_acl=2", "wpa_psk_radius=2"]
          : [`wpa_psk_file=${this.pskFile}`]),
    ];
  }

  /** Starts it, also again, behind these access points. */
  async start(accessPoints: readonly AccessPoint[]): Promise<RegistrarService> {
    const store = await openLevelStore(join(this.folder, "state"));
    const onTrouble = (trouble: unknown) => this.troubles.push(trouble);
    const seal = new Seal(new Secret(new Uint8Array(32).fill(7)), systemRandom);
    const shared = { clock: systemClock, random: systemRandom };
    const service = await RegistrarService.open({ ...shared, store, seal, keys: this.#keys, onTrouble });
    const radius = await RadiusServer.open({
      listen: [{ host: "127.0.0.1", port: this.port }],
      secrets: [{ network: parseNetwork("127.0.0.1") as Network, secret: new Secret("a lab's secret") }],
      desk: service,
      keys: {
        answer: async (station, instance) => {
          const keys = service.keys(station, instance);
          return keys.length === 0 ? { type: "reject" } : { type: "keys", keys };
        },
      },
      clock: systemClock,
    });
    const file = this.#keys === "per-device" && this.#delivery === "file" ? pskKeyFile(this.pskFile) : null;
    const ports: AccessPointPort[] = [];
    for (const { ifname } of accessPoints) {
      const port = await openHostapd({ target: ifname, ...shared });
      ports.push(port);
      await service.serve(port, file);
    }
    const close = async () => {
      await radius.close();
      await service.close();
      for (const port of ports) await port.close();
      await store.close();
    };
    this.#running = { service, close };
    return service;
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = null;
  }
}

/** The key that a station has been handed, as its own configuration holds it. */
export function keyOf(station: Station): string {
  const [, key = ""] = /^\tpsk=(.*)$/m.exec(station.configuration()) ?? [];
  return key.replaceAll('"', "");
}

/** Waits until a station is connected to an access point, and has shown its key. */
export async function connected(station: Station, accessPoint: AccessPoint): Promise<void> {
  await until(async () => (await station.linkedTo()) === accessPoint.bssid);
  await until(async () => (await station.status("wpa_state")) === "COMPLETED");
}

/** The devices' lines of the access point's file of keys. */
export function filed(registrar: LabRegistrar): readonly string[] {
  return readFileSync(registrar.pskFile, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.includes(" 00:00:00:00:00:00 "));
}
