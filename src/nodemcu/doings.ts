/** What a script has under way: as long as there is any of it, something may still call the script back. */
export class Doings {
  readonly #onQuiet: () => void;
  #count = 0;

  /** @param onQuiet called each time that the last of it has ended */
  constructor(onQuiet: () => void) {
    this.#onQuiet = onQuiet;
  }

  get underWay(): boolean {
    return this.#count > 0;
  }

  /** Something begins; call what is returned when it is over, once or more often. */
  begin(): () => void {
    this.#count++;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--this.#count === 0) this.#onQuiet();
    };
  }
}
