/** What a press of the device's button does: it starts a pairing, and a second one cancels it. */
import type { Button } from "../radio/button/button.ts";
import { onlyRadioOrStore } from "./keeper.ts";
import type { Station } from "./station.ts";

export interface PressOptions {
  readonly signal: AbortSignal;
  /**
   * Told when a press came to nothing because the radio or the store did not do it; for the log. Without it such
   * trouble is passed over, and a mistake is thrown.
   */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/**
 * Follows the button until the signal aborts or the button is closed. A press starts push-button pairing; one in the
 * middle of a pairing, whoever began it and by whatever method, cancels. While the device is on its way back from a
 * cancelled one, presses do nothing: whoever presses again there does not mean to start anew.
 */
export async function pressPairs(
  station: Station,
  button: Pick<Button, "presses">,
  { signal, onTrouble = onlyRadioOrStore }: PressOptions,
): Promise<void> {
  let starting: Promise<void> | null = null;
  let cancelling: Promise<void> | null = null;
  for await (const _ of button.presses({ signal })) {
    if (cancelling !== null) continue;
    if (starting !== null || station.session().active) {
      cancelling = carriedOut(station.cancelPairing()).finally(() => {
        cancelling = null;
      });
    } else {
      // When it is refused as busy, somebody else has just begun one, which is what the press was to do.
      starting = carriedOut(station.startPairing({ method: "pbc" })).finally(() => {
        starting = null;
      });
    }
  }
  await Promise.all([starting, cancelling]);

  async function carriedOut(action: Promise<unknown>): Promise<void> {
    await action.catch(onTrouble);
  }
}
