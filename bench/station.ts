/**
 * What `openwps station` costs before anybody uses it: the time from its start to its first answer, and its memory at
 * rest. `node scripts/run-typescript.mjs bench/station.ts`; what came of it is in README.md.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { toolOptions } from "../scripts/tool-options.ts";
import { cpuMicros } from "./measure.ts";

const { runs } = toolOptions({ runs: 15 });

/** Milliseconds, and MB of 1000 kB. */
interface Sample {
  readonly listeningMs: number;
  /** Until it listened. */
  readonly cpuMs: number;
  readonly firstAnswerMs: number;
  readonly secondAnswerMs: number;
  readonly restMB: number;
  readonly usedMB: number;
}

const samples: Sample[] = [];
for (let i = 0; i < runs; i++) samples.push(await runOnce());

const [cpu] = cpus();
console.log(`openwps bench: station   ${new Date().toISOString().slice(0, 10)}
${cpu?.model ?? "unknown processor"}, ${cpus().length} cores; Node ${process.versions.node}
${runs} starts on simulated air, one after the other.

${"".padEnd(32)}${["median", "best", "goal"].map((title) => title.padStart(10)).join("")}`);
row("start to listening, ms", "listeningMs", "500");
row("CPU for that, ms", "cpuMs");
row("first GET /api/v1/system, ms", "firstAnswerMs");
row("second, ms", "secondAnswerMs");
row("memory at rest, MB", "restMB", "90");
row("memory once it was asked, MB", "usedMB");

function row(title: string, name: keyof Sample, goal = ""): void {
  const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
  const shown = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted[0] ?? 0].map((value) =>
    value.toFixed(value < 20 ? 1 : 0).padStart(10),
  );
  console.log(`${title.padEnd(32)}${shown.join("")}${goal.padStart(10)}`);
}

async function runOnce(): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), "openwps-bench-"));
  const args = ["bin/openwps.js", "station", "--radio", "air", "--state", join(folder, "state")];
  const started = performance.now();
  const service = spawn(process.execPath, [...args, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const url = await listening(service.stderr);
    const listeningMs = performance.now() - started;
    const pid = service.pid ?? 0;
    const cpuMs = cpuMicros(pid) / 1000;
    await setTimeout(1_000);
    const restMB = await memoryMB(pid);
    const firstAnswerMs = await answerMs(url);
    const secondAnswerMs = await answerMs(url);
    await setTimeout(500);
    return { listeningMs, cpuMs, firstAnswerMs, secondAnswerMs, restMB, usedMB: await memoryMB(pid) };
  } finally {
    service.kill();
    await once(service, "exit");
    await rm(folder, { recursive: true });
  }
}

async function listening(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const [, url] = /listening on (http:[^"]+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("the service ended before it listened");
}

async function answerMs(url: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(`${url}/api/v1/system`);
  await answer.arrayBuffer();
  return performance.now() - started;
}

/** What of its memory is in the machine, code that it shares with others among it. */
async function memoryMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6;
}
