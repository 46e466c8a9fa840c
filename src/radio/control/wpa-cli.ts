/**
 * The carrier without a native module: `wpa_cli` as a child, told by its standard input (secrets never stand in its
 * arguments). Slower than a socket, and otherwise the same to whoever uses it.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { RadioError } from "../station-radio.ts";
import { type Endpoint, type EndpointListener, missing, unanswered } from "./endpoint.ts";

/** How it says that wpa_supplicant is gone. */
const lost =
  /^(?:Connection to wpa_supplicant lost|(?:Could not connect|Not connected) to wpa_supplicant|'.*' command (?:failed|timed out)\.$)/;

/**
 * wpa_cli prints replies without an end mark. Each command is therefore followed by a PING, and everything up to the
 * line PONG is the reply. Events come as lines `<N>text` in between, whoever asked for them: wpa_cli attaches itself,
 * so ATTACH and DETACH are answered here.
 */
export function openWpaCli(serverPath: string, listener: EndpointListener): Endpoint {
  if (!existsSync(serverPath)) throw missing(serverPath);
  const slash = serverPath.lastIndexOf("/");
  const child = spawn("wpa_cli", ["-p", serverPath.slice(0, slash) || "/", "-i", serverPath.slice(slash + 1)], {
    stdio: ["pipe", "pipe", "ignore"],
    // It keeps a history of what it was told in the home folder, and among that are keys.
    env: { ...process.env, HOME: "/nonexistent" },
  });
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
    listener.broken();
  };
  child.on("error", broken);
  child.on("exit", broken);
  child.stdin.on("error", broken);
  createInterface({ input: child.stdout }).on("line", (raw) => {
    if (!open) return;
    const line = raw.replace(/^[\r> ]+/, "");
    if (line === "" && raw !== "") {
      // A prompt that an event has interrupted.
    } else if (echoes.includes(line)) {
      echoes.splice(0, echoes.indexOf(line) + 1);
    } else if (/^(?:IFNAME=\S+ )?<\d>/.test(line)) {
      if (attached) listener.message(line);
    } else if (line === "PONG") {
      if (greeted) listener.message(answer ?? reply.join("\n"));
      if (greeted) answer = null;
      greeted = true;
      reply = [];
    } else if (lost.test(line)) {
      broken();
    } else {
      reply.push(line);
    }
  });
  const tell = (command: string) => {
    echoes.push(`raw ${command}`);
    child.stdin.write(`raw ${command}\n`);
  };
  // Whatever it says before the first PONG is its greeting.
  tell("PING");

  return {
    send: (command) => {
      if (!open) throw unanswered(serverPath);
      if (/[\n\r]/.test(command)) throw new RadioError("refused", "A command has a line break in it.", "Report this.");
      if (command === "ATTACH" || command === "DETACH") {
        attached = command === "ATTACH";
        // Not before it has had its own start, with an ATTACH in it.
        answer = "OK\n";
        tell("PING");
      } else {
        if (command !== "PING") tell(command);
        tell("PING");
      }
    },
    close,
  };
}
