import { defineConfig } from "vitest/config";

/** What plays in memory, or on sockets of its own, leaves nothing in its process for the next file to trip over. */
const inOneProcess = ["src/**/*.test.ts", "test/{air,http,http-registrar,wsc}/**/*.test.ts"];
/** In a browser. */
const pages = ["test/web/**/*.test.ts"];

export default defineConfig({
  test: {
    setupFiles: ["test/setup.ts"],
    // What is waited for comes when it comes: a busy machine is no failure.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // Peers, services and browsers under test are waited for as much as worked for: one file more than a machine of two
    // cores could work at.
    maxWorkers: 3,
    projects: [
      // To start a process and load everything anew for each of these files would cost as much as what they test.
      { extends: true, test: { name: "memory", include: inOneProcess, isolate: false } },
      { extends: true, test: { name: "pages", include: pages } },
      {
        extends: true,
        test: { name: "processes", include: ["test/**/*.test.ts"], exclude: [...inOneProcess, ...pages] },
      },
    ],
  },
});
