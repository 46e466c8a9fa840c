/**
 * The name server that comes with a static address, told to whoever keeps the system's list of them. What is ours in
 * it can be told from everybody else's, so that it can be taken back also by a process that did not put it there.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, realpathSync, writeSync } from "node:fs";
import { RadioError } from "../station-radio.ts";
import { isInstalled, runProgram } from "./programs.ts";

/** Who keeps the list: systemd-resolved, the program `resolvconf`, or nobody but the file itself. */
type Keeper = "resolved" | "resolvconf" | "file";

const resolvectl = { name: "resolvectl", package: "systemd-resolved" } as const;
const resolvconf = { name: "resolvconf", package: "resolvconf" } as const;

export class Resolver {
  readonly #ifname: string;
  readonly #file: string;

  /** @param file the system's `resolv.conf` */
  constructor(ifname: string, file = "/etc/resolv.conf") {
    this.#ifname = ifname;
    this.#file = file;
  }

  /** Has this name server asked, before others where there is an order. @throws a `RadioError` */
  async set(server: string): Promise<void> {
    switch (this.#keeper()) {
      case "resolved":
        await this.#run(resolvectl, ["dns", this.#ifname, server]);
        break;
      case "resolvconf":
        await this.#run(resolvconf, ["-a", this.#entry], `nameserver ${server}\n`);
        break;
      case "file":
        this.#rewrite((text) => withNameServer(withoutNameServer(text, this.#ifname), this.#ifname, server));
        break;
    }
  }

  /**
   * Takes it back; nothing happens when there is none.
   * @param mayBeOurs false: a program that keeps the list need not be asked, which not everybody may do
   * @throws a `RadioError`
   */
  async takeBack(mayBeOurs: boolean): Promise<void> {
    switch (this.#keeper()) {
      case "resolved":
        if (mayBeOurs) await this.#run(resolvectl, ["revert", this.#ifname]);
        break;
      case "resolvconf":
        if (mayBeOurs) await this.#run(resolvconf, ["-d", this.#entry]);
        break;
      case "file":
        this.#rewrite((text) => withoutNameServer(text, this.#ifname));
        break;
    }
  }

  /** The name of our entry in resolvconf's list. */
  get #entry(): string {
    return `${this.#ifname}.openwps`;
  }

  #keeper(): Keeper {
    // Where the file leads decides, not which daemon runs: that is where programs look.
    if (realPath(this.#file).startsWith("/run/systemd/resolve/")) return "resolved";
    return isInstalled(resolvconf.name) ? "resolvconf" : "file";
  }

  #run(program: typeof resolvectl | typeof resolvconf, args: readonly string[], input?: string): Promise<string> {
    return runProgram(program, args, {
      failed: "The system's list of name servers was not changed",
      hint: `Leave out the name server of the static address, or see why ${program.name} refuses it.`,
      input,
    });
  }

  /**
   * Writes in place, not by a new file: the file may be a link, or mounted by itself, in a folder that nobody may write
   * to. Cut off last, so that a process that dies in between leaves some lines twice, and none is lost.
   */
  #rewrite(change: (text: string) => string): void {
    try {
      const before = readIfThere(this.#file);
      const after = change(before ?? "");
      if (after === (before ?? "")) return;
      const bytes = new TextEncoder().encode(after);
      const file = openSync(this.#file, before === null ? "w" : "r+");
      try {
        writeSync(file, bytes, 0, bytes.length, 0);
        ftruncateSync(file, bytes.length);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw unwritable(this.#file, codeOf(error));
    }
  }
}

/** The line above our name server. It names the interface: there may be a process of ours for each. */
const markOf = (ifname: string) => `# openwps set this for ${ifname}:`;

/** Programs ask name servers in the order of the list, and no more than three of them. */
export function withNameServer(text: string, ifname: string, server: string): string {
  return `${markOf(ifname)}\nnameserver ${server}\n${text}`;
}

/** The list without our mark and the line below it, wherever others have moved them. */
export function withoutNameServer(text: string, ifname: string): string {
  const lines = text.split("\n");
  const mark = markOf(ifname);
  return lines
    .filter((line, at) => line !== mark && !(lines[at - 1] === mark && line.startsWith("nameserver ")))
    .join("\n");
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

function unwritable(file: string, code: string): RadioError {
  return new RadioError(
    code === "EACCES" || code === "EPERM" ? "permission" : "refused",
    `The name server of the static address was not written to ${file} (${code}).`,
    `Let openwps write to ${file}, or leave out the name server of the static address.`,
  );
}
