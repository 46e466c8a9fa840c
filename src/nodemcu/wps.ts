/** The module `wps`: push-button WPS in the order of enable, start, disable. It configures the station, and connects nothing. */
import type { Doings } from "./doings.ts";
import { WPS_STATUS, type WpsStatus } from "./enrolment.ts";
import { checkFunction, MisuseError } from "./misuse.ts";
import type { ScriptStation } from "./station.ts";

export type WpsCallback = (status: WpsStatus) => void;

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
  #run: { readonly stop: AbortController; callback: WpsCallback | null } | null = null;

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
    if (!this.#isEnabled) throw new MisuseError("wps.start: WPS is not enabled; call wps.enable() first.");
    if (this.#run !== null) {
      this.#run.callback = callback ?? null;
      return;
    }
    const run = { stop: new AbortController(), callback: callback ?? null };
    this.#run = run;
    const over = this.#doings.begin();
    this.#station
      .enrol(run.stop.signal)
      .then(
        (result) => result?.status ?? null,
        (error: unknown) => {
          this.#onTrouble(error);
          return WPS_STATUS.FAILED;
        },
      )
      .then((status) => {
        if (this.#run !== run || status === null) return;
        this.#run = null;
        run.callback?.(status);
      })
      .finally(over);
  }

  /**
   * {@link start} as a promise of the status.
   * Rejects with the signal's reason when it aborts, which disables WPS, and when somebody else calls {@link disable}.
   */
  run(options: { readonly signal?: AbortSignal } = {}): Promise<WpsStatus> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      this.start((status) => {
        signal?.removeEventListener("abort", abort);
        resolve(status);
      });
      const abort = () => {
        this.disable();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#run?.stop.signal.addEventListener("abort", () => reject(this.#reasonOf(signal)), { once: true });
    });
  }

  #reasonOf(signal: AbortSignal | undefined): unknown {
    return signal?.aborted ? signal.reason : new Error("WPS was disabled before the run was over.");
  }
}
