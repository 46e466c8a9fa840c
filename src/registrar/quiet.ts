/**
 * Who would be disturbed at an access point that drops every station without a key for a moment: whoever is being let
 * in, has the last packet on its way, or is on its own way to the network. Waits until there is nobody.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";

export class Quiet {
  readonly #clock: Clock;
  /** Until when those whose run is over are awaited; null for one whose run is under way. */
  readonly #busy = new Map<MacAddress, Timer | null>();
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A device is being let in. */
  began(device: MacAddress): void {
    this.#busy.get(device)?.cancel();
    this.#busy.set(device, null);
  }

  /** Its run is over. @param awaitedMs for so long at most it is not to be disturbed */
  ended(device: MacAddress, awaitedMs: number): void {
    this.began(device);
    this.#busy.set(
      device,
      this.#clock.after(awaitedMs, () => this.arrived(device)),
    );
  }

  /** It is on the network. */
  arrived(device: MacAddress): void {
    const timer = this.#busy.get(device) ?? null;
    if (timer === null) return;
    timer.cancel();
    this.#busy.delete(device);
    for (const go of this.#waiting) go();
  }

  /** Nobody whose run is over is awaited any more. */
  close(): void {
    for (const device of [...this.#busy.keys()]) this.arrived(device);
  }

  /** Resolves when nobody would be disturbed, or after so long. */
  async whenNobody(withinMs: number): Promise<void> {
    const end = this.#clock.now() + withinMs;
    for (let left = withinMs; left > 0 && this.#busy.size > 0; left = end - this.#clock.now())
      await this.#changed(left);
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(withinMs, () => go());
      const go = () => {
        timer.cancel();
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
    });
  }
}
