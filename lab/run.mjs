/**
 * `npm run test:radio`: boots a throw-away Linux guest with simulated Wi-Fi radios, runs the scenarios in it, and
 * tells each result as it comes. Plain Node: it only starts things. What it needs of this machine is in tools.mjs.
 *
 *   node lab/run.mjs [--radios N] [--minutes N] [--out DIR] [WORD...]      only scenario files with a WORD in their path
 *   node lab/run.mjs --folder measurements                                 what is measured, not proven
 *   node lab/run.mjs --shell COMMAND                                       any shell command in the guest instead
 */
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { serveBrowser } from "./browser.mjs";
import { bootGuest } from "./guest.mjs";
import { fetchKernel, findChromium, MissingTool, requireTools } from "./tools.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    radios: { type: "string", default: "24" },
    minutes: { type: "string", default: "60" },
    out: { type: "string", default: join(import.meta.dirname, "..", ".cache", "lab") },
    folder: { type: "string", default: "scenarios" },
    shell: { type: "string" },
  },
});

const project = join(import.meta.dirname, "..");
const out = resolve(values.out);
const start = performance.now();
const say = (line) => console.log(`lab: ${line}`);
let browser = null;

try {
  const tools = requireTools();
  const kernel = fetchKernel(say);
  const chromium = findChromium(say);
  mkdirSync(out, { recursive: true });
  // Only what an earlier run has left: the folder may be anybody's.
  for (const name of ["logs", "console.log", "main.sh", "status"])
    rmSync(join(out, name), { recursive: true, force: true });
  if (chromium !== null) browser = await serveBrowser(chromium);
  process.exitCode = await runGuest(tools, kernel);
} catch (error) {
  if (!(error instanceof MissingTool)) throw error;
  console.error(`lab: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
}

async function runGuest(tools, kernel) {
  const vitest = ["node", "node_modules/vitest/vitest.mjs", "run", "--config", "lab/vitest.config.ts", ...positionals];
  const command = values.shell ?? vitest.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const variables = [`LAB_FOLDER=${values.folder}`, ...(browser ? [`LAB_BROWSER='${browser.address}'`] : [])];
  writeFileSync(join(out, "main.sh"), `cd '${project}'\nexport ${variables.join(" ")}\n${command}\n`);

  console.log("lab: booting a guest with simulated radios (software emulation; the first result takes about a minute)");
  const guest = bootGuest({ tools, kernel, out, radios: Number(values.radios), minutes: Number(values.minutes) });
  const log = createWriteStream(join(out, "console.log"));
  const counts = { passed: 0, failed: 0 };
  /** What was told of each failed scenario: told again at the end, where nobody has to look for it. */
  const failures = [];
  let told = null;
  for await (const line of createInterface({ input: guest.output })) {
    log.write(`${line}\n`);
    // reporter.ts marks what is meant for a person.
    const [, mark, text] = /^@lab (passed|failed|skipped|note) (.*)$/.exec(line.trimEnd()) ?? [];
    if (values.shell !== undefined) console.log(line);
    else if (text !== undefined) {
      const shown = mark === "note" ? text : `${mark.padEnd(7)} ${text}`;
      if (mark === "passed" || mark === "failed") counts[mark]++;
      if (mark !== "note") told = mark === "failed" ? failures : null;
      told?.push(shown);
      console.log(shown);
    }
  }
  const ended = await guest.ended;
  log.end();
  if (values.shell !== undefined) return ended.status ?? 1;

  const seconds = Math.round((performance.now() - start) / 1000);
  if (ended.status === null) {
    console.log(
      ended.timedOut
        ? `lab: the guest was stopped after ${values.minutes} minutes; scenarios without a result above have not ended.`
        : `lab: the guest ended before its work; its last words are in ${join(out, "console.log")}`,
    );
  }
  // Where nobody gets at the files afterwards.
  if (counts.failed > 0 && process.env.CI) tellLogs(join(out, "logs"));
  if (counts.failed > 0) console.log(`lab: what failed, once more:\n${failures.join("\n")}`);
  if (counts.failed > 0 && existsSync(join(out, "logs")))
    console.log(`lab: what hostapd and wpa_supplicant said in failed scenarios is in ${join(out, "logs")}`);
  console.log(`lab: ${seconds} s`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return ended.status === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

/** The end of what each program said, in the scenarios whose logs are kept: those that failed. */
function tellLogs(folder) {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".log"))
    : [];
  for (const file of files) {
    const lines = readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
    console.log([`lab: the last lines of ${file}:`, ...lines.slice(-20)].join("\n"));
  }
}
