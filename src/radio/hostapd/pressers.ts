/**
 * What hostapd remembers of devices in push-button mode, kept beside it: with two of them in mind it refuses to open a
 * push-button window, and it does not say when it will forget one. Pure; time is an argument.
 */

/** hostapd's monitor time. It goes by whole seconds, so one is added. */
const remembersMs = 121_000;
/** More are not needed to know when the last but one will be forgotten. */
const mostPressers = 64;
/** When to try again where nothing is known: others may have come and gone before we listened. */
const guessMs = 5_000;

export class Pressers {
  /** By UUID, the latest last. */
  readonly #seen = new Map<string, number>();

  /** A device asked on the air, in push-button mode. */
  note(uuid: string, now: number): void {
    this.#seen.delete(uuid);
    this.#seen.set(uuid, now);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > mostPressers && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** hostapd was started anew. */
  forget(): void {
    this.#seen.clear();
  }

  /** In how many ms it will remember one device at most; a guess where we have not seen two of them. */
  readyInMs(now: number): number {
    const [, second] = [...this.#seen.values()].reverse();
    return second === undefined || second + remembersMs <= now ? guessMs : second + remembersMs - now;
  }
}
