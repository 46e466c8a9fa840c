/**
 * How a connected station comes by its IP address when the setting `address` is a command. Addresses themselves are
 * seen in the radio's link, not here.
 */
import { spawn } from "node:child_process";
import type { Clock, Timer } from "../clock/clock.ts";
import type { Link } from "../radio/station-radio.ts";
import type { AddressPolicy } from "./settings.ts";

/** How long a command that is to end may take to clean up after itself. */
const farewellMs = 1_000;

export interface CommandOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Variables that it finds beside those that we have ourselves. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Runs a shell command to its end; true when it succeeded. Aborting ends it and all that it has started, also if they
 * do not want to.
 */
export function runCommand(command: string, { clock, signal, environment }: CommandOptions): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    // A group of its own, so that a DHCP client below the shell ends with it.
    const env = { ...process.env, ...environment };
    const child = spawn("/bin/sh", ["-c", command], { env, stdio: "ignore", detached: true });
    const kill = (name: NodeJS.Signals) => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // It runs as somebody else, by sudo: not ours to end, nor to wait for.
        end(false);
      }
    };
    let farewell: Timer | null = null;
    const abort = () => {
      farewell = clock.after(farewellMs, () => kill("SIGKILL"));
      kill("SIGTERM");
    };
    signal.addEventListener("abort", abort, { once: true });
    const end = (succeeded: boolean) => {
      signal.removeEventListener("abort", abort);
      farewell?.cancel();
      resolve(succeeded);
    };
    child.on("error", () => end(false));
    child.on("exit", (code) => end(code === 0));
  });
}

/** Runs the command at each new connection outside of pairings; with another policy it does nothing. */
export class AddressBringer {
  readonly #policy: AddressPolicy;
  readonly #clock: Clock;
  /** The access point of the connection that has been seen to. */
  #seenTo: string | null = null;
  #running: AbortController | null = null;

  constructor(policy: AddressPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
  }

  /** @param mine false: somebody else sees to this connection, and has or will */
  onLink(link: Link, mine: boolean): void {
    const accessPoint = link.state === "connected" ? (link.bss?.bssid ?? "") : null;
    if (accessPoint === this.#seenTo) return;
    this.stop();
    this.#seenTo = accessPoint;
    if (accessPoint === null || !mine || typeof this.#policy === "string") return;
    this.#running = new AbortController();
    // Nobody waits for it: without an address the link shows none.
    void runCommand(this.#policy.command, { clock: this.#clock, signal: this.#running.signal });
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#seenTo = null;
  }
}
