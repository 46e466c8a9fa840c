/**
 * A terminal as the commands use it: colour only where one looks at it, and a last line that is rewritten in place.
 * On anything else than a terminal the same text goes out line by line.
 */
import type { WriteStream } from "node:tty";
import { stripVTControlCharacters, styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "hasColors" | "columns">>;

/** Colours for a stream: none unless a terminal with colours is behind it and NO_COLOR is not set. */
export function paintFor(output: Output): Paint {
  const colours = output.isTTY === true && output.hasColors?.() === true;
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}

/** Text from the air or a file, made harmless for a terminal: control characters become `·`. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach the terminal
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "·");
}

/** Pads by what is seen, so that colours do not count. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stripVTControlCharacters(text).length));
}

/** A text in lines of at most `width` characters, broken at blanks; a longer word stays whole. Without colours. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A line at the bottom that changes in place, with finished lines above it. */
export class LiveLine {
  readonly #output: Output;
  #shown = "";

  constructor(output: Output) {
    this.#output = output;
  }

  /** Whether lines can be rewritten here at all; without it `show` prints nothing. */
  get live(): boolean {
    return this.#output.isTTY === true;
  }

  show(text: string): void {
    if (!this.live || text === this.#shown) return;
    const width = (this.#output.columns || 80) - 1;
    this.#output.write(`\r\u001b[2K${cutTo(text, width)}`);
    this.#shown = text;
  }

  /** Prints a whole line above the live one. */
  print(text: string): void {
    const shown = this.#shown;
    this.clear();
    this.#output.write(`${text}\n`);
    this.show(shown);
  }

  clear(): void {
    if (this.#shown !== "") this.#output.write("\r\u001b[2K");
    this.#shown = "";
  }
}

/** Cuts to a width; a text that has to be cut loses its colours, because a cut escape would colour the rest. */
function cutTo(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length <= width ? text : `${plain.slice(0, width - 1)}…`;
}
