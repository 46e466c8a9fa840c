/**
 * A browser for the scenarios of the pages. It runs on this machine, because the guest's emulated processor takes
 * half a minute to start one; what it opens is reached from within the guest (browser.ts), as by a cable to it.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** This machine as the guest sees it. */
const host = "10.0.2.2";
const playwright = join(import.meta.dirname, "..", "node_modules", "playwright-core", "cli.js");
// Shared memory is scarce in containers, and a browser that finds too little of it falls over.
const frugal = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-dev-shm-usage"];
const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--no-first-run"];

/**
 * Waits for the guest to ask for a browser, which is started then. Close it.
 * @param executablePath of Chromium
 * @returns the address at which the guest asks; nobody else knows it
 */
export async function serveBrowser(executablePath) {
  const path = `/${randomUUID()}`;
  // "unsafe" lets whoever asks name a program: the address is told to the guest alone.
  const args = ["run-server", "--host", "127.0.0.1", "--path", path, "--unsafe"];
  const server = spawn(process.execPath, [playwright, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.once("close", resolve));
  const close = async () => {
    server.kill();
    await ended;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const [, port] = /^Listening on ws:.*:(\d+)\//.exec(line) ?? [];
    if (port === undefined) continue;
    const options = encodeURIComponent(JSON.stringify({ executablePath, args: [...frugal, ...quiet] }));
    return { address: `ws://${host}:${port}${path}?launch-options=${options}`, close };
  }
  throw new Error("The server for the lab's browser ended before it listened.");
}
