/**
 * Loaded into a service under test before its own code, with `--expose-gc`: answers each message with what the process
 * holds on to once its garbage is collected.
 */
import { readdirSync } from "node:fs";

process.on("message", async () => {
  // What is freed by one collection may free more.
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const resources = process.getActiveResourcesInfo();
  process.send({
    heapBytes: process.memoryUsage().heapUsed,
    sockets: resources.filter((name) => name === "TCPSocketWrap").length,
    handles: resources.filter((name) => name !== "Timeout" && name !== "Immediate").length,
    files: readdirSync("/proc/self/fd").length,
  });
});
// Whoever asks does not keep the service alive.
process.channel.unref();
