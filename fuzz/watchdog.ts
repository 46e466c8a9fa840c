/** Ends a process that is caught in an input which never comes to an end: a thread of its own that looks at the clock. */
import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

/** Far more than any input may take, on a machine however busy. */
const PATIENCE_MS = 30_000;

/** Watches until the process ends. @returns to be called with the number of each input that begins */
export function watch(seed: number): (index: number) => void {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  new Worker(new URL(import.meta.url), { workerData: { shared, seed } }).unref();
  return (index) => Atomics.store(shared, 0, index);
}

function guard({ shared, seed }: { readonly shared: Int32Array; readonly seed: number }): void {
  for (let last = -1; ; ) {
    const now = Atomics.load(shared, 0);
    if (now === last) {
      writeSync(2, `\nFound a hang at or soon after input ${now}: npm run fuzz -- --seed ${seed} --from ${now}\n`);
      process.kill(process.pid, "SIGKILL");
    }
    last = now;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MS);
  }
}

if (!isMainThread) guard(workerData);
