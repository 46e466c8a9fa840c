/**
 * Debian's hostapd as a router that does WPS by UPnP, without a radio: stations reach its Registrar by RADIUS. On
 * loopback, with a folder and ports of its own; several at once would hear each other's searches, which harms none.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../interop/hostapd.ts";
import { Program } from "../interop/program.ts";

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
  readonly port: number;
  readonly secret = "interop secret";
  readonly #folder: string;
  readonly #program: Program;

  private constructor(name: string, folder: string, port: number, program: Program) {
    this.name = name;
    this.#folder = folder;
    this.port = port;
    this.#program = program;
  }

  static async start({ wpsState = 2, locked = false, pin = PIN }: RouterOptions = {}): Promise<HostapdRouter> {
    const folder = await mkdtemp(join(tmpdir(), "openwps-upnp-"));
    const port = await freePort();
    const id = randomBytes(6).toString("hex");
    const name = `Router ${id}`;
    const settings = [
      "driver=none",
      "interface=wps0",
      `ctrl_interface=${folder}/ctrl`,
      `radius_server_clients=${folder}/clients`,
      `radius_server_auth_port=${port}`,
      "eap_server=1",
      `eap_user_file=${folder}/users`,
      `ssid=${network.ssid}`,
      "wpa=2",
      "wpa_key_mgmt=WPA-PSK",
      "rsn_pairwise=CCMP",
      `wpa_passphrase=${network.passphrase}`,
      `wps_state=${wpsState}`,
      ...(locked ? ["ap_setup_locked=1"] : []),
      ...(pin === null ? [] : [`ap_pin=${pin}`]),
      `uuid=11223344-5566-7788-99aa-${id}`,
      "upnp_iface=lo",
      `friendly_name=${name}`,
      "device_name=Interop AP",
      "manufacturer=Example",
      "model_name=Example",
      "model_number=1",
      "serial_number=1",
      "device_type=6-0050F204-1",
      "config_methods=label virtual_display virtual_push_button keypad",
    ];
    await writeFile(join(folder, "hostapd.conf"), `${settings.join("\n")}\n`);
    await writeFile(join(folder, "clients"), "127.0.0.1/32 interop secret\n");
    await writeFile(join(folder, "users"), '"WFA-SimpleConfig-Enrollee-1-0" WSC\n');
    const router = new HostapdRouter(name, folder, port, new Program("hostapd", [join(folder, "hostapd.conf")]));
    try {
      await router.says("AP-ENABLED");
    } catch (trouble) {
      await router.stop();
      throw trouble;
    }
    return router;
  }

  /** Gives one command over its control socket, and gives the answer. */
  async command(...words: readonly string[]): Promise<string> {
    const cli = ["-p", join(this.#folder, "ctrl"), "-i", "wps0", ...words];
    return (await promisify(execFile)("hostapd_cli", cli)).stdout.trim();
  }

  says(text: string): Promise<string> {
    return this.#program.says(text);
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
