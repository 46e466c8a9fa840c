/**
 * `openwps lua`: runs a script with NodeMCU's modules, or talks Lua line by line without one. What the modules do is in
 * `nodemcu/`; here are files, output, time, and the end.
 */
import { readFile } from "node:fs/promises";
import { systemClock } from "../clock/system-clock.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { LuaScript, ScriptError } from "../nodemcu/lua/script.ts";
import { type Nodemcu, openNodemcu } from "../nodemcu/nodemcu.ts";
import { Complaint } from "./complaint.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { LuaDialogue } from "./lua-dialogue.ts";
import { openRadio, type RadioChoice } from "./radio-option.ts";
import { aborted } from "./signals.ts";

export interface LuaCommand {
  /** null: Lua is read line by line from standard input. */
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
  const dialogue = text === null ? new LuaDialogue() : null;
  const onMistake = dialogue?.complain.bind(dialogue);
  const timeIsUp = new AbortController();
  const limit = seconds === null ? null : clock.after(seconds * 1000, () => timeIsUp.abort());
  try {
    while (true) {
      const nodemcu = await drive(openNodemcu({ radio, clock }));
      const script = new LuaScript({
        nodemcu,
        name: file ?? "stdin",
        print: dialogue?.print.bind(dialogue) ?? print,
        ...(onMistake && { onMistake }),
      });
      const round = new AbortController();
      const timeUp = aborted(timeIsUp.signal, round.signal);
      const works = Promise.race<End>([
        aborted(signal, round.signal).then(() => "cancelled"),
        timeUp.then(() => "over"),
        script.ended.then(() => "restart"),
        runToEnd(script, nodemcu, dialogue ?? text ?? "", seconds === null ? null : timeUp),
      ]);
      let end: End | { readonly error: unknown };
      try {
        end = await (virtual === null ? works : jumpUntil(works, virtual, script));
      } catch (error) {
        end = { error };
      }
      round.abort();
      await script.close();
      if (typeof end === "object") {
        // What has gone wrong leaves the device as it was; that this may fail too is not what to tell.
        await drive(nodemcu.close({ keep: false })).catch(() => {});
        throw end.error instanceof ScriptError ? new Complaint(end.error.message) : end.error;
      }
      const { keepTrouble } = await drive(nodemcu.close({ keep: end !== "restart" }));
      if (keepTrouble !== null) process.stderr.write(`Not kept: ${keepTrouble}\n`);
      if (end !== "restart") return end === "cancelled" ? EXIT.cancelled : EXIT.success;
    }
  } finally {
    dialogue?.close();
    limit?.cancel();
    await drive(close());
  }
}

/** @param stays until when, if not until nothing is under way any more */
async function runToEnd(
  script: LuaScript,
  { quiet }: Nodemcu,
  source: string | LuaDialogue,
  stays: Promise<void> | null,
): Promise<End> {
  const end = await (typeof source === "string" ? script.chunk(source) : source.converse(script));
  if (end === "restart") return end;
  // Who ends a dialogue waits for nothing; a pipe is at its end when nothing more is to come.
  if (typeof source !== "string" && source.isTerminal) return "over";
  await quiet();
  await stays;
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

async function readScript(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`;
    throw new Complaint(`The script ${file} was not run: ${why}.`);
  });
  // As Lua does it: a first line that begins with # is the shell's.
  return text.replace(/^\uFEFF?(?:#.*)?/, "");
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
