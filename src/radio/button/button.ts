/**
 * The device's WPS button: an input device of the kernel (evdev) that has the key KEY_WPS_BUTTON. What a press means is
 * not known here.
 */
import type { Clock } from "../../clock/clock.ts";

/** `auto`: whichever input device has the key. `path`: this one, such as `/dev/input/event0`. */
export type ButtonChoice = "auto" | { readonly path: string };

export interface Button {
  /** For the log, such as `gpio-keys (/dev/input/event0)`. */
  readonly name: string;

  /**
   * Each press from this call on, told at its release; one of 3 s or longer is none of ours, and not told. Ends with
   * the signal, or when the button is closed. A device that is unplugged is waited for.
   */
  presses(options: { readonly signal: AbortSignal }): AsyncIterable<"short">;

  /** Lets go of the device and ends all {@link presses}. */
  close(): Promise<void>;
}

/**
 * Opens the button; null when `auto` finds none.
 * @throws a RadioError with sentences when the device that was named is not there or has no such key, and, also with
 *   `auto`, when the one that was found may not be read
 */
export async function openButton(_options: {
  readonly choice: ButtonChoice;
  readonly clock: Clock;
}): Promise<Button | null> {
  return null;
}
