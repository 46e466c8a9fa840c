/** How long something takes: CPU time of this process, because the machine may be busy with other things. */
import { readFileSync } from "node:fs";

export interface Measured {
  /** Microseconds of CPU each, user and system: the median of the rounds. */
  readonly cpuMicros: number;
  /** How far the rounds lie apart, as a share of the median: half of them are within. */
  readonly spread: number;
}

export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
}

/** Runs `work` again and again, first until it is warm, then in rounds. */
export function measure(work: () => void, { rounds, roundMs }: Effort): Measured {
  const times = timesFor(work, roundMs);
  const samples = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  }).sort((a, b) => a - b);
  const at = (share: number) => samples[Math.round(share * (samples.length - 1))] ?? 0;
  return { cpuMicros: at(0.5), spread: (at(0.75) - at(0.25)) / at(0.5) };
}

/** How often something can be done in so many milliseconds; finding out warms it up. */
function timesFor(work: () => void, ms: number): number {
  for (let times = 1; ; times *= 2) {
    const started = performance.now();
    for (let i = 0; i < times; i++) work();
    const took = performance.now() - started;
    if (took >= ms / 2) return Math.max(1, Math.round((times * ms) / took));
  }
}

/** Microseconds of user and system time of a process. Linux counts it in hundredths of a second, whatever the machine. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in parentheses, which may hold anything; times are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
