/** Tells each result in one line as it comes, with the mark that run.mjs looks for, and keeps the logs of failed scenarios only. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import { logsRoot, slug } from "./logs.ts";

export default class LabReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1);
    say(result.state, `${test.fullName} (${seconds} s)`);
    if (result.state === "passed") rmSync(join(logsRoot, slug(test.name)), { recursive: true, force: true });
    for (const error of result.errors ?? []) {
      const places = (error.stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
      for (const line of [...error.message.split("\n").slice(0, 12), ...places]) say("note", `        ${line}`);
      for (const line of (error.diff ?? "").split("\n").slice(0, 30)) if (line) say("note", `        ${line}`);
    }
  }

  /** What went wrong before and after the scenarios of a group, which are told as skipped then. */
  onTestSuiteResult(suite: TestSuite): void {
    for (const error of suite.errors()) say("failed", `${suite.fullName}: ${error.message.split("\n")[0]}`);
  }

  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors()) say("failed", `${module.relativeModuleId}: ${error.message.split("\n")[0]}`);
  }
}

function say(mark: string, text: string): void {
  process.stdout.write(`\n@lab ${mark} ${text}\n`);
}
