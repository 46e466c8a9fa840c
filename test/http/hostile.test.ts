/**
 * A thousand hostile clients against the real service: it answers each properly or not at all, holds on to nothing of
 * them, and goes on as if nothing had been.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../cli/run.ts";
import { type Hostile, hostileKinds, hostileRequests } from "./hostile-requests.ts";
import { open, parseAnswers } from "./raw-client.ts";

const seed = 7;
const atOnce = 24;
/** A client that is told nothing for so long asks whether the service has come to it yet. */
const silenceMs = 50;
/** How often it asks before it leaves in the middle of an answer. */
const patience = 100;
/**
 * What a thousand of them may leave behind: compiled code comes and goes for a while, but one connection that is held on
 * to costs ten times as much as a thousandth of this.
 */
const growthBytes = 3_000_000;

interface Held {
  readonly heapBytes: number;
  readonly sockets: number;
  readonly handles: number;
  readonly files: number;
}

let folder: string;
let service: ChildProcess;
let port: number;
let log = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
  const flags = ["--expose-gc", "--import", join(import.meta.dirname, "probe.mjs"), join(root, "bin", "openwps.js")];
  const args = ["station", "--radio", "air", "--listen", "127.0.0.1:0", "--state", join(folder, "state")];
  service = spawn(process.execPath, [...flags, ...args], { cwd: root, stdio: ["ignore", "inherit", "pipe", "ipc"] });
  port = await new Promise<number>((resolve, reject) => {
    service.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const at = /listening on http:\S+:(\d+)/.exec(log)?.[1];
      if (at !== undefined) resolve(Number(at));
    });
    service.on("exit", () => reject(new Error(log)));
  });
});
afterAll(async () => {
  service.kill();
  if (service.exitCode === null) await once(service, "exit");
  await rm(folder, { recursive: true });
});

async function held(): Promise<Held> {
  service.send("what do you hold on to?");
  const [answer] = await once(service, "message");
  return answer as Held;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ask = (method: string, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: "close" } });

let asking: Promise<unknown> = Promise.resolve();
let next: Promise<unknown> | null = null;
/** Resolves when the service has answered a question that was asked after this call; many callers share one. */
function answersLater(): Promise<unknown> {
  next ??= asking.then(() => {
    next = null;
    asking = ask("GET", "/healthz");
    return asking;
  });
  return next;
}

/** What the service holds on to once all clients are gone and no pairing runs. */
async function atRest(): Promise<Held> {
  await ask("DELETE", "/api/v1/wifi/wps");
  await expect.poll(async () => (await held()).sockets, { timeout: 15_000 }).toBe(0);
  return held();
}

/** One hostile client, from its own address so that it does not meet the limits of the others; gives what it was told. */
async function attack({ pieces, pauseMs, leaves = false }: Hostile, i: number): Promise<string> {
  const socket = await open(port, `127.0.0.${2 + (i % 100)}`);
  const chunks: Uint8Array[] = [];
  const told = () => Buffer.concat(chunks).toString("latin1");
  socket.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
    if (pauseMs !== undefined) await pause(pauseMs);
  }
  for (let asked = 0; !leaves && !socket.closed && asked < patience; asked++) {
    const before = chunks.length;
    await Promise.race([pause(silenceMs), closed]);
    // How long the service is silent says nothing on a busy machine. When it answers a later question, it has read this.
    if (!socket.closed) await answersLater();
    if (chunks.length === before && isWhole(told())) break;
  }
  socket.destroy();
  return leaves ? "" : told();
}

function isWhole(told: string): boolean {
  try {
    check(told);
    return true;
  } catch {
    return false;
  }
}

/** Whether what a client was told are proper answers of this API. */
function check(told: string): number {
  // A stream goes on for as long as somebody watches.
  const stream = told.search(/HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)*content-type: text\/event-stream/);
  const answers = parseAnswers(stream < 0 ? told : told.slice(0, stream));
  for (const { status, headers, body } of answers) {
    expect([200, 204, 400, 401, 404, 409, 429, 500, 503]).toContain(status);
    expect(status, body).not.toBe(500);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
    if (status >= 400) {
      const { error, message } = JSON.parse(body);
      expect(error).toMatch(/^[a-z-]+$/);
      expect(message).toMatch(/^[A-Z"].*\.$/s);
      expect(body).not.toMatch(/node_modules|\.[jt]s:\d|FST_|ERR_|HPE_/);
    }
  }
  return answers.length + (stream < 0 ? 0 : 1);
}

async function attackAll(from: number, count: number): Promise<{ answers: number; byKind: Map<string, number> }> {
  const clients = [...hostileRequests(from, count)].entries();
  const byKind = new Map<string, number>();
  let answers = 0;
  const one = async () => {
    for (const [i, hostile] of clients) {
      let told = "";
      try {
        told = await attack(hostile, i);
        answers += check(told);
      } catch (error) {
        const sent = hostile.pieces.map((piece) => JSON.stringify(Buffer.from(piece).toString("latin1")).slice(0, 500));
        throw new Error(
          `seed ${from}, client ${i}, ${hostile.name}: ${sent.join(" ")}\n${told.slice(0, 2_000)}\n${log}`,
          { cause: error },
        );
      }
      byKind.set(hostile.name, (byKind.get(hostile.name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return { answers, byKind };
}

test("a thousand hostile clients get proper answers, and leave nothing behind", async () => {
  // What is loaded and compiled on first use is no growth.
  await attackAll(seed, 400);
  const before = await atRest();
  const { answers, byKind } = await attackAll(seed + 1, 1_000);
  const after = await atRest();

  expect(answers).toBeGreaterThan(1_000);
  expect(byKind.size).toBe(hostileKinds);
  // A few more or less are the store's: it opens and closes its files as it likes.
  expect(after.files).toBeLessThan(before.files + 10);
  expect(after.handles).toBeLessThan(before.handles + 10);
  expect((after.heapBytes - before.heapBytes) / 1e6, "MB of heap").toBeLessThan(growthBytes / 1e6);

  expect(service.exitCode).toBeNull();
  expect(log).not.toMatch(/"level":[56]0/);
  expect(await (await ask("GET", "/api/v1/system")).json()).toMatchObject({ device: { model: "openwps" } });
});
