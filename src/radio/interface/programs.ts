/**
 * Programs of the system that change what an interface does (`ip`, `iw`, `resolvectl`, `resolvconf`): run without a
 * shell, their complaints told as sentences. Knows none of their words.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RadioError } from "../station-radio.ts";

/** Each asks the kernel, or a daemon, one question. */
const withinMs = 5_000;

/** Where Debian has them, which is not in the path of every user and service. */
const programPath = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

/** Whether a program is there to be run. */
export function isInstalled(name: string): boolean {
  return programPath.split(":").some((folder) => folder !== "" && existsSync(join(folder, name)));
}

export interface Program {
  readonly name: string;
  /** The Debian package that has it. */
  readonly package: string;
}

export interface RunOptions {
  /** What has not been done when it fails, as the beginning of a sentence: "wlan0 did not get its address". */
  readonly failed: string;
  /** What to do when it is refused for another reason than missing rights. */
  readonly hint: string;
  /** What it reads from its standard input. */
  readonly input?: string | undefined;
}

/**
 * Runs a program to its end and gives what it printed.
 * @throws a {@link RadioError}: `unsupported` when it is not installed, `permission`, or `refused`
 */
export function runProgram(program: Program, args: readonly string[], options: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: programPath };
    const child = execFile(program.name, args, { timeout: withinMs, env }, (error, printed, complaint) => {
      if (error === null) resolve(printed);
      else reject(explain(program, options, error.code, complaint));
    });
    // It may end without reading.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
  });
}

function explain(program: Program, { failed, hint }: RunOptions, code: unknown, complaint: string): RadioError {
  if (code === "ENOENT")
    return new RadioError(
      "unsupported",
      `${failed}: the program ${program.name} is not installed.`,
      `Install it, on Debian with: apt install ${program.package}.`,
    );
  if (code === "EACCES" || /not permitted|permission denied|access denied/i.test(complaint))
    return new RadioError(
      "permission",
      `${failed}: this user may not do that.`,
      "Run openwps as root, or with the capability CAP_NET_ADMIN, which the programs that it starts must inherit too.",
    );
  const said = complaint.trim().split("\n", 1)[0] ?? "";
  return new RadioError("refused", `${failed}: ${program.name} ${said ? `said "${said}"` : "gave no reason"}.`, hint);
}
