/**
 * Whom the Registrars on the network expect: what each of them had us announce last, for 120 seconds or until it leaves.
 * How several are merged into one announcement is for the access point.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import { toHex } from "../wsc/bytes.ts";
import { Rate, type RateLimit } from "./rate.ts";
import type { RegistrarSelection } from "./selected-registrar.ts";
import type { WlanConfigService } from "./wlan-config-service.ts";

/** A Registrar says it again before that, or is taken to be gone (WSC 2.0: walk time). */
const SELECTION_MS = 120_000;
/** Most Registrars of one address that expect somebody at once. */
const MOST_PER_ADDRESS = 4;
/** Each of them is shown on the air, and noted: who says it more often only keeps us busy. */
const CHANGES: RateLimit = { withinMs: 60_000, ofOne: 20, ofAll: 100 };

interface Held {
  readonly from: string;
  readonly uuid: Uint8Array | null;
  readonly timer: Timer;
}

export class Selections {
  readonly #service: Pick<WlanConfigService, "select">;
  readonly #clock: Clock;
  readonly #changes: Rate;
  /** By Registrar, oldest first. */
  readonly #held = new Map<string, Held>();

  constructor(service: Pick<WlanConfigService, "select">, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
    this.#changes = new Rate(clock, CHANGES);
  }

  /**
   * False where it is said too often, and was not heard.
   *
   * @param from the numeric address of the Registrar, which tells it from others together with its UUID
   */
  take(from: string, selection: RegistrarSelection): boolean {
    const { selected, uuid } = selection;
    const subscriber = `${from} ${uuid === null ? "-" : toHex(uuid)}`;
    if (selected === null) {
      this.#end(subscriber);
      return true;
    }
    if (!this.#changes.admits(from)) return false;
    this.#held.get(subscriber)?.timer.cancel();
    this.#held.delete(subscriber);
    const [oldest, ...others] = this.#of(from);
    if (oldest !== undefined && others.length + 1 >= MOST_PER_ADDRESS) this.#end(oldest);
    const timer = this.#clock.after(SELECTION_MS, () => this.#end(subscriber));
    this.#held.set(subscriber, { from, uuid, timer });
    this.#service.select(subscriber, selection, from);
    return true;
  }

  /** Nobody at this address listens any more. */
  leave(from: string): void {
    for (const subscriber of this.#of(from)) this.#end(subscriber);
  }

  close(): void {
    for (const subscriber of this.#held.keys()) this.#end(subscriber);
  }

  #of(address: string): readonly string[] {
    return [...this.#held].filter(([, { from }]) => from === address).map(([subscriber]) => subscriber);
  }

  #end(subscriber: string): void {
    const held = this.#held.get(subscriber);
    if (held === undefined) return;
    held.timer.cancel();
    this.#held.delete(subscriber);
    this.#service.select(subscriber, { selected: null, uuid: held.uuid }, held.from);
  }
}
