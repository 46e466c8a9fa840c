/**
 * Debian's wpa_supplicant as an external Registrar on loopback, without a radio (its driver "none" is made for that), in
 * a folder of its own.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";
import { Program } from "../interop/program.ts";

export class ErSupplicant {
  readonly #folder: string;
  readonly #program: Program;

  private constructor(folder: string, program: Program) {
    this.#folder = folder;
    this.#program = program;
  }

  /** @param address of the access point that it is to find; it looks at no others */
  static async start(address: string): Promise<ErSupplicant> {
    const folder = await mkdtemp(join(tmpdir(), "openwps-er-"));
    const settings = [
      `ctrl_interface=${folder}/ctrl`,
      "device_name=Interop ER",
      "manufacturer=Example",
      "model_name=Example",
      "model_number=1",
      "serial_number=1",
      "device_type=1-0050F204-1",
      "config_methods=label keypad virtual_push_button",
    ];
    await writeFile(join(folder, "conf"), settings.join("\n"));
    const program = new Program("wpa_supplicant", ["-Dnone", "-ilo", "-c", join(folder, "conf")]);
    const supplicant = new ErSupplicant(folder, program);
    try {
      await program.says("Successfully initialized wpa_supplicant");
      // That comes a moment before its control socket.
      await vi.waitUntil(() => supplicant.#ask("PING").catch(() => null), { timeout: 8_000 });
      await supplicant.does("WPS_ER_START", address);
      return supplicant;
    } catch (error) {
      await supplicant.stop();
      throw error;
    }
  }

  /** Gives one command over its control socket. @throws Error where it is not "OK" */
  async does(...words: readonly string[]): Promise<void> {
    const answer = await this.#ask(...words);
    if (answer !== "OK") throw new Error(`${words.join(" ")}: ${answer}`);
  }

  /** Resolves with the line that has this in it, once there is one. */
  async says(text: string): Promise<string> {
    const before = await this.#program.says(text);
    const rest = await this.#program.says("\n");
    return `${before.slice(before.lastIndexOf("\n") + 1)}${rest.trimEnd()}`;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ask(...words: readonly string[]): Promise<string> {
    const options = ["-p", join(this.#folder, "ctrl"), "-i", "lo", "raw", ...words];
    const { stdout } = await promisify(execFile)("wpa_cli", options);
    return stdout.trim();
  }
}
