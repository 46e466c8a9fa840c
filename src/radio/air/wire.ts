/**
 * What travels over the socket of `air@SOCKET`: one JSON object a line. Bytes and secrets are tagged, because JSON has
 * neither; whoever can open the socket may know the keys, and nobody else can (its mode is 0600).
 */
import type { Socket } from "node:net";
import { fromHex, toHex } from "../../wsc/bytes.ts";
import { Secret } from "../../wsc/secret.ts";

/** The longest line, in characters, that either end reads. */
export const longestLine = 256 * 1024;

/** The first line of every server. */
export const greeting = { air: 1 } as const;

export interface WireError {
  /** A kind of `RadioError`, or `bug` for what no person can mend. */
  readonly kind: string;
  readonly message: string;
  readonly hint: string;
}

/** What a client sends. `id` is its own choice and comes back in every answer. */
export type Request =
  | { readonly id: number; readonly call: string; readonly args: unknown }
  | { readonly id: number; readonly abort: true };

/** What a server answers: a value or an error ends a call, `done` ends a stream of items. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly item: unknown }
  | { readonly id: number; readonly done: true }
  | { readonly id: number | null; readonly error: WireError };

export function encodeLine(value: unknown): string {
  return `${JSON.stringify(tagged(value))}\n`;
}

/** The value of a line; undefined when it is no JSON. */
export function decodeLine(line: string): unknown {
  try {
    return JSON.parse(line, untag);
  } catch {
    return undefined;
  }
}

function tagged(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (value instanceof Secret) return { $secret: toHex(value.reveal()) };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, tagged(inner)]));
}

function untag(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const [tag, hex] = Object.entries(value)[0] ?? [];
  if ((tag !== "$bytes" && tag !== "$secret") || typeof hex !== "string" || !/^([0-9a-f]{2})*$/.test(hex)) return value;
  return tag === "$bytes" ? fromHex(hex) : new Secret(fromHex(hex));
}

/** Cuts what a socket receives into lines. A line that gets too long closes the socket. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line);
    if (rest.length > longestLine) socket.destroy();
  });
}
