/** The module `tmr`: timers that call back once, again and again, or once for each start. */
import type { Clock, Timer as WakeUp } from "../clock/clock.ts";
import type { Doings } from "./doings.ts";
import { checkFunction, checkInteger, checkOneOf, MisuseError } from "./misuse.ts";

/** How a timer rings. `ALARM_SINGLE`: once, and is then forgotten. `ALARM_SEMI`: once for each start. */
export const ALARM = { ALARM_SINGLE: 0, ALARM_AUTO: 1, ALARM_SEMI: 2 } as const;

export type AlarmMode = (typeof ALARM)[keyof typeof ALARM];

/** The longest interval of the firmware, in ms. */
const longestMs = 6_870_947;
/** Timers that one script may have running. */
const mostRunning = 1_000;

/** A timer. Its callback gets the timer itself. */
export interface TmrTimer {
  /** Registers the callback and starts. @param intervalMs 1 to 6870947 */
  alarm(intervalMs: number, mode: AlarmMode, callback: (timer: TmrTimer) => void): boolean;
  /** Sets what {@link start} will do; stops what runs. */
  register(intervalMs: number, mode: AlarmMode, callback: (timer: TmrTimer) => void): void;
  /** False when nothing is registered, or when it runs already and is not told to begin anew. */
  start(restart?: boolean): boolean;
  /** False when it did not run. */
  stop(): boolean;
  unregister(): void;
  /** @param intervalMs from the next start on; one that runs begins anew */
  interval(intervalMs: number): void;
  /** Whether it runs, and its mode; null when nothing is registered. */
  state(): { readonly running: boolean; readonly mode: AlarmMode } | null;
}

export class Tmr {
  readonly ALARM_SINGLE = ALARM.ALARM_SINGLE;
  readonly ALARM_AUTO = ALARM.ALARM_AUTO;
  readonly ALARM_SEMI = ALARM.ALARM_SEMI;
  readonly #clock: Clock;
  readonly #doings: Doings;
  readonly #onTrouble: (error: unknown) => void;
  readonly #running = new Set<ScriptTimer>();
  readonly #start: number;

  /** @param onTrouble gets what a callback throws */
  constructor(clock: Clock, doings: Doings, onTrouble: (error: unknown) => void) {
    this.#clock = clock;
    this.#doings = doings;
    this.#onTrouble = onTrouble;
    this.#start = clock.now();
  }

  create(): TmrTimer {
    return new ScriptTimer(this.#clock, this.#doings, this.#running, this.#onTrouble);
  }

  /** Seconds since the script was started. */
  time(): number {
    return Math.trunc((this.#clock.now() - this.#start) / 1000);
  }

  /** Microseconds since the script was started, in 31 bits, as the chip counts them. */
  now(): number {
    return ((this.#clock.now() - this.#start) * 1000) % 2 ** 31;
  }

  /** Stops all timers. */
  close(): void {
    for (const timer of [...this.#running]) timer.stop();
  }
}

interface Registered {
  readonly intervalMs: number;
  readonly mode: AlarmMode;
  readonly callback: (timer: TmrTimer) => void;
}

class ScriptTimer implements TmrTimer {
  readonly #clock: Clock;
  readonly #doings: Doings;
  readonly #all: Set<ScriptTimer>;
  readonly #onTrouble: (error: unknown) => void;
  #registered: Registered | null = null;
  #run: { readonly wakeUp: WakeUp; readonly end: () => void } | null = null;

  constructor(clock: Clock, doings: Doings, all: Set<ScriptTimer>, onTrouble: (error: unknown) => void) {
    this.#clock = clock;
    this.#doings = doings;
    this.#all = all;
    this.#onTrouble = onTrouble;
  }

  alarm(intervalMs: number, mode: AlarmMode, callback: (timer: TmrTimer) => void): boolean {
    this.#register("timer:alarm", intervalMs, mode, callback);
    return this.start();
  }

  register(intervalMs: number, mode: AlarmMode, callback: (timer: TmrTimer) => void): void {
    this.#register("timer:register", intervalMs, mode, callback);
  }

  #register(name: string, intervalMs: number, mode: AlarmMode, callback: (timer: TmrTimer) => void): void {
    checkInteger(name, "interval in milliseconds", intervalMs, 1, longestMs);
    checkOneOf(name, mode, ALARM);
    checkFunction(name, callback);
    this.stop();
    this.#registered = { intervalMs, mode, callback };
  }

  start(restart = false): boolean {
    if (this.#registered === null || (this.#run !== null && !restart)) return false;
    this.stop();
    if (this.#all.size === mostRunning)
      throw new MisuseError(`timer:start: ${mostRunning} timers are running already; stop one of them.`);
    this.#all.add(this);
    this.#arm(this.#registered, this.#doings.begin());
    return true;
  }

  stop(): boolean {
    if (this.#run === null) return false;
    this.#run.wakeUp.cancel();
    this.#ended();
    return true;
  }

  unregister(): void {
    this.stop();
    this.#registered = null;
  }

  interval(intervalMs: number): void {
    checkInteger("timer:interval", "interval in milliseconds", intervalMs, 1, longestMs);
    if (this.#registered === null) throw new MisuseError("timer:interval: call timer:register or timer:alarm first.");
    const wasRunning = this.stop();
    this.#registered = { ...this.#registered, intervalMs };
    if (wasRunning) this.start();
  }

  state() {
    return this.#registered === null ? null : { running: this.#run !== null, mode: this.#registered.mode };
  }

  #arm(registered: Registered, end: () => void): void {
    this.#run = { wakeUp: this.#clock.after(registered.intervalMs, () => this.#ring(registered, end)), end };
  }

  #ring(registered: Registered, end: () => void): void {
    const { mode, callback } = registered;
    if (mode === ALARM.ALARM_AUTO) this.#arm(registered, end);
    else {
      if (mode === ALARM.ALARM_SINGLE) this.#registered = null;
      this.#all.delete(this);
      this.#run = null;
    }
    try {
      callback(this);
    } catch (error) {
      this.#onTrouble(error);
    }
    // What the callback has begun goes on from here: in between nothing was quiet.
    if (mode !== ALARM.ALARM_AUTO) end();
  }

  #ended(): void {
    this.#all.delete(this);
    const run = this.#run;
    this.#run = null;
    run?.end();
  }
}
