/** What a device has of its own to start a pairing with and to show it: button, LED, and a command of the person's. */
import type { Logger } from "pino";
import type { Clock } from "../clock/clock.ts";
import type { Button, KernelFiles } from "../radio/button/button.ts";
import { RadioError } from "../radio/station-radio.ts";
import type { Indicator } from "../station/indicator.ts";
import type { Station } from "../station/station.ts";
import type { StationFlags } from "./station-options.ts";

export interface ControlsOptions {
  readonly station: Station;
  readonly flags: Pick<StationFlags, "button" | "led" | "hook">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onTrouble: (trouble: unknown) => void;
  /** For tests: where the kernel shows its input devices. */
  readonly kernel?: KernelFiles;
}

export interface Controls {
  /**
   * Lets go of them. The station is closed before: the indicators end with it, and so show how a pairing ended that
   * was under way.
   */
  close(): Promise<void>;
}

/**
 * Opens what is configured. Throws a `RadioError` with a sentence for what is named and cannot be used; a button that
 * nobody named is done without.
 */
export async function openControls(options: ControlsOptions): Promise<Controls> {
  const { station, flags, clock, onTrouble } = options;
  const button = await openButtonOf(options);
  const stop = new AbortController();
  const work: Promise<void>[] = [];
  try {
    const indicators = await openIndicators(flags, { clock, onTrouble });
    if (button !== null) {
      const { pressPairs } = await import("../station/press-pairs.ts");
      work.push(pressPairs(station, button, { signal: stop.signal, onTrouble }).catch(onTrouble));
    }
    for (const indicator of indicators) {
      const { followPhases } = await import("../station/indicator.ts");
      work.push(followPhases(station, indicator).catch(onTrouble));
    }
  } catch (error) {
    await button?.close();
    throw error;
  }
  return {
    close: async () => {
      stop.abort();
      await button?.close();
      await Promise.all(work);
    },
  };
}

async function openButtonOf({ flags, clock, log, kernel }: ControlsOptions): Promise<Button | null> {
  const { button: choice } = flags;
  if (choice === "none") return null;
  const { openButton } = await import("../radio/button/button.ts");
  try {
    const button = await openButton({ choice, clock, ...(kernel && { kernel }) });
    if (button !== null) log.info(`the WPS button is ${button.name}`);
    return button;
  } catch (error) {
    if (choice !== "auto" || !(error instanceof RadioError)) throw error;
    log.warn(`${error.message} The service goes on without it. ${error.hint}`);
    return null;
  }
}

async function openIndicators(
  { led, hook }: Pick<StationFlags, "led" | "hook">,
  options: { readonly clock: Clock; readonly onTrouble: (trouble: unknown) => void },
): Promise<readonly Indicator[]> {
  const indicators: Indicator[] = [];
  if (led !== undefined) {
    const { openLed } = await import("../station/indicator-led.ts");
    indicators.push(await openLed(led.startsWith("/") ? led : `/sys/class/leds/${led}`, options));
  }
  if (hook !== undefined) {
    const { openHook } = await import("../station/indicator-hook.ts");
    indicators.push(openHook(hook, options));
  }
  return indicators;
}
