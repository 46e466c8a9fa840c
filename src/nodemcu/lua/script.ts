/**
 * A Lua script in a worker thread, from the main thread's side: answers its calls with the modules, gives it one turn
 * after the other, and ends it when a turn lasts too long or the script asks to be started again.
 */
import { Worker } from "node:worker_threads";
import { MisuseError } from "../misuse.ts";
import type { Nodemcu } from "../nodemcu.ts";
import { type CallBack, ModuleCalls } from "./calls.ts";
import { cpuTimeMs } from "./cpu-time.ts";
import type { Answer, Report, Turn, WorkerData } from "./messages.ts";

/** How long one turn of a script may compute; and how much longer until its thread is ended from outside. */
const turnMs = 3_000;
const graceMs = 2_000;
const memoryBytes = 16 * 1024 * 1024;
/** Turns that wait for their time; of more the script would only be late. */
const mostWaiting = 1_000;
/** Lua cuts longer names of a source, in bytes. */
const longestName = 59;

/** What a script does wrong; the message begins with its file and line. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

export type ChunkEnd = "done" | "incomplete" | "restart";

export interface LuaScriptOptions {
  readonly nodemcu: Nodemcu;
  /** How messages name the script; of a long one, its end. */
  readonly name: string;
  /** Resolves when the text is out. */
  readonly print: (text: string) => Promise<void>;
  /** Told of a mistake in a callback, which then ends nothing but the callback. Without it the script ends. */
  readonly onMistake?: (mistake: ScriptError) => void;
}

type Call = Extract<Report, { type: "call" }>;
type Waiting = { readonly turn: Turn; readonly over: () => void; readonly end: (end: ChunkEnd | Error) => void };

export class LuaScript {
  readonly #options: LuaScriptOptions;
  readonly #name: string;
  readonly #calls: ModuleCalls;
  readonly #worker: Worker;
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<ChunkEnd>;
  #end: (end: ChunkEnd | Error) => void = () => {};
  #now: Waiting | null = null;
  #limit: ReturnType<typeof setTimeout> | undefined;
  /** A busy machine may take long to load Lua, which is not the script's fault. */
  #isReady = false;
  #overdueAt: string | null = null;
  #idle: (() => void)[] = [];

  constructor(options: LuaScriptOptions) {
    this.#options = options;
    this.#name = shortened(options.name);
    this.#calls = new ModuleCalls(options.nodemcu, (callBack) => this.#callBack(callBack));
    const data: WorkerData = {
      signal: this.#words.buffer as SharedArrayBuffer,
      name: this.#name,
      turnMs,
      memoryBytes,
    };
    const resourceLimits = { maxOldGenerationSizeMb: 96 };
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: data, resourceLimits });
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (end) => (end instanceof Error ? reject(end) : resolve(end));
    });
    this.#ended.catch(() => {});
    this.#worker.on("message", (report: Report) => this.#take(report));
    this.#worker.on("error", (error) => this.#fail(new ScriptError(`${this.#name}: ${error.message}`)));
  }

  /** Rejects with the first {@link ScriptError}; resolves when the script asks to be started again. */
  get ended(): Promise<ChunkEnd> {
    return this.#ended;
  }

  /**
   * Runs Lua text. Rejects with its mistake; where the thread itself is ended, {@link ended} alone tells.
   * @param interactive values are printed, and a mistake ends nothing but the text
   */
  chunk(text: string, interactive = false): Promise<ChunkEnd> {
    return new Promise((resolve, reject) =>
      this.#queue({ type: "chunk", text, interactive }, (end) => (end instanceof Error ? reject(end) : resolve(end))),
    );
  }

  /** Resolves when the script waits for what happens next. */
  async idle(): Promise<void> {
    while (this.#now !== null) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    clearTimeout(this.#limit);
    this.#waiting.length = 0;
    this.#calls.close();
    await this.#worker.terminate();
    this.#turnOver();
  }

  #callBack(callBack: CallBack): void {
    // A timer that is faster than its callback waits for it.
    const isSame = ({ turn }: Waiting) => turn.type === "callback" && turn.id === callBack.id;
    if (callBack.fields.length === 0 && this.#waiting.some(isSame)) return;
    this.#queue({ type: "callback", ...callBack }, (end) => {
      if (!(end instanceof ScriptError)) return;
      if (this.#options.onMistake === undefined) this.#end(end);
      else this.#options.onMistake(end);
    });
  }

  #queue(turn: Turn, end: Waiting["end"]): void {
    if (this.#waiting.length === mostWaiting) this.#waiting.shift()?.over();
    this.#waiting.push({ turn, end, over: this.#options.nodemcu.hold() });
    if (this.#now === null) this.#next();
  }

  #next(): void {
    this.#now = this.#waiting.shift() ?? null;
    if (this.#now === null) return;
    this.#overdueAt = null;
    this.#worker.postMessage(this.#now.turn);
    if (this.#isReady) this.#guard();
  }

  /** Lua ends what is overdue by itself; not so what is deep in one of its functions, or catches errors for ever. */
  #guard(ms = turnMs + graceMs): void {
    clearTimeout(this.#limit);
    const start = cpuTimeMs();
    this.#limit = setTimeout(() => {
      const left = ms - (cpuTimeMs() - start);
      if (left > 0) return this.#guard(left);
      const at = this.#overdueAt ?? this.#name;
      this.#fail(new ScriptError(`${at}: the script has run for too long without a pause, and was ended.`));
    }, ms);
  }

  #turnOver(): void {
    clearTimeout(this.#limit);
    this.#now?.over();
    this.#now = null;
    this.#next();
    if (this.#now !== null) return;
    for (const wake of this.#idle.splice(0)) wake();
  }

  #fail(error: Error): void {
    this.#end(error);
    this.#waiting.length = 0;
    void this.#worker.terminate();
    this.#turnOver();
  }

  #take(report: Report): void {
    switch (report.type) {
      case "ready":
        this.#isReady = true;
        if (this.#now !== null) this.#guard();
        return;
      case "call":
        void this.#answer(report);
        return;
      case "overdue":
        this.#overdueAt = report.where;
        this.#guard(graceMs);
        return;
      case "failed": {
        const error = new ScriptError(report.message);
        const now = this.#now;
        now?.end(error);
        if (now?.turn.type === "chunk" && !now.turn.interactive) this.#end(error);
        this.#turnOver();
        return;
      }
      case "done":
      case "incomplete":
        this.#now?.end(report.type);
        this.#turnOver();
        return;
    }
  }

  async #answer({ name, callback, args }: Call): Promise<void> {
    // An overdue script gains nothing by calls.
    if (this.#overdueAt === null) clearTimeout(this.#limit);
    let answer: Answer = { ok: true, values: [] };
    try {
      if (name === "node.restart") {
        // There is no way back into the script: its thread ends here.
        this.#now?.end("restart");
        this.#end("restart");
        return;
      }
      if (name === "print") await this.#options.print(`${args[0]}\n`);
      else answer = { ok: true, values: this.#calls.call(name, callback, args) };
    } catch (error) {
      if (!(error instanceof MisuseError)) return this.#fail(error instanceof Error ? error : new Error(String(error)));
      answer = { ok: false, message: error.message };
    }
    if (this.#now !== null && this.#overdueAt === null) this.#guard();
    this.#worker.postMessage(answer);
    Atomics.store(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }
}

function shortened(name: string): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= longestName) return name;
  // The last of them may begin within a letter.
  return `...${new TextDecoder().decode(bytes.subarray(3 - longestName)).replace(/^\uFFFD+/, "")}`;
}
