/**
 * What an access point shows on the air of the windows here, and of those that Registrars elsewhere have it announce: one
 * change after the other, asked for again where it could not be shown yet, and hidden only when the last packet of a run
 * is out. Which window is open is not decided here.
 */
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import type { AccessPoint, AdvertisedWindow, WindowEnd } from "../radio/access-point.ts";

/** How long the last packet of a run may be on its way. */
export const farewellMs = 200;

/** The part of an access point that windows need. */
export type Display = Pick<AccessPoint, "advertise">;

export class Announcement {
  readonly #display: Display;
  readonly #clock: Clock;
  readonly #waits: (readyAt: Instant | null) => void;
  /** The window that is open here, and what Registrars elsewhere announce; null for none. */
  #own: AdvertisedWindow | null = null;
  #theirs: AdvertisedWindow | null = null;
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

  /** Changes what is shown; of several changes the last one stays. @param window null: none is open here */
  show(window: AdvertisedWindow | null): void {
    this.#putOff();
    this.#own = window;
    // What stays the same is not shown anew, which would drop stations in the middle of a run.
    if (window !== null || this.#theirs === null || this.#isOther()) this.#show();
  }

  /** Changes what Registrars elsewhere announce. @param window null: nothing */
  showTheirs(window: AdvertisedWindow | null): void {
    this.#theirs = window;
    if (!this.#isHiding && this.#isOther()) this.#show();
  }

  /** The access point shows a window of its own that is none here. */
  takeBack(): void {
    this.#own = null;
    this.#show();
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

  /** The access point shows nothing any more. What Registrars elsewhere announce it shows again where only its own time was over. */
  hidden(reason: Exclude<WindowEnd, "off">): void {
    if (this.#theirs === null) return;
    this.#wanted = null;
    if (reason !== "timeout") this.#theirs = null;
    else if (this.#own === null) this.#show();
  }

  /** The access point may have forgotten what it shows, or not have heard what it is to show; it is told once more. */
  again(): void {
    if (!this.#isHiding && (this.#wanted !== null || this.#hasFailed)) this.#show();
  }

  /** Resolves when all changes up to now are on the air. Rejects when the last one could not be made. */
  settled(): Promise<void> {
    return this.#shown;
  }

  #show(): void {
    this.#putOff();
    const window = together(this.#own, this.#theirs);
    this.#wanted = window;
    const show = async () => {
      this.#hasFailed = true;
      const shown = await this.#display.advertise(window);
      this.#hasFailed = false;
      // Something else is to be shown by now, and says for itself whether it is.
      if (this.#wanted !== window) return;
      if (shown.type === "shown") return this.#waits(null);
      this.#putOff();
      this.#later = this.#clock.after(shown.readyInMs, () => this.#show());
      this.#waits(this.#clock.now() + shown.readyInMs);
    };
    this.#shown = this.#shown.catch(() => {}).then(show);
    // Whoever opened the window hears of trouble from `settled`. A window that cannot be taken off the air is closed
    // all the same: nobody is let in.
    this.#shown.catch(() => {});
  }

  #isOther(): boolean {
    const [now, next] = [this.#wanted, together(this.#own, this.#theirs)];
    if (now?.method === "pin" && next?.method === "pin") return now.authorized !== next.authorized;
    return now?.method !== next?.method;
  }

  #putOff(): void {
    this.#later?.cancel();
    this.#later = null;
    this.#isHiding = false;
  }
}

/** Two windows as one: the push button wins, and two devices that are meant are anybody. */
export function together(one: AdvertisedWindow | null, other: AdvertisedWindow | null): AdvertisedWindow | null {
  if (one === null || other === null) return one ?? other;
  if (one.method === "pushButton" || other.method === "pushButton") return { method: "pushButton" };
  return { ...one, authorized: one.authorized === other.authorized ? one.authorized : null };
}
