/**
 * Keys for the devices to come, in the file of an access point before anybody has them: for whichever station shows one.
 * hostapd cannot be told of a device between the end of its run and its first connection, a tenth of a second later:
 * reading its file anew drops every station that has shown no key yet. Nobody but us knows a spare key until M8 hands it
 * out; from then on it is that device's alone. They are not kept on disk: every start makes others.
 */
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import { newDeviceKey } from "./key-policy.ts";

/** So many devices may enrol before the file has to be read anew. */
const SPARE = 4;

export class SpareKeys {
  readonly #random: Random;
  /** Those that the access point has known longest stand first. */
  readonly #free: Secret[] = [];
  /** Of runs under way in which nobody has been noted as its owner yet. */
  readonly #lent = new Set<Secret>();

  constructor(random: Random) {
    this.#random = random;
    this.#fill();
  }

  /** Those that belong in the file, for any station. */
  get all(): readonly Secret[] {
    return [...this.#lent, ...this.#free];
  }

  /** One for a run; {@link spend} or {@link giveBack} is to follow. Nobody else is given it meanwhile. */
  take(): Secret {
    const key = this.#free.shift() ?? newDeviceKey(this.#random);
    this.#lent.add(key);
    return key;
  }

  /** It is a device's own, or might be: it is filed as that from now on. */
  spend(key: Secret): void {
    this.#lent.delete(key);
    this.#fill();
  }

  /** It was not used for anything. */
  giveBack(key: Secret): void {
    if (this.#lent.delete(key) && this.#free.length < SPARE) this.#free.unshift(key);
  }

  #fill(): void {
    while (this.#free.length + this.#lent.size < SPARE) this.#free.push(newDeviceKey(this.#random));
  }
}
