import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: [`${process.env["LAB_FOLDER"] ?? "scenarios"}/**/*.test.ts`],
    reporters: ["./reporter.ts"],
    // The native socket module does not live in worker threads; and a new process for each file costs seconds here.
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    // Scenarios mostly wait, but the emulated processor is slow: with more of them side by side peers miss their own
    // time limits. Each takes up to 3 radios; run.mjs has radios for all that may run at once.
    maxConcurrency: 4,
    // A machine that is busy otherwise takes its time, and that is no failure; what waits in vain says so sooner.
    testTimeout: 600_000,
    hookTimeout: 120_000,
    teardownTimeout: 5_000,
  },
});
