/**
 * What an access point shows on the air of the windows here: one change after the other, asked for again where it could
 * not be shown yet, and hidden only when the last packet of a run is out. Which window is open is not decided here.
 */
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import type { AccessPoint, AdvertisedWindow } from "../radio/access-point.ts";

/** How long the last packet of a run may be on its way. */
export const farewellMs = 200;

/** The part of an access point that windows need. */
export type Display = Pick<AccessPoint, "advertise">;

export class Announcement {
  readonly #display: Display;
  readonly #clock: Clock;
  readonly #waits: (readyAt: Instant | null) => void;
  /** What was last asked to be shown; null for nothing. */
  #wanted: AdvertisedWindow | null = null;
  /** For a window that the access point cannot show yet, or is to hide in a moment. */
  #later: Timer | null = null;
  #isHiding = false;
  /** The access point did not take the last change. */
  #hasFailed = false;
  /** What is shown on the air, once this is settled. */
  #shown: Promise<void> = Promise.resolve();

  /** @param waits told when the access point is asked again to show a window, and with null when it shows it */
  constructor(display: Display, clock: Clock, waits: (readyAt: Instant | null) => void) {
    this.#display = display;
    this.#clock = clock;
    this.#waits = waits;
  }

  /** Changes what is shown; of several changes the last one stays. @param window null: none */
  show(window: AdvertisedWindow | null): void {
    this.#putOff();
    this.#wanted = window;
    const show = async () => {
      this.#hasFailed = true;
      const shown = await this.#display.advertise(window);
      this.#hasFailed = false;
      // Something else is to be shown by now, and says for itself whether it is.
      if (this.#wanted !== window) return;
      if (shown.type === "shown") return this.#waits(null);
      this.#putOff();
      this.#later = this.#clock.after(shown.readyInMs, () => this.show(window));
      this.#waits(this.#clock.now() + shown.readyInMs);
    };
    this.#shown = this.#shown.catch(() => {}).then(show);
    // Whoever opened the window hears of trouble from `settled`. A window that cannot be taken off the air is closed
    // all the same: nobody is let in.
    this.#shown.catch(() => {});
  }

  /** An access point that hides a window drops stations in the middle of a run: the last packet goes out before. */
  hideSoon(): void {
    this.#putOff();
    this.#isHiding = true;
    this.#later = this.#clock.after(farewellMs, () => this.show(null));
  }

  /** What is to be hidden in a moment is hidden now. */
  hideNow(): void {
    if (this.#isHiding) this.show(null);
  }

  /** The access point may have forgotten what it shows, or not have heard what it is to show; it is told once more. */
  again(): void {
    if (!this.#isHiding && (this.#wanted !== null || this.#hasFailed)) this.show(this.#wanted);
  }

  /** Resolves when all changes up to now are on the air. Rejects when the last one could not be made. */
  settled(): Promise<void> {
    return this.#shown;
  }

  #putOff(): void {
    this.#later?.cancel();
    this.#later = null;
    this.#isHiding = false;
  }
}
