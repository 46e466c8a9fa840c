/**
 * Networks that may live in one hostapd: without `wps_independent=1` a press or a cancel on one of them happens on all,
 * and each reports it as if it were its own. Here they tell each other what they are about to do, so that nobody takes
 * our own press for a person's. One object for all access points that one process of ours opens.
 */

/** What is done to every network of a process that keeps none of them apart. */
export type SharedAction = "press" | "cancel" | "restart";

/** One of the networks. */
export interface Sibling {
  /** Resolves when everything that was said up to now is heard. */
  settled(): Promise<void>;
  /** The radio may be another one than before. */
  lookAgain(): void;
}

export class Siblings {
  readonly #members = new Set<Sibling>();
  readonly #underWay: SharedAction[] = [];

  /** @returns how to leave again */
  join(member: Sibling): () => void {
    this.#members.add(member);
    return () => this.#members.delete(member);
  }

  /** Does one of these things; for everybody it lasts until all have heard what came of it. */
  async during<T>(action: SharedAction, work: () => Promise<T>): Promise<T> {
    this.#underWay.push(action);
    try {
      return await work();
    } finally {
      // Whoever cannot be reached has nothing to say either.
      const heard = Promise.allSettled([...this.#members].map((member) => member.settled()));
      void heard.then(() => this.#underWay.splice(this.#underWay.indexOf(action), 1));
    }
  }

  isUnderWay(action: SharedAction): boolean {
    return this.#underWay.includes(action);
  }

  /** hostapd tells only one network of a radio when that is switched off or on. */
  lookAgain(from: Sibling): void {
    for (const member of this.#members) if (member !== from) member.lookAgain();
  }
}
