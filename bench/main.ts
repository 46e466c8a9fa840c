/** `npm run bench`: prints what the engine costs. What was measured last, and what it means, is in README.md. */
import { cpus } from "node:os";
import { toolOptions } from "../scripts/tool-options.ts";
import { paintFor } from "../src/cli/terminal.ts";
import { hostapdMissing } from "../test/interop/hostapd.ts";
import { enrolleeSide, enrolment, messageWorks, registrarSide, twoExponentiations } from "./engine.ts";
import { hostapdMicros, ourServer } from "./hostapd.ts";
import { type Measured, measure } from "./measure.ts";

const { enrolments } = toolOptions({ enrolments: 300 });

const paint = paintFor(process.stdout);
const short = { rounds: 7, roundMs: 100 } as const;
const long = { rounds: 9, roundMs: 500 } as const;

const [cpu] = cpus();
console.log(`${paint("bold", "openwps bench")}   ${new Date().toISOString().slice(0, 10)}
${cpu?.model ?? "unknown processor"}, ${cpus().length} cores; Node ${process.versions.node}, OpenSSL ${process.versions.openssl}
One thread, CPU time, medians.`);

heading("Messages", "bytes", "decoded/s", "µs", "encoded/s", "µs");
for (const { type, length, decode, encode } of messageWorks) {
  const [read, written] = [measure(decode, short), measure(encode, short)];
  row(type, whole(length), perSecond(read), micros(read), perSecond(written), micros(written));
}

const power = measure(twoExponentiations, long);
heading("Enrolment in memory", "per second", "µs of CPU", "spread", "   of it two exponentiations");
enrolmentRow("Enrollee", measure(enrolleeSide, long), power);
enrolmentRow("Registrar", measure(registrarSide, long), power);
enrolmentRow("both", measure(enrolment, long), { ...power, cpuMicros: 2 * power.cpuMicros });
row("two exponentiations", perSecond(power), micros(power), percent(power.spread), "");

heading("Registrar over EAP", "per second", "µs of CPU", "", "beside hostapd");
const ours = measure(ourServer(), long);
if (hostapdMissing() === null) {
  const theirs = await hostapdMicros(enrolments);
  row("openwps", perSecond(ours), micros(ours), "", times(ours.cpuMicros / theirs));
  row("hostapd, as RADIUS", whole(1e6 / theirs), whole(theirs), "", `1.00  (${enrolments} enrolments)`);
} else row("openwps", perSecond(ours), micros(ours), "", "not measured");

function enrolmentRow(name: string, measured: Measured, exponentiations: Measured): void {
  const share = exponentiations.cpuMicros / measured.cpuMicros;
  const bar = "█".repeat(Math.round(20 * Math.min(1, share))).padEnd(20, "░");
  row(name, perSecond(measured), micros(measured), percent(measured.spread), `   ${bar} ${percent(share)}`);
}

function heading(title: string, ...columns: readonly string[]): void {
  console.log(
    `\n${paint("bold", title.padEnd(22))}${columns.map((column) => paint("dim", column.padStart(12))).join("")}`,
  );
}

function row(name: string, ...cells: readonly string[]): void {
  console.log(`${name.padEnd(22)}${cells.map((cell) => cell.padStart(12)).join("")}`);
}

function perSecond({ cpuMicros }: Measured): string {
  return whole(1e6 / cpuMicros);
}

function micros({ cpuMicros }: Measured): string {
  return cpuMicros < 100 ? cpuMicros.toFixed(1) : whole(cpuMicros);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function times(ratio: number): string {
  return ratio.toFixed(2);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
