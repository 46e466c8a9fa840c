/**
 * How a connected station comes by its IP address when the setting `address` is a command. Addresses themselves are
 * seen in the radio's link, not here.
 */
import { spawn } from "node:child_process";
import type { Link } from "../radio/station-radio.ts";
import type { AddressPolicy } from "./settings.ts";

/** Runs a shell command to its end; true when it succeeded. Aborting ends it and all that it has started. */
export function runCommand(command: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    // A group of its own, so that a DHCP client below the shell ends with it.
    const child = spawn("/bin/sh", ["-c", command], { stdio: "ignore", detached: true });
    const kill = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    };
    signal.addEventListener("abort", kill, { once: true });
    const end = (succeeded: boolean) => {
      signal.removeEventListener("abort", kill);
      resolve(succeeded);
    };
    child.on("error", () => end(false));
    child.on("exit", (code) => end(code === 0));
  });
}

/** Runs the command at each new connection outside of pairings; with another policy it does nothing. */
export class AddressBringer {
  readonly #policy: AddressPolicy;
  /** The access point of the connection that has been seen to. */
  #seenTo: string | null = null;
  #running: AbortController | null = null;

  constructor(policy: AddressPolicy) {
    this.#policy = policy;
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
    void runCommand(this.#policy.command, this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#seenTo = null;
  }
}
