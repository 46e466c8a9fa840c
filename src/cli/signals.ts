/** Ctrl-C and `kill`, as an AbortSignal: the first one asks to clean up and end, the second one ends at once. */
import { EXIT } from "./exit-codes.ts";

/** Aborts at SIGINT, SIGTERM or SIGHUP; the reason is the signal's name. Call it once a process. */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.cancelled);
      controller.abort(name);
    });
  return controller.signal;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
