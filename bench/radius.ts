/**
 * RADIUS beside its peers, round by round in turn: enrolments behind our server and behind hostapd's, and keys of stations
 * by ours and by FreeRADIUS. What was measured last, and what it means, is in README.md.
 *
 *   node scripts/run-typescript.mjs bench/radius.ts [--enrolments N] [--questions N] [--rounds N]
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { toolOptions } from "../scripts/tool-options.ts";
import { paintFor } from "../src/cli/terminal.ts";
import { systemClock } from "../src/clock/system-clock.ts";
import { RadiusClient } from "../src/radius/client.ts";
import { toHex } from "../src/wsc/bytes.ts";
import { uuidFromMac } from "../src/wsc/crypto.ts";
import { Secret } from "../src/wsc/secret.ts";
import { Hostapd } from "../test/interop/hostapd.ts";
import { Program, programsMissing } from "../test/interop/program.ts";
import { FreeRadius } from "./freeradius.ts";
import { benchPin, benchSecret, enrolments, keyQuestions, type Load, stationOf } from "./radius-load.ts";

const {
  enrolments: devices,
  questions,
  rounds,
} = toolOptions({
  // hostapd keeps 1000 sessions at most, each for 10 s after its end.
  enrolments: 800,
  questions: 20_000,
  rounds: 5,
});
const paint = paintFor(process.stdout);
const [cpu] = cpus();
console.log(`${paint("bold", "openwps bench: RADIUS")}   ${new Date().toISOString().slice(0, 10)}
${cpu?.model ?? "unknown processor"}, ${cpus().length} cores; Node ${process.versions.node}, OpenSSL ${process.versions.openssl}
Medians of ${rounds} rounds, the servers in turn. The client is the same, and has a core of its own.`);

const hostapd = programsMissing(["hostapd", "-v", "hostapd"]) === null;
const freeRadius = programsMissing(["freeradius", "-v", "freeradius"]) === null;

heading("Enrolments by PIN");
await withOurs(0, async (ours) => {
  const client = await clientOf(ours.port, benchSecret);
  // Warm: an engine that has just been started is being compiled still.
  await enrolments(client, ours.pid, 0, 3_000);
  const [mine, theirs]: [Load[], Load[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    mine.push(await enrolments(client, ours.pid, 3_000 * round, devices));
    if (hostapd) theirs.push(await enrolmentsByHostapd());
  }
  client.close();
  rows("openwps", mine, "hostapd", theirs);
});

for (const known of [100, 10_000, 100_000]) {
  heading(`Keys, ${known.toLocaleString("en-US")} devices`);
  await withOurs(known, async (ours) => {
    const other = freeRadius ? await FreeRadius.start(known) : null;
    const [mine, theirs]: [Load[], Load[]] = [[], []];
    for (const server of [ours, other])
      if (server !== null) await keyQuestions(server.port, server.pid, known, questions);
    const startMs = ours.startMs;
    for (let round = 0; round < rounds; round++) {
      mine.push(await keyQuestions(ours.port, ours.pid, known, questions));
      if (other !== null) theirs.push(await keyQuestions(other.port, other.pid, known, questions));
    }
    rows("openwps", mine, "FreeRADIUS", theirs);
    const sizes = [ours.pid, ...(other === null ? [] : [other.pid])].map((pid) => `${megabytes(pid)} MB`);
    console.log(paint("dim", `memory ${sizes.join(" and ")}; ours listened ${Math.round(startMs)} ms after its start`));
    await other?.stop();
  });
}

interface Ours {
  readonly port: number;
  readonly pid: number;
  readonly startMs: number;
}

async function withOurs(known: number, use: (ours: Ours) => Promise<void>): Promise<void> {
  const started = performance.now();
  const program = new Program(process.execPath, [join(import.meta.dirname, "radius-server.js"), String(known)]);
  try {
    const said = await program.says("\n");
    const startMs = performance.now() - started;
    await use({ port: Number(/listening on (\d+)/.exec(said)?.[1]), pid: program.pid, startMs });
  } finally {
    await program.stop();
  }
}

/** A fresh one each time, because of its sessions; it is told a PIN for each device before the clock runs. */
async function enrolmentsByHostapd(): Promise<Load> {
  const theirs = await Hostapd.start();
  const client = await clientOf(theirs.port, theirs.secret);
  try {
    for (let number = 0; number < devices; number++) {
      const uuid = toHex(uuidFromMac(stationOf(number))).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      await theirs.command("wps_pin", uuid, benchPin);
    }
    return await enrolments(client, theirs.pid, 0, devices);
  } finally {
    client.close();
    await theirs.stop();
  }
}

function clientOf(port: number, secret: string): Promise<RadiusClient> {
  return RadiusClient.open({ host: "127.0.0.1", port, secret: new Secret(secret), clock: systemClock });
}

function heading(title: string): void {
  const columns = ["µs of CPU", "beside", "per second", "beside"].map((column) => paint("dim", column.padStart(12)));
  console.log(`\n${paint("bold", title.padEnd(22))}${columns.join("")}`);
}

function rows(name: string, ours: readonly Load[], otherName: string, theirs: readonly Load[]): void {
  const [mine, other] = [medians(ours), medians(theirs)];
  row(name, mine, theirs.length === 0 ? null : other);
  if (theirs.length > 0) row(otherName, other, other);
}

function row(name: string, load: Load, beside: Load | null): void {
  const [cpuRatio, paceRatio] =
    beside === null
      ? ["not measured", ""]
      : [(load.serverMicros / beside.serverMicros).toFixed(2), (beside.wallMicros / load.wallMicros).toFixed(2)];
  const cells = [
    load.serverMicros.toFixed(0),
    cpuRatio,
    Math.round(1e6 / load.wallMicros).toLocaleString("en-US"),
    paceRatio,
  ];
  console.log(`${name.padEnd(22)}${cells.map((cell) => cell.padStart(12)).join("")}`);
}

function medians(loads: readonly Load[]): Load {
  const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
  return {
    wallMicros: median(loads.map(({ wallMicros }) => wallMicros)),
    serverMicros: median(loads.map(({ serverMicros }) => serverMicros)),
  };
}

function megabytes(pid: number): number {
  const [, kilobytes = 0] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
