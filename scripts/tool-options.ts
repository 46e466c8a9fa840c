/**
 * The command line of the tools in bench/ and fuzz/: options by name, each with the value it has when it is not given.
 * Whoever gets one wrong reads a sentence, and the tool ends with 2, as `openwps` itself does.
 */
import { parseArgs } from "node:util";

type Defaults = { readonly [name: string]: number | string };
type Options<D extends Defaults> = { readonly [N in keyof D]: D[N] extends number ? number : string };

/**
 * Reads the arguments of this process. An option whose default is a number takes whole numbers, `1_000` too, and 0 only
 * if that is the default.
 */
export function toolOptions<const D extends Defaults>(defaults: D): Options<D> {
  const read = readOptions(process.argv.slice(2), defaults);
  return typeof read === "string" ? fail(read) : read;
}

/** Says what is wrong, and ends the tool. */
export function fail(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

/** The same for any arguments; a sentence where something is wrong with them. */
export function readOptions<const D extends Defaults>(args: readonly string[], defaults: D): Options<D> | string {
  const names = Object.keys(defaults);
  const known = names.map((name) => `--${name}`).join(", ");
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" }] as const));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values: { [name: string]: number | string } = { ...defaults };
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") return `${token.value} is no option. There are: ${known}.`;
    const { name, rawName, value } = token;
    if (!names.includes(name)) return `There is no option ${rawName}. There are: ${known}.`;
    if (value === undefined || value === "") return `${rawName} takes a value, and none is there.`;
    const isNumber = typeof defaults[name] === "number";
    const number = Number(value.replaceAll("_", ""));
    const least = defaults[name] === 0 ? 0 : 1;
    if (isNumber && !(Number.isSafeInteger(number) && number >= least))
      return `${rawName} takes a whole number from ${least} on, and ${value} is none.`;
    values[name] = isNumber ? number : value;
  }
  // Every name has its default's type, or what was checked against it.
  return values as Options<D>;
}
