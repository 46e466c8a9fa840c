/**
 * Lua line by line: reads lines from a terminal or a pipe, runs each, and shows what is wrong with it. Owns the
 * terminal's line: what a callback prints meanwhile goes above it.
 */
import { clearLine, createInterface, cursorTo, type Interface } from "node:readline";
import { type LuaScript, ScriptError } from "../nodemcu/lua/script.ts";

export class LuaDialogue {
  readonly #lines: Interface;
  /** A person is at the other end. */
  readonly isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  readonly #iterator: AsyncIterator<string>;
  /** The line that is waited for: a script that begins anew waits for the same. */
  #next: Promise<IteratorResult<string>> | null = null;
  #script: LuaScript | null = null;
  #isAsking = false;
  #text = "";

  constructor() {
    const { stdin: input, stdout: output } = process;
    this.#lines = createInterface(this.isTerminal ? { input, output } : { input });
    this.#iterator = this.#lines[Symbol.asyncIterator]();
    // In a terminal of readline's, Ctrl-C is a key.
    this.#lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    if (this.isTerminal) process.stdout.write("Lua 5.4 with wps, wifi, tmr and node. Ctrl-D ends it.\n");
  }

  /** Gives each text to the script, until there is no more of it. */
  async converse(script: LuaScript): Promise<"restart" | "over"> {
    this.#script = script;
    this.#text = "";
    while (true) {
      this.#ask();
      this.#next ??= this.#iterator.next();
      const { value: line, done } = await this.#next;
      if (this.#script !== script) return "restart";
      this.#isAsking = false;
      if (done) break;
      this.#next = null;
      this.#text += this.#text === "" ? line : `\n${line}`;
      try {
        const end = await script.chunk(this.#text, true);
        if (end === "restart") return end;
        if (end === "done") this.#text = "";
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
        this.#text = "";
        this.complain(error);
      }
    }
    if (this.isTerminal) process.stdout.write("\n");
    if (this.#text !== "")
      this.complain(new ScriptError("stdin: the input ended before the statement did; it was not run."));
    return "over";
  }

  /** Resolves when the text is out. */
  print(text: string): Promise<void> {
    return this.#above((done) => process.stdout.write(text, done));
  }

  complain({ message }: ScriptError): void {
    void this.#above((done) => process.stderr.write(`${message}\n`, done));
  }

  close(): void {
    this.#lines.close();
  }

  #ask(): void {
    if (!this.isTerminal) return;
    this.#isAsking = true;
    this.#lines.setPrompt(this.#text === "" ? "> " : ">> ");
    // What is typed already is kept, and the cursor stays behind it.
    this.#lines.prompt(true);
  }

  async #above(write: (done: () => void) => void): Promise<void> {
    // Something may be typed ahead where nobody has asked.
    if (this.#isAsking || this.#lines.line !== "") {
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
    await new Promise<void>((resolve) => write(resolve));
    if (this.#isAsking) this.#lines.prompt(true);
  }
}
