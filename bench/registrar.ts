/**
 * What `openwps registrar` costs with many devices before anybody uses it: the time from its start to its first answer,
 * and its memory at rest. `node scripts/run-typescript.mjs bench/registrar.ts`; what came of it is in README.md.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fail, toolOptions } from "../scripts/tool-options.ts";
import { DeviceBook } from "../src/registrar/device-book.ts";
import { Seal } from "../src/registrar/seal.ts";
import { readSealKey } from "../src/registrar/seal-file.ts";
import { openLevelStore } from "../src/store/level-store.ts";
import { macAddressFrom } from "../src/wsc/address.ts";
import { systemRandom } from "../src/wsc/crypto.ts";
import { Secret } from "../src/wsc/secret.ts";
import { cpuMicros } from "./measure.ts";

const { runs, ...values } = toolOptions({
  devices: "0,1000,10000,100000",
  runs: 5,
  openwps: "bin/openwps.js",
  /** Where the state folders are made: one in memory is filled faster. */
  folder: tmpdir(),
});
const counts = values.devices.split(",").map(Number);
if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
  fail(`--devices takes whole numbers with commas between them, and ${values.devices} is something else.`);

/** Milliseconds, and MB of 1000 kB. */
interface Sample {
  readonly listeningMs: number;
  /** Until it listened. */
  readonly cpuMs: number;
  readonly restMB: number;
  /** Of the list of the thousand that came last. */
  readonly listMs: number;
  readonly usedMB: number;
}

const [cpu] = cpus();
console.log(`openwps bench: registrar   ${new Date().toISOString().slice(0, 10)}
${cpu?.model ?? "unknown processor"}, ${cpus().length} cores; Node ${process.versions.node}
Medians of ${runs} starts, one access point on simulated air, a key for each device. Goals: 2,000 ms, 200 MB.

${["devices", "start, ms", "CPU, ms", "at rest, MB", "list, ms", "then, MB"].map((title) => title.padStart(12)).join("")}`);

for (const devices of counts) {
  const folder = await mkdtemp(join(values.folder, "openwps-bench-"));
  try {
    await fill(join(folder, "state"), devices);
    const samples: Sample[] = [];
    for (let i = 0; i < runs; i++) samples.push(await runOnce(folder));
    const names = ["listeningMs", "cpuMs", "restMB", "listMs", "usedMB"] as const;
    const cells = names.map((name) => {
      const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
      return shown(sorted[Math.floor(sorted.length / 2)] ?? 0).padStart(12);
    });
    console.log(`${shown(devices).padStart(12)}${cells.join("")}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function shown(value: number): string {
  return value > 0 && value < 20 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");
}

/** Devices that have enrolled, as the registrar itself writes them down. */
async function fill(state: string, devices: number): Promise<void> {
  const store = await openLevelStore(state);
  const book = await DeviceBook.open({ store, seal: new Seal(await readSealKey(`${state}.key`), systemRandom) });
  for (let number = 0; number < devices; number++) {
    const bytes = Uint8Array.of(2, 0, 1, 0, 0, 0);
    new DataView(bytes.buffer).setUint32(2, 0x0100_0000 + number);
    const macAddress = macAddressFrom(bytes);
    const enrolment = {
      macAddress,
      uuid: Buffer.from(systemRandom("enrolleeNonce", 16)).toString("hex"),
      deviceName: `Meter ${number}`,
      manufacturer: "Example Metering Ltd.",
      modelName: "Meter 3",
      modelNumber: "3.1",
      serialNumber: String(number).padStart(12, "0"),
      deviceType: "11-0050F204-1",
      instance: macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 1)),
      method: "pushButton",
      enrolledAt: 1_767_225_600_000 + number,
    } as const;
    await book.handOut(enrolment, new Secret(Buffer.from(systemRandom("key", 32)).toString("hex")));
    await book.confirm(macAddress);
  }
  await store.close();
}

async function runOnce(folder: string): Promise<Sample> {
  const args = [values.openwps, "registrar", "--ap", "air", "--keys", "per-device", "--key-delivery", "radius"];
  const started = performance.now();
  const service = spawn(process.execPath, [...args, "--state", join(folder, "state"), "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const url = await listening(service.stderr);
    const listeningMs = performance.now() - started;
    const pid = service.pid ?? 0;
    const cpuMs = cpuMicros(pid) / 1000;
    await setTimeout(1_000);
    const restMB = await memoryMB(pid);
    const asked = performance.now();
    await (await fetch(`${url}/api/v1/devices`)).arrayBuffer();
    const listMs = performance.now() - asked;
    await setTimeout(500);
    return { listeningMs, cpuMs, restMB, listMs, usedMB: await memoryMB(pid) };
  } finally {
    service.kill();
    await once(service, "exit");
  }
}

async function listening(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const [, url] = /listening on (http:[^"]+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("the service ended before it listened");
}

/** What of its memory is in the machine, code that it shares with others among it. */
async function memoryMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6;
}
