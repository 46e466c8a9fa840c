/**
 * The configuration file: what could be typed as options, in TOML. A flag wins over the environment, that over the file,
 * and the file over the defaults. It knows no option by itself: whatever a command has may stand in its file.
 */
import { readFile, stat } from "node:fs/promises";
import { type Command, InvalidArgumentError, type Option } from "commander";
import { Complaint } from "./complaint.ts";
import { ListOption } from "./environment.ts";
import { EXIT } from "./exit-codes.ts";

/** What a file says, by option: `[hotspot] ssid` is the same as `hotspot_ssid`. */
export interface ConfigFile {
  readonly path: string;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Others than its owner may read it. */
  readonly isOpen: boolean;
}

interface Entry {
  /** As it stands in the file: `hotspot.ssid`. */
  readonly written: string;
  readonly value: unknown;
}

/**
 * Reads a configuration file. Null when there is none and nobody asked for it.
 * @param required a person named it
 */
export async function readConfigFile(path: string, required: boolean): Promise<ConfigFile | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !required) return null;
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new Complaint(`The configuration ${path} was not loaded: ${why}.`, EXIT.usage);
  }
  const { mode } = await stat(path);
  return { path, entries: entriesOf(path, await parseToml(path, text)), isOpen: (mode & 0o044) !== 0 };
}

async function parseToml(path: string, text: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ""] = error.message.split("\n");
    throw new Complaint(
      `${path}, line ${error.line}: this is not TOML: ${what.replace(/^Invalid TOML document: /, "")}.`,
      EXIT.usage,
    );
  }
}

function entriesOf(path: string, document: Record<string, unknown>): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (table: Record<string, unknown>, above: readonly string[]) => {
    for (const [name, value] of Object.entries(table)) {
      const names = [...above, name];
      if (isTable(value)) {
        add(value, names);
        continue;
      }
      const [key, written] = [names.join("_"), names.join(".")];
      const other = entries.get(key)?.written;
      if (other !== undefined)
        throw new Complaint(`${path}: ${other} and ${written} are the same option. Keep one of them.`, EXIT.usage);
      entries.set(key, { written, value });
    }
  };
  add(document, []);
  return entries;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** How an option is called in a configuration file: `--log-level` is `log_level`, `--no-mdns` is `mdns`. */
export function configKey(option: Option): string {
  return option.name().replace(/^no-/, "").replaceAll("-", "_");
}

/** Gives a command what its file says, but for what was typed or stands in the environment. */
export function applyConfig(command: Command, { path, entries }: ConfigFile): void {
  const options = new Map(command.options.filter(isInFile).map((option) => [configKey(option), option]));
  for (const [key, { written, value }] of entries) {
    const option = options.get(key);
    if (option === undefined)
      throw new Complaint(
        `${path}: ${JSON.stringify(written)} is not known here; known are: ${[...options.keys()].join(", ")}.`,
        EXIT.usage,
      );
    const attribute = option.attributeName();
    const source = command.getOptionValueSource(attribute);
    if (source !== undefined && source !== "default") continue;
    command.setOptionValueWithSource(attribute, readValue(path, written, value, option), "config");
  }
}

/** What tells where the file is does not stand in it. */
const isInFile = (option: Option) => option.name() !== "config";

function readValue(path: string, written: string, value: unknown, option: Option): unknown {
  const complain = (what: string) => new Complaint(`${path}: ${written} ${what}`, EXIT.usage);
  if (option.isBoolean() || option.negate) {
    if (typeof value !== "boolean") throw complain("must be true or false.");
    return value;
  }
  const texts: readonly unknown[] = option instanceof ListOption && Array.isArray(value) ? value : [value];
  let read: unknown;
  for (const text of texts) {
    if (typeof text !== "string") throw complain('must be a text, in quotes: "…".');
    if (option.argChoices !== undefined && !option.argChoices.includes(text))
      throw complain(`must be one of ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}.`);
    try {
      read =
        option.parseArg === undefined || option.argChoices !== undefined ? text : option.parseArg(text, read as never);
    } catch (error) {
      if (error instanceof InvalidArgumentError) throw complain(`is not right: ${error.message}`);
      throw error;
    }
  }
  return read;
}
