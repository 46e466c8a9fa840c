/** What ends a command from outside: Ctrl-C, `kill`, and that nobody reads its output any more. */
import { EXIT } from "./exit-codes.ts";

/** A command that leaves nothing half done may end as soon as its reader has heard enough, as `openwps scan | head -1` has. */
export function endWithReader(): void {
  process.stdout.on("error", leave);
}

function leave(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.success);
}

/**
 * Aborts at SIGINT, SIGTERM or SIGHUP, and when nobody reads the output any more: for commands that have something to
 * put back before they end. The reason is the signal's name; a second signal ends the process at once. Call it once a
 * process.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.cancelled);
      controller.abort(name);
    });
  process.stdout.off("error", leave);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    controller.abort("SIGPIPE");
  });
  return controller.signal;
}

/** Resolves when the signal aborts. @param until when nobody waits for that any more */
export function aborted(signal: AbortSignal, until?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true, ...(until && { signal: until }) });
  });
}
