/**
 * How commands fail: with a sentence that says what happened and what to do next, and never with a stack trace, unless
 * a person asks for one.
 */
import { RadioError } from "../radio/station-radio.ts";
import { StoreError } from "../store/store.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** Ends a command with a sentence and a code. For what a person can mend; bugs stay ordinary errors. */
export class Complaint extends Error {
  override readonly name = "Complaint";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The lines for standard error, and the code to end with, for whatever a command threw. */
export function explainFailure(error: unknown, environment: NodeJS.ProcessEnv): { text: string; exitCode: ExitCode } {
  const { OPENWPS_DEBUG } = environment;
  const stack = OPENWPS_DEBUG === "1" && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  if (error instanceof Complaint) return { text: `openwps: ${error.message}${stack}`, exitCode: error.exitCode };
  if (error instanceof RadioError || error instanceof StoreError)
    return { text: `openwps: ${error.message}\n${error.hint}${stack}`, exitCode: EXIT.failed };
  const message = error instanceof Error ? error.message : String(error);
  const report =
    "This is a bug in openwps. Please report it with the output of the same command run with OPENWPS_DEBUG=1.";
  return { text: `openwps: unexpected: ${message.split("\n", 1)[0]}\n${report}${stack}`, exitCode: EXIT.failed };
}
