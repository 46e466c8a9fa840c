/** The log of a service, on standard error: lines for people on a terminal, JSON for whatever collects logs elsewhere. */
import pino, { type Logger } from "pino";
import { type Paint, paintFor, printable } from "./terminal.ts";

/** Names of fields that are never logged, should one ever get into an object that is. */
const secrets = ["pin", "key", "password", "networkKey", "psk"].flatMap((name) => [name, `*.${name}`]);

/** @param level as pino names them; `info` in service */
export function createLog(level: string): Logger {
  const output = process.stderr;
  const options = { level, base: null, redact: secrets };
  if (!output.isTTY)
    return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
  const paint = paintFor(output);
  return pino(options, { write: (line: string) => void output.write(humanLine(line, paint)) });
}

/** What came from the air, as names of networks do, must not command the terminal. */
export function humanLine(line: string, paint: Paint): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line);
  const label = pino.levels.labels[level] ?? String(level);
  const colour = level >= 50 ? "red" : level >= 40 ? "yellow" : "cyan";
  const shown = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) =>
        ` ${paint("dim", `${name}=`)}${printable(typeof value === "string" ? value : JSON.stringify(value))}`,
    )
    .join("");
  const trace = err === undefined ? "" : `\n${err.stack ?? err.message ?? ""}`;
  return `${paint("dim", new Date(time).toLocaleTimeString("en-GB"))} ${paint(colour, label)} ${printable(msg)}${shown}${trace}\n`;
}
