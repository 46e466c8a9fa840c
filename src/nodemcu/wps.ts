/** The module `wps`: push-button WPS in the order of enable, start, disable. It configures the station, and connects nothing. */
import type { Doings } from "./doings.ts";
import { WPS_STATUS, type WpsStatus } from "./enrolment.ts";
import { checkFunction, MisuseError } from "./misuse.ts";
import type { ScriptStation } from "./station.ts";

export type WpsCallback = (status: WpsStatus) => void;

interface Run {
  readonly stop: AbortController;
  /** The status, when the radio is well again; null: the run was disabled. */
  readonly ended: Promise<WpsStatus | null>;
  callback: WpsCallback | null;
}

export class Wps {
  readonly SUCCESS = WPS_STATUS.SUCCESS;
  readonly FAILED = WPS_STATUS.FAILED;
  readonly TIMEOUT = WPS_STATUS.TIMEOUT;
  readonly WEP = WPS_STATUS.WEP;
  readonly SCAN_ERR = WPS_STATUS.SCAN_ERR;
  readonly #station: ScriptStation;
  readonly #doings: Doings;
  readonly #onTrouble: (error: unknown) => void;
  #isEnabled = false;
  #run: Run | null = null;

  /** @param onTrouble gets what a callback throws, and what goes wrong with the radio */
  constructor(station: ScriptStation, doings: Doings, onTrouble: (error: unknown) => void) {
    this.#station = station;
    this.#doings = doings;
    this.#onTrouble = onTrouble;
  }

  /** Enables WPS. When it is enabled already nothing happens, and a run goes on. */
  enable(): void {
    this.#isEnabled = true;
  }

  /** Disables WPS, and ends a run without calling back: the radio then does again what it did before the run. */
  disable(): void {
    this.#isEnabled = false;
    const run = this.#run;
    this.#run = null;
    run?.stop.abort(new Error("WPS was disabled."));
  }

  /**
   * Starts a run of at most two minutes. While one is under way it goes on, and tells its end to this callback in
   * place of the earlier one.
   * @param callback called once, at the end of the run
   * @throws MisuseError when WPS is not enabled, or the callback is no function
   */
  start(callback?: WpsCallback | null): void {
    if (callback !== undefined && callback !== null) checkFunction("wps.start", callback);
    this.#start("wps.start").callback = callback ?? null;
  }

  /**
   * {@link start} as a promise of the status. It joins a run that is under way, and takes no callback's place.
   * Rejects with the signal's reason when it aborts, which disables WPS, and when somebody else calls {@link disable};
   * in both cases when the radio does again what it did before the run.
   */
  async run(options: { readonly signal?: AbortSignal } = {}): Promise<WpsStatus> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { ended } = this.#start("wps.run");
    const abort = () => this.disable();
    signal?.addEventListener("abort", abort, { once: true });
    const status = await ended;
    signal?.removeEventListener("abort", abort);
    if (status !== null) return status;
    signal?.throwIfAborted();
    throw new Error("WPS was disabled before the run was over.");
  }

  /** The run that is under way, or a new one. */
  #start(name: string): Run {
    if (!this.#isEnabled) throw new MisuseError(`${name}: WPS is not enabled; call wps.enable() first.`);
    if (this.#run !== null) return this.#run;
    const stop = new AbortController();
    const over = this.#doings.begin();
    const ended = this.#enrol(stop.signal).then((status) => {
      if (this.#run !== run) return null;
      this.#run = null;
      return status;
    });
    const run: Run = { stop, ended, callback: null };
    this.#run = run;
    ended
      .then((status) => status !== null && run.callback?.(status))
      .catch(this.#onTrouble)
      .finally(over);
    return run;
  }

  async #enrol(signal: AbortSignal): Promise<WpsStatus | null> {
    try {
      return (await this.#station.enrol(signal))?.status ?? null;
    } catch (error) {
      this.#onTrouble(error);
      return WPS_STATUS.FAILED;
    }
  }
}
