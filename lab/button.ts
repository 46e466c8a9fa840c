/** A device's WPS button and LED in the lab's guest: real ones, as far as the kernel can tell (uinput.pl). */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { slug } from "./logs.ts";

/** The LED going on or off, and when. */
export interface Blink {
  readonly on: boolean;
  readonly atMs: number;
}

export class PluggedButton {
  /** Its file, such as `/dev/input/event3`. */
  readonly path: string;
  /** Its LED's folder, such as `/sys/class/leds/input3::capslock`. */
  readonly led: string;
  /** What the LED has done so far. */
  readonly blinks: Blink[] = [];
  readonly #program: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(program: ChildProcessByStdio<Writable, Readable, null>, input: string) {
    this.#program = program;
    const event = readdirSync(join("/sys/class/input", input)).find((entry) => /^event\d+$/.test(entry));
    this.path = `/dev/input/${event}`;
    this.led = `/sys/class/leds/${input}::capslock`;
  }

  /** @param scenario whose it is; a scenario has one at a time */
  static async plugIn(scenario: string): Promise<PluggedButton> {
    // The kernel keeps 79 bytes of it.
    const name = slug(scenario).slice(0, 79);
    const program = spawn("perl", [join(import.meta.dirname, "uinput.pl"), name], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: program.stdout });
    await once(lines, "line");
    const button = new PluggedButton(program, inputNamed(name));
    lines.on("line", (line) => {
      const [, state, at] = /^led (on|off) (\d+)$/.exec(line) ?? [];
      if (state !== undefined) button.blinks.push({ on: state === "on", atMs: Number(at) });
    });
    return button;
  }

  /** Presses it and lets go of it after `ms`. */
  async press(ms = 300): Promise<void> {
    this.#program.stdin.write("down\n");
    await sleep(ms);
    if (this.#program.stdin.writable) this.#program.stdin.write("up\n");
  }

  async unplug(): Promise<void> {
    if (this.#program.exitCode !== null) return;
    this.#program.stdin.end();
    await once(this.#program, "exit");
  }
}

/** `input3` for a device of this name. */
function inputNamed(name: string): string {
  const found = readdirSync("/sys/class/input")
    .filter((entry) => /^input\d+$/.test(entry))
    .find((entry) => readFileSync(`/sys/class/input/${entry}/name`, "utf8").trim() === name);
  if (found === undefined) throw new Error(`no input device is named ${name}`);
  return found;
}
