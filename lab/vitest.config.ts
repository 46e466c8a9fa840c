import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["scenarios/**/*.test.ts"],
    reporters: ["./reporter.ts"],
    // The native socket module does not live in worker threads; and a new process for each file costs seconds here.
    pool: "forks",
    isolate: false,
    maxWorkers: 3,
    // Scenarios mostly wait; what runs side by side is bounded by the radios (on-air.ts), not by this.
    maxConcurrency: 12,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
  },
});
