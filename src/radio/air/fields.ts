/** Reads fields out of JSON that a person wrote, and says in a sentence what is wrong with which. */

/** What is wrong with a scenario, as a sentence. Never leaves `parseScenario`. */
export class ScenarioFault extends Error {}

/** One object of the scenario; `path` is where it stands in it, such as `accessPoints[0]`. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #known = new Set<string>();

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.wrong("", "must be an object");
    this.#values = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** A text of `shortest` to `longest` bytes. Without `otherwise` it is required; so for the others below. */
  text(name: string, shortest: number, longest: number, otherwise?: string): string {
    const value = this.#value(name, otherwise);
    const length = typeof value === "string" ? Buffer.byteLength(value) : -1;
    if (typeof value !== "string" || length < shortest || length > longest)
      return this.wrong(name, `must be a text of ${shortest} to ${longest} bytes`);
    return value;
  }

  number(name: string, least: number, most: number, otherwise?: number): number {
    const value = this.#value(name, otherwise);
    if (typeof value !== "number" || !(value >= least && value <= most))
      return this.wrong(name, `must be a number from ${least} to ${most}`);
    return value;
  }

  integer(name: string, least: number, most: number, otherwise?: number): number {
    const value = this.number(name, least, most, otherwise);
    return Number.isInteger(value) ? value : this.wrong(name, "must be a whole number");
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#value(name, otherwise);
    return typeof value === "boolean" ? value : this.wrong(name, "must be true or false");
  }

  oneOf<const T extends string>(name: string, choices: readonly T[], otherwise?: T): T {
    const value = this.#value(name, otherwise);
    const choice = choices.find((other) => other === value);
    return choice ?? this.wrong(name, `must be one of ${choices.map((other) => `"${other}"`).join(", ")}`);
  }

  /** null when the field says `null`, else what `read` makes of it. */
  nullable<T>(name: string, read: () => T): T | null {
    this.#known.add(name);
    return this.#values[name] === null ? null : read();
  }

  object(name: string): Fields {
    return new Fields(this.#value(name, {}), this.#at(name));
  }

  /** A list of at most `most` objects. */
  list(name: string, most: number, otherwise?: readonly unknown[]): readonly Fields[] {
    const value = this.#value(name, otherwise);
    if (!Array.isArray(value) || value.length > most)
      return this.wrong(name, `must be a list of at most ${most} objects`);
    return value.map((item: unknown, i) => new Fields(item, `${this.#at(name)}[${i}]`));
  }

  /** Refuses fields that nobody asked for: most of them are typing mistakes. */
  nothingElse(): void {
    const stray = Object.keys(this.#values).find((name) => !this.#known.has(name));
    if (stray !== undefined) this.wrong(stray, `is not known; known here: ${[...this.#known].sort().join(", ")}`);
  }

  /** @param name empty: the object itself */
  wrong(name: string, what: string): never {
    throw new ScenarioFault(`In the scenario, ${name === "" ? this.#path || "the whole" : this.#at(name)} ${what}.`);
  }

  #value(name: string, otherwise: unknown): unknown {
    this.#known.add(name);
    if (this.has(name)) return this.#values[name];
    return otherwise === undefined ? this.wrong(name, "is missing") : otherwise;
  }

  #at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}
