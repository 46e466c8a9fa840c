/**
 * A Lua script in a worker thread, from the main thread's side: answers its calls with the modules, gives it one turn
 * after the other, and ends it when a turn lasts too long or the script asks to be started again.
 */
import { Worker } from "node:worker_threads";
import type { EventId } from "../eventmon.ts";
import { MisuseError } from "../misuse.ts";
import type { Nodemcu } from "../nodemcu.ts";
import type { TmrTimer } from "../tmr.ts";
import type { Answer, Report, Turn, Value, WorkerData } from "./messages.ts";

/** How long one turn of a script may last, and how much longer until its thread is ended from outside. */
const turnMs = 3_000;
const graceMs = 2_000;
const memoryBytes = 16 * 1024 * 1024;
/** Turns that wait for their time; of more the script would only be late. */
const mostWaiting = 1_000;

/** What a script does wrong; the message begins with its file and line. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

export type ChunkEnd = "done" | "incomplete" | "restart";

export interface LuaScriptOptions {
  readonly nodemcu: Nodemcu;
  /** How messages name the script. */
  readonly name: string;
  /** Resolves when the text is out. */
  readonly print: (text: string) => Promise<void>;
}

type Waiting = { readonly turn: Turn; readonly over: () => void; readonly end: (end: ChunkEnd | Error) => void };

export class LuaScript {
  readonly #options: LuaScriptOptions;
  readonly #worker: Worker;
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #timers = new Map<number, TmrTimer>();
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
    const data: WorkerData = {
      signal: this.#words.buffer as SharedArrayBuffer,
      name: options.name,
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
    this.#worker.on("error", (error) => this.#fail(new ScriptError(`${options.name}: ${error.message}`)));
  }

  /** Rejects with the first {@link ScriptError}; resolves when the script asks to be started again. */
  get ended(): Promise<ChunkEnd> {
    return this.#ended;
  }

  /** Runs Lua text. @param interactive values are printed, and a mistake ends nothing but the text */
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
    for (const timer of this.#timers.values()) timer.unregister();
    await this.#worker.terminate();
    this.#turnOver();
  }

  #callBack(id: Value, once: boolean, args: readonly Value[], fields: readonly Value[]): void {
    // A timer that is faster than its callback waits for it.
    if (this.#waiting.some(({ turn }) => turn.type === "callback" && turn.id === id && fields.length === 0)) return;
    // A mistake in it ends the script.
    if (typeof id === "number") this.#queue({ type: "callback", id, once, args, fields }, () => {});
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
  #guard(): void {
    clearTimeout(this.#limit);
    const at = () => this.#overdueAt ?? this.#options.name;
    this.#limit = setTimeout(
      () => this.#fail(new ScriptError(`${at()}: the script has run for too long without a pause, and was ended.`)),
      turnMs + graceMs,
    );
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
    this.#now?.end(error);
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
        void this.#answer(report.name, report.args);
        return;
      case "overdue":
        this.#overdueAt ??= report.where;
        return;
      case "failed": {
        const error = new ScriptError(report.message);
        const now = this.#now;
        // In a dialogue a mistake is shown, and the dialogue goes on.
        now?.end(error);
        if (now?.turn.type !== "chunk" || !now.turn.interactive) this.#end(error);
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

  async #answer(name: string, args: readonly Value[]): Promise<void> {
    clearTimeout(this.#limit);
    let answer: Answer;
    try {
      if (name === "print") await this.#options.print(`${args[0]}\n`);
      if (name === "node.restart") {
        // There is no way back into the script: its thread ends here.
        this.#now?.end("restart");
        this.#end("restart");
        return;
      }
      answer = { ok: true, values: this.#call(name, args) };
    } catch (error) {
      if (!(error instanceof MisuseError)) return this.#fail(error instanceof Error ? error : new Error(String(error)));
      answer = { ok: false, message: error.message };
    }
    this.#guard();
    this.#worker.postMessage(answer);
    Atomics.store(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }

  #call(name: string, args: readonly Value[]): readonly Value[] {
    const { wps, wifi, tmr } = this.#options.nodemcu;
    const [first = null, second = null, third = null, fourth = null] = args;
    switch (name) {
      case "print":
        return [];
      case "wps.enable":
        wps.enable();
        return [];
      case "wps.disable":
        wps.disable();
        return [];
      case "wps.start":
        wps.start(first === null ? null : (status) => this.#callBack(first, true, [status], []));
        return [];
      case "wifi.setmode":
        return [wifi.setmode(first as never)];
      case "wifi.getmode":
        return [wifi.getmode()];
      case "wifi.sta.connect":
        wifi.sta.connect();
        return [];
      case "wifi.sta.disconnect":
        wifi.sta.disconnect();
        return [];
      case "wifi.sta.getip": {
        const address = wifi.sta.getip();
        return address === null ? [null] : [address.ip, address.netmask, address.gateway];
      }
      case "wifi.sta.getmac":
        return [wifi.sta.getmac()];
      case "wifi.sta.getrssi":
        return [wifi.sta.getrssi()];
      case "wifi.sta.status":
        return [wifi.sta.status()];
      case "wifi.eventmon.register": {
        const tell = (table: object) => this.#callBack(second, false, [], Object.entries(table).flat());
        wifi.eventmon.register(first as EventId, second === null ? undefined : tell);
        return [];
      }
      case "tmr.time":
        return [tmr.time()];
      case "tmr.now":
        return [tmr.now()];
      default:
        return this.#callTimer(name, first as number, second, third, fourth);
    }
  }

  #callTimer(name: string, id: number, second: Value, third: Value, callback: Value): readonly Value[] {
    const timer = this.#timers.get(id) ?? this.#options.nodemcu.tmr.create();
    const forget = () => {
      if (timer.state() === null) this.#timers.delete(id);
    };
    const ring = () => {
      this.#callBack(callback, false, [], []);
      forget();
    };
    // Not a function: the timer itself complains of it.
    const called = callback === null ? (undefined as never) : ring;
    try {
      this.#timers.set(id, timer);
      switch (name) {
        case "tmr.alarm":
          return [timer.alarm(second as number, third as never, called)];
        case "tmr.register":
          timer.register(second as number, third as never, called);
          return [];
        case "tmr.start":
          return [timer.start(second === true)];
        case "tmr.stop":
          return [timer.stop()];
        case "tmr.unregister":
          timer.unregister();
          return [];
        case "tmr.interval":
          timer.interval(second as number);
          return [];
        case "tmr.state": {
          const state = timer.state();
          return state === null ? [null] : [state.running, state.mode];
        }
        default:
          throw new Error(`a call that is not known: ${name}`);
      }
    } finally {
      forget();
    }
  }
}
