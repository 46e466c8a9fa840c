/**
 * `openwps lua`: runs a script with NodeMCU's modules, or talks Lua line by line without one. What the modules do is in
 * `nodemcu/`; here are files, output, time, and the end.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { systemClock } from "../clock/system-clock.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { LuaScript, ScriptError } from "../nodemcu/lua/script.ts";
import { openNodemcu } from "../nodemcu/nodemcu.ts";
import { Complaint } from "./complaint.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { openRadio, type RadioChoice } from "./radio-option.ts";
import { aborted } from "./signals.ts";

export interface LuaCommand {
  /** null: a dialogue on standard input. */
  readonly file: string | null;
  readonly choice: RadioChoice;
  /** How long it runs; null: until nothing is under way any more. */
  readonly seconds: number | null;
  /** In virtual time, on simulated air of this process. */
  readonly fast: boolean;
  readonly signal: AbortSignal;
}

type End = "restart" | "over" | "cancelled";

/** Runs it, and gives the code to end with. */
export async function runLua(command: LuaCommand): Promise<ExitCode> {
  const { file, choice, seconds, fast, signal } = command;
  if (fast && (choice.type !== "air" || file === null))
    throw new Complaint("--fast needs a script, and simulated air of its own: --radio air or air:FILE.", EXIT.usage);
  const text = file === null ? null : await readScript(file);
  const virtual = fast ? new VirtualClock() : null;
  const clock = virtual ?? systemClock;
  const drive = <T>(promise: Promise<T>) => virtual?.until(promise) ?? promise;
  const { radio, close } = await openRadio(choice, clock);
  const timeIsUp = new AbortController();
  const limit = seconds === null ? null : clock.after(seconds * 1000, () => timeIsUp.abort());
  try {
    while (true) {
      const nodemcu = await drive(openNodemcu({ radio, clock }));
      const script = new LuaScript({ nodemcu, name: file ?? "stdin", print });
      let end: End | ScriptError;
      try {
        const works: Promise<End>[] = [
          aborted(signal).then(() => "cancelled"),
          aborted(timeIsUp.signal).then(() => "over"),
        ];
        works.push(script.ended.then(() => "restart"));
        if (text === null) works.push(converse(script));
        else works.push(runToEnd(script, text, () => nodemcu.quiet(), timeIsUp.signal, seconds !== null));
        const first = Promise.race(works);
        end = await (virtual === null ? first : jumpUntil(first, virtual, script));
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
        end = error;
      } finally {
        await script.close();
      }
      // A script that has gone wrong leaves the device as it was, and so does one that begins anew.
      const left = await drive(nodemcu.close({ keep: end === "over" || end === "cancelled" }));
      if (left.keepTrouble !== null) process.stderr.write(`Not kept: ${left.keepTrouble}\n`);
      if (end instanceof ScriptError) throw new Complaint(end.message);
      if (end !== "restart") return end === "cancelled" ? EXIT.cancelled : EXIT.success;
    }
  } finally {
    limit?.cancel();
    await drive(close());
  }
}

async function runToEnd(
  script: LuaScript,
  text: string,
  quiet: () => Promise<void>,
  timeIsUp: AbortSignal,
  stays: boolean,
): Promise<End> {
  const end = await script.chunk(text);
  if (end === "restart") return end;
  await quiet();
  if (stays) await aborted(timeIsUp);
  return "over";
}

/** Lets time jump while the script waits for it. */
async function jumpUntil(promise: Promise<End>, clock: VirtualClock, script: LuaScript): Promise<End> {
  let isOver = false;
  const note = () => {
    isOver = true;
  };
  promise.then(note, note);
  while (true) {
    // One that begins anew is never idle again.
    await Promise.race([script.idle(), promise.then(note, note)]);
    if (isOver) return promise;
    // Lets what has just become known be acted upon, before time goes on.
    await new Promise((resolve) => setImmediate(resolve));
    if (!isOver) await clock.jump();
  }
}

/** Reads lines, runs each, and shows what is wrong with it. */
async function converse(script: LuaScript): Promise<End> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  const prompt = (text: string) => process.stdin.isTTY && process.stdout.write(text);
  let text = "";
  prompt("> ");
  for await (const line of lines) {
    text += text === "" ? line : `\n${line}`;
    try {
      const end = await script.chunk(text, true);
      if (end === "restart") return end;
      if (end !== "incomplete") text = "";
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      process.stderr.write(`${error.message}\n`);
      text = "";
    }
    prompt(text === "" ? "> " : ">> ");
  }
  return "over";
}

async function readScript(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`;
    throw new Complaint(`The script ${file} was not run: ${why}.`);
  });
  return text;
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
