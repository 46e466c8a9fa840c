/** What a device has of its own to start a pairing with and to show it: button, LED, and a command of the person's. */
import type { Logger } from "pino";
import type { Clock } from "../clock/clock.ts";
import type { Button } from "../radio/button/button.ts";
import type { Indicator } from "../station/indicator.ts";
import type { Station } from "../station/station.ts";
import type { StationFlags } from "./station-options.ts";

export interface ControlsOptions {
  readonly station: Station;
  readonly flags: Pick<StationFlags, "button" | "led" | "hook">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onTrouble: (trouble: unknown) => void;
}

/** Opens what is configured. Throws a `RadioError` with a sentence for what is named and not there. */
export async function openControls(options: ControlsOptions): Promise<{ close(): Promise<void> }> {
  const { station, flags, clock, log, onTrouble } = options;
  const button = await openButtonOf(flags.button, clock);
  if (button !== null) log.info(`the WPS button is ${button.name}`);
  const stop = new AbortController();
  const work: Promise<unknown>[] = [];
  if (button !== null) {
    const { pressPairs } = await import("../station/press-pairs.ts");
    work.push(pressPairs(station, button, { signal: stop.signal, onTrouble }));
  }
  for (const indicator of await openIndicators(flags, { clock, onTrouble })) {
    const { followPhases } = await import("../station/indicator.ts");
    work.push(followPhases(station, indicator));
  }
  return {
    // The indicators end with the station, so that they show how it ended.
    close: async () => {
      stop.abort();
      await button?.close();
      await Promise.all(work).catch(onTrouble);
    },
  };
}

async function openButtonOf(choice: StationFlags["button"], clock: Clock): Promise<Button | null> {
  if (choice === "none") return null;
  const { openButton } = await import("../radio/button/button.ts");
  return openButton({ choice, clock });
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
