/** What a press of the device's button does: it starts a pairing, and a second one cancels it. */
import type { Button } from "../radio/button/button.ts";
import type { Station } from "./station.ts";

/**
 * Follows the button until the signal aborts or the button is closed: a press starts push-button pairing, one in
 * mid-pairing (whoever began it) cancels. A press while a cancel is under way does nothing.
 * @param options.onTrouble told when the radio or the store did not do it; for the log
 */
export async function pressPairs(
  _station: Station,
  _button: Button,
  _options: { readonly signal: AbortSignal; readonly onTrouble?: ((error: unknown) => void) | undefined },
): Promise<void> {}
