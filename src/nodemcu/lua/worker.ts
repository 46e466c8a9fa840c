/**
 * The worker thread that a script runs in: one Lua state, and a call that waits for the main thread's answer. It knows
 * no radio and no clock; those are on the other side of the port.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { LuaFactory, LuaMultiReturn } from "wasmoon";
import { cpuTimeMs } from "./cpu-time.ts";
import { door } from "./door.ts";
import type { Answer, Report, Turn, Value, WorkerData } from "./messages.ts";
import { prelude } from "./prelude.ts";

const port = parentPort;
if (port === null) throw new Error("worker.ts runs in a worker thread only");
const { signal, name, turnMs, memoryBytes }: WorkerData = workerData;
const words = new Int32Array(signal);
const tell = (report: Report) => port.postMessage(report);

/** When the turn is overdue, in CPU time. What the main thread does meanwhile does not count. */
let deadline = 0;
let isReported = false;

function host(call: string, callback: number | null = null, ...args: Value[]): LuaMultiReturn {
  const start = cpuTimeMs();
  Atomics.store(words, 0, 0);
  tell({ type: "call", name: call, callback, args });
  // The main thread may still be about to wake this one for the call before.
  while (Atomics.load(words, 0) === 0) Atomics.wait(words, 0, 0);
  // The answer was sent before the word was set.
  const answer: Answer = receiveMessageOnPort(port as never)?.message;
  deadline += cpuTimeMs() - start;
  if (!answer.ok) return LuaMultiReturn.of<Value>(false, answer.message);
  // Lua's nil is undefined on this side.
  return LuaMultiReturn.of<Value | undefined>(true, ...answer.values.map((value) => value ?? undefined));
}

const engine = await new LuaFactory().createEngine({
  traceAllocations: true,
  injectObjects: false,
  enableProxy: false,
});
const { global } = engine;
global.loadString(prelude, "=prelude");
global.pushValue(host);
global.pushValue(door);
global.pushValue(() => cpuTimeMs() > deadline);
global.pushValue((place: string) => {
  if (!isReported) tell({ type: "overdue", where: place });
  isReported = true;
});
global.pushValue(name);
global.pushValue(Math.trunc((memoryBytes * 3) / 4 / 1024));
type Entry = (...args: Value[]) => string | undefined | null;
const [chunk, callback, tableCallback] = global.runSync(6) as unknown as [Entry, Entry, Entry];
global.setMemoryMax(memoryBytes);

port.on("message", (turn: Turn) => {
  deadline = cpuTimeMs() + turnMs;
  isReported = false;
  const trouble = run(turn);
  if (trouble === "incomplete") tell({ type: "incomplete" });
  else tell(trouble === null ? { type: "done" } : { type: "failed", message: trouble });
});

tell({ type: "ready" });

function run(turn: Turn): string | null {
  try {
    if (turn.type === "chunk") return chunk(turn.text, turn.interactive) ?? null;
    if (turn.fields.length > 0) return tableCallback(turn.id, ...turn.fields) ?? null;
    return callback(turn.id, turn.once, ...turn.args) ?? null;
  } catch (error) {
    // Memory has run out where no place can be told.
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
