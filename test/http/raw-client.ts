/** A client that sends bytes as they are told, and reads answers as strictly as a program that trusts nobody. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Status line and headers as they came. */
  readonly head: string;
  readonly body: string;
}

/** A connection that is open. Whatever comes of it, it throws nothing by itself. */
export async function open(port: number, localAddress = "127.0.0.1", host = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ port, host, localAddress });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** How long nothing has to come after the answers that are waited for, to show that there are no more. */
const silenceMs = 100;
/** How long an answer is waited for: machines that test many things at once are slow. */
const patienceMs = 15_000;

/**
 * Sends these pieces one after the other, and gives all that comes back until the server ends the connection, or has
 * given so many answers (interim ones do not count) and then says nothing for a moment.
 */
export async function exchange(
  port: number,
  pieces: readonly (string | Uint8Array)[],
  { answers = 1, host }: { readonly answers?: number; readonly host?: string } = {},
): Promise<string> {
  const socket = await open(port, undefined, host);
  const chunks: Uint8Array[] = [];
  const told = () => Buffer.concat(chunks).toString("latin1");
  const over = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.setTimeout(silenceMs);
    socket.on("timeout", () => (countAnswers(told()) >= answers ? resolve() : undefined));
    setTimeout(resolve, patienceMs).unref();
  });
  socket.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  for (const piece of pieces) if (!socket.destroyed) socket.write(piece);
  await over;
  socket.destroy();
  return told();
}

/** 0, too, while the last one is not there in whole. */
function countAnswers(text: string): number {
  try {
    return parseAnswers(text).length;
  } catch {
    return 0;
  }
}

/** Reads answers end to end; throws when anything in them is not as HTTP has it. Interim answers (1xx) are left out. */
export function parseAnswers(text: string): readonly Answer[] {
  const answers: Answer[] = [];
  for (let rest = text; rest !== ""; ) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) throw new Error(`no end of the head: ${JSON.stringify(rest.slice(0, 200))}`);
    const [first = "", ...lines] = rest.slice(0, end).split("\r\n");
    const [, status = "", reason = ""] = /^HTTP\/1\.1 (\d{3}) ([\w ]+)$/.exec(first) ?? [];
    if (status === "") throw new Error(`no status line: ${JSON.stringify(first)}`);
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const [, name = "", value = ""] = /^([\w-]+): ([\x20-\x7e]*)$/.exec(line) ?? [];
      if (name === "") throw new Error(`no header: ${JSON.stringify(line)}`);
      headers[name.toLowerCase()] = value;
    }
    rest = rest.slice(end + 4);
    if (status.startsWith("1")) continue;
    const length = Number(headers["content-length"]);
    if (!Number.isInteger(length)) throw new Error(`no length: ${first}`);
    if (rest.length < length) throw new Error(`${rest.length} of ${length} bytes of a body`);
    answers.push({
      status: Number(status),
      reason,
      headers,
      head: [first, ...lines].join("\r\n"),
      body: rest.slice(0, length),
    });
    rest = rest.slice(length);
  }
  return answers;
}

/** All that comes until the server ends the connection. */
export async function collect(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket.setEncoding("latin1")) text += chunk;
  return text;
}
