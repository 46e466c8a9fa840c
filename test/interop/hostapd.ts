/** Debian's hostapd without a radio: a RADIUS server with a WSC Registrar in it, in a folder and on a port of its own. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Program, programsMissing } from "./program.ts";

/** The network that it hands out. */
export const network = { ssid: "Interop Home", passphrase: "correct horse battery" } as const;

/** Why tests against it cannot run here; null when they can. In CI they must, so that there it throws. */
export function hostapdMissing(): string | null {
  return programsMissing(["hostapd", "-v", "hostapd"]);
}

export class Hostapd {
  readonly port: number;
  /** The shared secret of RADIUS. */
  readonly secret = "interop secret";
  readonly #folder: string;
  readonly #program: Program;

  private constructor(folder: string, port: number, program: Program) {
    this.#folder = folder;
    this.port = port;
    this.#program = program;
  }

  /**
   * @param options.fragmentSize most bytes of an EAP-WSC packet that it sends, from the op-code on
   * @param options.settings more lines for its configuration; of a setting that comes twice the last one counts
   */
  static async start(
    options: { readonly fragmentSize?: number; readonly settings?: readonly string[] } = {},
  ): Promise<Hostapd> {
    const folder = await mkdtemp(join(tmpdir(), "openwps-hostapd-"));
    const port = await freePort();
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
      "wps_state=2",
      "device_name=Interop AP",
      "manufacturer=Example",
      "model_name=Example",
      "model_number=1",
      "serial_number=1",
      "device_type=6-0050F204-1",
      "config_methods=label virtual_display virtual_push_button keypad",
      ...(options.fragmentSize === undefined ? [] : [`fragment_size=${options.fragmentSize}`]),
      ...(options.settings ?? []),
    ];
    await writeFile(join(folder, "hostapd.conf"), `${settings.join("\n")}\n`);
    await writeFile(join(folder, "clients"), "127.0.0.1/32 interop secret\n");
    await writeFile(join(folder, "users"), '"WFA-SimpleConfig-Enrollee-1-0" WSC\n');
    const hostapd = new Hostapd(folder, port, new Program("hostapd", [join(folder, "hostapd.conf")]));
    try {
      await hostapd.says("AP-ENABLED");
    } catch (trouble) {
      await hostapd.stop();
      throw trouble;
    }
    return hostapd;
  }

  /** Gives one command over its control socket; anything but OK is an error. */
  async command(...words: readonly string[]): Promise<void> {
    const answer = await this.ask(...words);
    if (!answer.endsWith("OK")) throw new Error(`hostapd answered ${words[0]} by ${answer}`);
  }

  /** Gives one command over its control socket, and gives the answer. */
  async ask(...words: readonly string[]): Promise<string> {
    const cli = ["-p", join(this.#folder, "ctrl"), "-i", "wps0", ...words];
    return (await promisify(execFile)("hostapd_cli", cli)).stdout.trim();
  }

  /** Resolves with what it said up to and with this, as soon as it has; that does not count again. */
  says(text: string): Promise<string> {
    return this.#program.says(text);
  }

  /** Of the operating system. */
  get pid(): number {
    return this.#program.pid;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A UDP port of loopback that nobody has now. */
export function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
