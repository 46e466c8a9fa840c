/** Announces a service by mDNS under the host name of its settings, and anew when that changes. */
import type { AddressInfo } from "node:net";
import type { SettingsKeeper } from "../settings/settings.ts";
import type { MacAddress } from "../wsc/address.ts";

export interface AnnouncerOptions {
  readonly settings: SettingsKeeper;
  /** Of the device; null when it is not known. */
  readonly id: MacAddress | null;
  readonly onTrouble: (trouble: unknown) => void;
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /**
   * Begins; nobody waits for it, and a network that takes no announcements is no reason not to serve.
   * @param bound where the service listens
   */
  start(bound: Pick<AddressInfo, "address" | "port">): void {
    this.#running = this.#announce(bound).catch(this.#options.onTrouble);
  }

  /** Takes the announcement back. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #announce({ address, port }: Pick<AddressInfo, "address" | "port">): Promise<void> {
    const { settings, id } = this.#options;
    // Loaded after the start: the service answers before it is announced.
    const { announce } = await import("../http/announcement.ts");
    let told: string | null = null;
    let announcement: { close(): Promise<void> } | null = null;
    try {
      for await (const { hostName, name } of settings.changes({ signal: this.#stop.signal })) {
        if (`${hostName} ${name}` === told) continue;
        told = `${hostName} ${name}`;
        await announcement?.close();
        announcement = null;
        announcement = await announce({ hostName, name, address, port, id });
      }
    } finally {
      await announcement?.close();
    }
  }
}
