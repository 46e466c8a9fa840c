/**
 * `npm run fuzz`: damages recorded material and feeds it to everything that reads what others send. How it works and
 * what the options are is told in README.md.
 */
import { fail, toolOptions } from "../scripts/tool-options.ts";
import { LiveLine } from "../src/cli/terminal.ts";
import { demandNoGrowth, growth, usedBytes } from "./heap.ts";
import { endsReached, type Finding, Loop, statesReached } from "./loop.ts";
import { targets as all } from "./targets/all.ts";
import { demandIntactScenes } from "./targets/machines.ts";
import { watch } from "./watchdog.ts";

const { inputs, seed, from, only } = toolOptions({ inputs: 1_000_000, seed: 1, from: 0, only: "" });
const targets = only === "" ? all : all.filter(({ name }) => name === only);
if (targets.length === 0) fail(`There is no target ${only}. There are: ${all.map(({ name }) => name).join(", ")}.`);

/** An input that takes longer is a finding. */
const LIMIT_MS = 500;
/** Findings after which it is time to mend something. */
const MOST_FINDINGS = 20;
/** How often memory is measured in all. */
const SAMPLES = 30;

const line = new LiveLine(process.stdout);
const loop = new Loop({ targets, seed, from, to: from + inputs, limitMs: LIMIT_MS });
const beat = watch(seed);
const started = performance.now();
const heap: number[] = [];
let stopped = false;
process.on("SIGINT", () => {
  stopped = true;
});

let told = 0;
let nextLineAt = started;
while (!loop.done && !stopped && told < MOST_FINDINGS) {
  beat(loop.index);
  await loop.run(200);
  for (const finding of loop.findings.slice(told)) tell(finding);
  told = loop.findings.length;
  // Between inputs nothing is held but what has been told apart.
  if (heap.length < ((loop.index - from) / inputs) * SAMPLES) heap.push(usedBytes());
  const progress = progressLine();
  line.show(progress);
  if (!line.live && performance.now() >= nextLineAt) {
    console.log(progress);
    nextLineAt += 10_000;
  }
}
line.clear();
summarize();

function progressLine(): string {
  const done = loop.index - from;
  const perSecond = done / ((performance.now() - started) / 1000);
  const [reached, states] = statesReached(targets, loop);
  const memory = heap.length === 0 ? "" : `, ${megabytes(heap.at(-1) ?? 0)}`;
  const left = Math.round((inputs - done) / perSecond);
  return `${number(done)} inputs, ${number(perSecond)}/s, states ${reached}/${states}, ends ${number(endsReached(loop))}, found ${loop.findings.length}${memory}, ${left} s left, ${loop.current}`;
}

function tell({ target, index, input, error }: Finding): void {
  const onlyThis = only === "" ? "" : ` --only ${only}`;
  line.print(
    `\nFound by ${target}, input ${index}: npm run fuzz -- --seed ${seed} --from ${index} --inputs 1${onlyThis}`,
  );
  line.print(input.length > 4000 ? `${input.slice(0, 4000)}… (${input.length} characters)` : input);
  line.print(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function summarize(): void {
  const seconds = (performance.now() - started) / 1000;
  const done = loop.index - from;
  console.log(`\n${"target".padEnd(18)}${"inputs".padStart(10)}${"µs each".padStart(10)}${"ends".padStart(8)}`);
  for (const [name, { inputs: tried, ms, ends }] of loop.accounts)
    console.log(
      `${name.padEnd(18)}${number(tried).padStart(10)}${number((1000 * ms) / tried).padStart(10)}${number(ends.size).padStart(8)}`,
    );
  const [reached, states] = statesReached(targets, loop);
  const { slowest } = loop;
  console.log(`
${number(done)} inputs in ${seconds.toFixed(1)} s (${number(done / seconds)}/s), seed ${seed}, Node ${process.versions.node}
states of machines and ends   ${reached} of ${states}
distinct ends                 ${number(endsReached(loop))}
slowest input                 ${slowest.ms.toFixed(1)} ms (${slowest.target}, input ${slowest.index})
memory after garbage          ${heap.length === 0 ? "not measured" : `${megabytes(Math.min(...heap))} to ${megabytes(Math.max(...heap))}, grown by ${megabytes(growth(heap))} over the last third`}
found                         ${loop.findings.length}`);
  if (loop.findings.length > 0) process.exitCode = 1;
  for (const rule of [demandIntactScenes, () => demandNoGrowth(heap)])
    try {
      rule();
    } catch (error) {
      console.log(`Not so any more: ${error instanceof Error ? error.message : error}.`);
      process.exitCode = 1;
    }
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
