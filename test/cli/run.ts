/** Runs the built command line as a process of its own: for the tests beside this file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll } from "vitest";

export const root = join(import.meta.dirname, "..", "..");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Something is typed to it; nothing without it. */
  readonly isTypedTo?: boolean;
}

/** What a failed test has left running does not outlive the tests. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** A process under test. What it prints is kept; `seen` waits for some of it. */
export class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";
  #changed = () => {};

  constructor(command: string, args: readonly string[], options: RunOptions = {}) {
    const env = { ...process.env, ...options.env };
    const stdin = options.isTypedTo === true ? "pipe" : "ignore";
    this.child = spawn(command, args, { cwd: options.cwd ?? root, env, stdio: [stdin, "pipe", "pipe"] });
    running.add(this.child);
    this.child.stdout?.setEncoding("utf8").on("data", (text) => {
      this.#stdout += text;
      this.#changed();
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text) => {
      this.#stderr += text;
      this.#changed();
    });
    this.ended = once(this.child, "close").then(([code]) => {
      running.delete(this.child);
      this.#changed();
      return { code, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** The first match in what it has printed, on either stream, or prints later; fails when it ends without. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
      if (match !== null) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`ended (${this.child.exitCode}) without ${pattern}:\n${this.#stdout}${this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Sends a signal, if it still runs, and waits for the end. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    if (this.child.exitCode === null) this.child.kill(signal);
    return this.ended;
  }
}

/** Starts `openwps` with these arguments. */
export function openwps(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  return new Run(process.execPath, [join(root, "bin", "openwps.js"), ...args], { env });
}

/** Runs a command to its end. */
export function run(command: string, ...args: readonly string[]): Promise<Ended> {
  return new Run(command, args).ended;
}
