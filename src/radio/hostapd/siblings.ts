/**
 * Networks that may live in one hostapd: without `wps_independent=1` a press or a cancel on one of them happens on all,
 * and each reports it as if it were its own. Here they tell each other what they are about to do, so that nobody takes
 * our own press for a person's. One object for all access points that one process of ours opens.
 */

/** What is done to every network of a process that keeps none of them apart. */
export type SharedAction = "press" | "cancel";

/** One of the networks. */
export interface Sibling {
  /** Resolves when everything that was said up to now is heard. */
  settled(): Promise<void>;
  /** The radio may be another one than before. */
  lookAgain(): void;
}

export class Siblings {
  /** With what each may still hear of. */
  readonly #members = new Map<Sibling, SharedAction[]>();

  /** @returns how to leave again */
  join(member: Sibling): () => void {
    this.#members.set(member, []);
    return () => this.#members.delete(member);
  }

  /** Does one of these things; for each member it lasts until that one has heard what came of it. */
  async during<T>(action: SharedAction, work: () => Promise<T>): Promise<T> {
    const members = [...this.#members];
    for (const [, underWay] of members) underWay.push(action);
    try {
      return await work();
    } finally {
      for (const [member, underWay] of members) {
        const over = () => underWay.splice(underWay.indexOf(action), 1);
        // Whoever cannot be reached has nothing to say either. Nobody waits for the others: what a member hears after
        // its own share, a person may have done.
        void member.settled().then(over, over);
      }
    }
  }

  isUnderWay(action: SharedAction, member: Sibling): boolean {
    return this.#members.get(member)?.includes(action) === true;
  }

  /** hostapd tells only one network of a radio when that is switched off or on. */
  lookAgain(from: Sibling): void {
    for (const member of this.#members.keys()) if (member !== from) member.lookAgain();
  }
}
