/**
 * Debian's hostapd as a router that does WPS by UPnP, without a radio: stations reach its Registrar by RADIUS. On
 * loopback, with a folder and ports of its own; several at once would hear each other's searches, which harms none.
 */
import { randomBytes } from "node:crypto";
import { Hostapd } from "../interop/hostapd.ts";

export const network = { ssid: "UPnP Home", passphrase: "correct horse battery" } as const;
export const PIN = "12345670";

export interface RouterOptions {
  readonly wpsState?: 1 | 2;
  readonly locked?: boolean;
  /** None: nobody can ask for its settings. */
  readonly pin?: string | null;
}

export class HostapdRouter {
  readonly name: string;
  readonly #hostapd: Hostapd;

  private constructor(name: string, hostapd: Hostapd) {
    this.name = name;
    this.#hostapd = hostapd;
  }

  static async start({ wpsState = 2, locked = false, pin = PIN }: RouterOptions = {}): Promise<HostapdRouter> {
    const id = randomBytes(6).toString("hex");
    const name = `Router ${id}`;
    const settings = [
      `ssid=${network.ssid}`,
      `wpa_passphrase=${network.passphrase}`,
      `wps_state=${wpsState}`,
      ...(locked ? ["ap_setup_locked=1"] : []),
      ...(pin === null ? [] : [`ap_pin=${pin}`]),
      `uuid=11223344-5566-7788-99aa-${id}`,
      "upnp_iface=lo",
      `friendly_name=${name}`,
    ];
    return new HostapdRouter(name, await Hostapd.start({ settings }));
  }

  /** Where stations reach its Registrar by RADIUS, and the secret there. */
  get port(): number {
    return this.#hostapd.port;
  }

  get secret(): string {
    return this.#hostapd.secret;
  }

  /** Gives one command over its control socket, and gives the answer. */
  command(...words: readonly string[]): Promise<string> {
    return this.#hostapd.ask(...words);
  }

  says(text: string): Promise<string> {
    return this.#hostapd.says(text);
  }

  stop(): Promise<void> {
    return this.#hostapd.stop();
  }
}
