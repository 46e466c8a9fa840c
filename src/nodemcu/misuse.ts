/** What the modules raise when a script uses them wrongly, and the checks that they share. */

/** A script's mistake: a sentence that begins with the name of the function. In Lua it carries the script's line. */
export class MisuseError extends Error {
  override readonly name = "MisuseError";
}

/** @throws MisuseError unless the value is a function */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== "function")
    throw new MisuseError(`${name}: the callback must be a function, not ${kindOf(value)}.`);
}

/** @throws MisuseError unless the value is a whole number in the range */
export function checkInteger(name: string, what: string, value: unknown, least: number, most: number): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
    throw new MisuseError(`${name}: the ${what} must be a whole number from ${least} to ${most}, not ${shown(value)}.`);
}

/** @throws MisuseError with the constants to choose from unless the value is one of them */
export function checkOneOf(name: string, value: unknown, constants: Readonly<Record<string, number>>): void {
  if (Object.values(constants).includes(value as number)) return;
  throw new MisuseError(`${name}: expected one of ${Object.keys(constants).join(", ")}, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "number" ? String(value) : kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}
