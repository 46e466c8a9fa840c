/**
 * The carrier without a socket of our own: a child that speaks as wpa_cli and hostapd_cli do, told by its standard
 * input (secrets never stand in its arguments). Either the client of this machine, where the native module is missing,
 * or any command of a person's that reaches one elsewhere. Slower than a socket, and otherwise the same to its user.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { RadioError } from "../station-radio.ts";
import {
  byHand,
  type Endpoint,
  type EndpointListener,
  missing,
  type OpenEndpoint,
  type Server,
  unanswered,
} from "./endpoint.ts";

type Child = ChildProcessByStdio<Writable, Readable, Readable | null>;

/** How the client says that its daemon is gone. */
const lost =
  /^(?:Connection to \w+ lost|(?:Could not connect|Not connected) to \w+|Failed to connect to \w+|'.*' command (?:failed|timed out)\.$)/;

/** What a child says last before it ends is its reason; so much of it is shown. */
const longestReason = 200;

/** The client of this machine, at a socket of this machine. */
export function openCli(server: Server, listener: EndpointListener): Endpoint {
  if (!existsSync(server.path)) throw missing(server);
  const slash = server.path.lastIndexOf("/");
  const folder = server.path.slice(0, slash) || "/";
  const child = spawn(server.daemon.cli, ["-p", folder, "-i", server.path.slice(slash + 1)], {
    stdio: ["pipe", "pipe", "ignore"],
    // It keeps a history of what it was told in the home folder, and among that are keys.
    env: { ...process.env, HOME: "/nonexistent" },
  });
  return converse(child, server, listener, () => unanswered(server));
}

/**
 * A person's own command, such as `ssh root@router hostapd_cli -i wlan0`. It is run without a shell.
 * @param words program and arguments
 */
export function commandCarrier([program = "", ...args]: readonly string[]): OpenEndpoint {
  return (server, listener) => {
    // Detached from our terminal, where ssh would ask for a password behind everybody's back.
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
    let complaint = "";
    child.on("error", (error: NodeJS.ErrnoException) => {
      complaint = error.code === "ENOENT" ? `there is no program ${program}` : error.message;
    });
    child.stderr.on("data", (bytes: Uint8Array) => {
      complaint = (complaint + new TextDecoder().decode(bytes)).slice(-longestReason);
    });
    return converse(child, server, listener, () => commandEnded(server, complaint));
  };
}

function commandEnded({ path, daemon }: Server, complaint: string): RadioError {
  const reason = printable(complaint.trim().split("\n").at(-1) ?? "");
  return new RadioError(
    "gone",
    `The command "${path}" ended${reason === "" ? "" : `: ${reason.replace(/\.$/, "")}`}.`,
    byHand(daemon),
  );
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "");
}

/**
 * The client prints replies without an end mark. Each command is therefore followed by a word that no client knows, and
 * what it prints up to its complaint about that word is the reply. The word cannot be guessed: events show names that
 * anybody may send through the air, line breaks included.
 * Events come as lines `<N>text` in between, whoever asked for them, because the client attaches itself. hostapd_cli does
 * so on the one socket that it has, and can be told otherwise; for wpa_cli ATTACH and DETACH are answered here.
 */
function converse(child: Child, server: Server, listener: EndpointListener, reason: () => RadioError): Endpoint {
  const secret = randomBytes(8).toString("hex");
  const complaint = new RegExp(`Unknown command '(end-${secret}-\\d+)'$`);
  let marks = 0;
  const oneSocket = server.daemon.name === "hostapd";
  let open = true;
  let greeted = false;
  let reply: string[] = [];
  let attached = false;
  /** What to say instead of its own reply. */
  let answer: string | null = null;
  /** Lines that it will show again before their reply, as some builds do. */
  const echoes: string[] = [];

  const close = () => {
    if (!open) return;
    open = false;
    child.kill("SIGKILL");
  };
  const broken = () => {
    if (!open) return;
    close();
    listener.broken(reason());
  };
  child.on("error", broken);
  // Its last words may come after its exit.
  child.on("close", broken);
  // Who does not listen any more is about to end, and says why first.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (raw) => {
    if (!open) return;
    const line = raw.replace(/^[\r> ]+/, "");
    const [said, mark = ""] = complaint.exec(line) ?? [];
    if (line === "" && raw !== "") {
      // A prompt that an event has interrupted.
    } else if (echoes.includes(line)) {
      echoes.splice(0, echoes.indexOf(line) + 1);
    } else if (said !== undefined) {
      // A reply without a line break has the prompt and this behind it.
      const rest = line.slice(0, -said.length).replace(/> $/, "");
      if (rest !== "") reply.push(rest);
      echoes.splice(0, echoes.indexOf(mark) + 1);
      if (greeted) listener.message(answer ?? reply.join("\n"));
      if (greeted) answer = null;
      greeted = true;
      reply = [];
    } else if (/^(?:IFNAME=\S+ )?<\d>/.test(line)) {
      if (attached) listener.message(line);
    } else if (lost.test(line)) {
      broken();
    } else {
      reply.push(line);
    }
  });
  const tell = (...lines: readonly string[]) => {
    const mark = `end-${secret}-${marks++}`;
    echoes.push(...lines, mark);
    child.stdin.write([...lines, mark, ""].join("\n"));
  };
  // Whatever it says before the first mark is its greeting.
  tell(...(oneSocket ? ["raw DETACH"] : []));

  return {
    send: (command) => {
      if (!open) throw unanswered(server);
      if (/[\n\r]/.test(command)) throw new RadioError("refused", "A command has a line break in it.", "Report this.");
      const attaching = command === "ATTACH" || command === "DETACH";
      if (attaching) attached = command === "ATTACH";
      if (attaching && !oneSocket) {
        // Not before it has had its own start, with an ATTACH in it.
        answer = "OK\n";
        tell();
      } else tell(`raw ${command}`);
    },
    close,
  };
}
