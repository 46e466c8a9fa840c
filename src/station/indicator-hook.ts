/**
 * A command of the person's that is run at each change of a pairing. It is the device's maker who writes it, so it is
 * for the shell; what comes from the air reaches it in variables only, which the shell does not read as commands.
 */
import type { Clock } from "../clock/clock.ts";
import { RadioError } from "../radio/station-radio.ts";
import { runCommand } from "./address.ts";
import type { Indicator, IndicatorOptions } from "./indicator.ts";
import type { PairingSession } from "./session.ts";

/** How long a run may take. */
export const hookLimitMs = 10_000;
/** How long those may take, at the end, that show the last change. */
const farewellMs = 2_000;

/**
 * Runs `/bin/sh -c COMMAND` at each change, with the pairing in its environment: `OPENWPS_PHASE` (searching,
 * associating, exchanging, connecting, addressing, ended), `OPENWPS_METHOD` (pbc, pin), `OPENWPS_RESULT` (success,
 * timeout, overlap, failed, cancelled), `OPENWPS_REASON`, `OPENWPS_HINT`, `OPENWPS_SSID`, `OPENWPS_BSSID`; those that
 * are not known are empty. An SSID is up to 32 bytes of a stranger's: what is no UTF-8 in it, or would control a
 * terminal, is U+FFFD. Never two at a time: changes in between are passed over, the last one never. A run that takes
 * longer than 10 s is ended, with all that it has started.
 * @param options.onTrouble told of each run that failed
 */
export function openHook(command: string, options: IndicatorOptions): Indicator {
  return new Hook(command, options);
}

class Hook implements Indicator {
  readonly #command: string;
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  readonly #closing = new AbortController();
  #next: PairingSession | null = null;
  #running: Promise<void> | null = null;

  constructor(command: string, { clock, onTrouble = () => {} }: IndicatorOptions) {
    this.#command = command;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  show(session: PairingSession): void {
    this.#next = session;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async close(): Promise<void> {
    const late = this.#clock.after(farewellMs, () => this.#closing.abort());
    await this.#running;
    late.cancel();
  }

  async #run(): Promise<void> {
    while (this.#next !== null && !this.#closing.signal.aborted) {
      const session = this.#next;
      this.#next = null;
      const limit = new AbortController();
      const timer = this.#clock.after(hookLimitMs, () => limit.abort());
      const succeeded = await runCommand(this.#command, {
        clock: this.#clock,
        signal: AbortSignal.any([limit.signal, this.#closing.signal]),
        environment: environmentOf(session),
      });
      timer.cancel();
      if (!succeeded) this.#onTrouble(hookFailed(this.#command, session, limit.signal.aborted));
    }
  }
}

/** No secrets: a session has none. */
function environmentOf({ phase, method, result, reason, hint, peer }: PairingSession): Record<string, string> {
  return {
    OPENWPS_PHASE: phase ?? "",
    OPENWPS_METHOD: method ?? "",
    OPENWPS_RESULT: result ?? "",
    OPENWPS_REASON: reason ?? "",
    OPENWPS_HINT: hint ?? "",
    OPENWPS_SSID: (peer?.ssid ?? "").replaceAll(/\p{Cc}/gu, "\uFFFD"),
    OPENWPS_BSSID: peer?.bssid ?? "",
  };
}

function hookFailed(command: string, { phase }: PairingSession, late: boolean): RadioError {
  return new RadioError(
    "refused",
    late
      ? `The hook did not end within ${hookLimitMs / 1000} s of phase ${phase}: ${command}.`
      : `The hook failed in phase ${phase}: ${command}.`,
    `Run it by hand to see what it says, with OPENWPS_PHASE=${phase} in its environment.`,
  );
}
