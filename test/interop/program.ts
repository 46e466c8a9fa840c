/** A program of the system under test: it runs until it is stopped, and what it says can be waited for. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** Most that may pass until it says something it is expected to say. */
const patienceMs = 8_000;

/**
 * Why tests cannot run here, null when they can: a program is missing. In CI none may be, so that there it throws.
 * @param programs each with a harmless argument and the Debian package that has it
 */
export function programsMissing(...programs: readonly (readonly [string, string, string])[]): string | null {
  const missing = programs.filter(([name, argument]) => spawnSync(name, [argument]).error !== undefined);
  if (missing.length === 0) return null;
  const packages = missing.map(([, , name]) => name).join(" ");
  return skipped(`${missing.map(([name]) => name).join(" and ")} not installed: apt-get install ${packages}`);
}

/** Tells why tests are skipped, once a file. @throws in CI */
export function skipped(sentence: string): string {
  const { CI } = process.env;
  if (CI) throw new Error(sentence);
  console.warn(`Skipped: ${sentence}`);
  return sentence;
}

export class Program {
  readonly #name: string;
  readonly #process: ChildProcess;
  #log = "";
  readonly #listeners = new Set<() => void>();

  constructor(name: string, options: readonly string[]) {
    this.#name = name;
    this.#process = spawn(name, options, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
        for (const listener of [...this.#listeners]) listener();
      });
  }

  /** Of the operating system. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves with what it said up to and with this, as soon as it has; that does not count again. */
  says(text: string, withinMs = patienceMs): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const at = this.#log.indexOf(text);
        if (at < 0) return;
        const said = this.#log.slice(0, at + text.length);
        this.#log = this.#log.slice(at + text.length);
        this.#listeners.delete(look);
        clearTimeout(timer);
        resolve(said);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`${this.#name} did not say ${text}, but:\n${this.#log}`));
      }, withinMs);
      this.#listeners.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await gone;
  }
}
