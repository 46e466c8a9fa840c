/** Reads a device that may have nothing to say for days. What the bytes mean is not known here. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * What the device gives, as it comes. Ends when the device is gone, or the signal aborts.
 *
 * Another program reads for us, because Node cannot: it takes a character device for a file, reads it in one of its few
 * threads, and cannot end before that read does, which may be never. A pipe it can wait for. Should we be killed
 * (SIGKILL), the other program ends with the next thing that it has to say.
 */
export async function* readDevice(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  if (signal.aborted) return;
  const reader = spawn("cat", [path], { stdio: ["ignore", "pipe", "ignore"] });
  // `close` comes after a failed start too; without a listener that would be thrown.
  reader.on("error", () => {});
  const closed = once(reader, "close").catch(() => {});
  const stop = () => reader.kill();
  signal.addEventListener("abort", stop, { once: true });
  process.once("exit", stop);
  try {
    for await (const chunk of reader.stdout) yield chunk as Uint8Array;
  } finally {
    signal.removeEventListener("abort", stop);
    process.off("exit", stop);
    stop();
    await closed;
  }
}
