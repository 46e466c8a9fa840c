/** Programs that a scenario starts, and waiting for what they do. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Seconds from the guest's start to this process's: times in logs count from the former, as the kernel's do. */
const started = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) - process.uptime();

/** A child whose output is a log, line by line. */
export class Process {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #name: string;
  readonly #ended: Promise<number | null>;
  #wake: (() => void)[] = [];

  constructor(command: string, args: readonly string[], logFile: string, cwd?: string) {
    this.#name = basename(command);
    this.#child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...(cwd ? { cwd } : {}) });
    const log = createWriteStream(logFile, { flags: "a" });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        log.write(`${(process.uptime() + started).toFixed(3)} ${line}\n`);
        this.#lines.push(line);
        this.#stir();
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", () => resolve(null));
      this.#child.once("close", (code) => {
        log.end();
        resolve(code);
        this.#stir();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Its exit status; null when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  log(): string {
    return this.#lines.join("\n");
  }

  /** Waits for a line with `text` in it, also one that came before. */
  async line(text: string): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`${this.#name} ended before it said "${text}":\n${this.#lines.slice(-15).join("\n")}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Gives what {@link ended} does. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 15_000);
    const status = await this.#ended;
    clearTimeout(late);
    return status;
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Longer than anything here takes; shorter than a test may, so that the line that waited is named. */
const untilMs = 200_000;

/** Asks again and again until it is so; not often, since most questions start a program. */
export async function until(holds: () => Promise<boolean>, everyMs = 1000): Promise<void> {
  const end = performance.now() + untilMs;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited ${untilMs / 1000} s in vain: ${holds}`);
    await sleep(everyMs);
  }
}
