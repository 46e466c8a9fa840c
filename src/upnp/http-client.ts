/**
 * One request to a router and its answer, within limits of length and time. Names are not looked up, and redirections not
 * followed: where a request goes was decided by whoever asks.
 */
import { type IncomingMessage, request } from "node:http";
import { isIPv4 } from "node:net";
import type { Clock } from "../clock/clock.ts";
import { concat } from "../wsc/bytes.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { LONGEST_XML } from "./xml.ts";

/** How long a router may take for an answer; hostapd computes keys meanwhile. */
const PATIENCE_MS = 30_000;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "SUBSCRIBE" | "UNSUBSCRIBE" | "NOTIFY";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Why there is no answer. */
export type HttpFault =
  | { readonly kind: "unreachable"; readonly why: string }
  | { readonly kind: "noAnswer" }
  | { readonly kind: "answerTooLong" }
  /** What came is no HTTP, or has too many headers. */
  | { readonly kind: "notHttp" };

export interface HttpContext {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** How long the whole answer may take; 30 s without it. */
  readonly patienceMs?: number | undefined;
}

/** For a word of farewell: who does not hear it finds out by its own clock. */
export const FAREWELL_MS = 5_000;

/** What an address must be to be asked at all: HTTP at a numeric IPv4 address. Relative ones need a base. Null otherwise. */
export function readHttpUrl(text: string, base?: URL): URL | null {
  if (!URL.canParse(text, base?.href)) return null;
  const url = new URL(text, base);
  const isPlain = url.protocol === "http:" && url.username === "" && url.password === "";
  return isPlain && isIPv4(url.hostname) ? url : null;
}

/** Asks. @throws the signal's reason once it aborts */
export async function ask(
  url: URL,
  { method, headers = {}, body = "" }: HttpRequest,
  { clock, signal, patienceMs = PATIENCE_MS }: HttpContext,
): Promise<Result<HttpAnswer, HttpFault>> {
  signal?.throwIfAborted();
  const bytes = new TextEncoder().encode(body);
  const answered = await new Promise<Result<HttpAnswer, HttpFault>>((resolve) => {
    const asking = request(
      url,
      { method, headers: { ...headers, Connection: "close", "Content-Length": bytes.length }, agent: false, signal },
      (answer) => {
        readBody(answer).then(
          (read) => {
            if (read === null) asking.destroy();
            resolve(
              read === null
                ? err({ kind: "answerTooLong" })
                : ok({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }),
            );
          },
          (error: unknown) => resolve(err(faultOf(error))),
        );
      },
    );
    const patience = clock.after(patienceMs, () => {
      resolve(err({ kind: "noAnswer" }));
      asking.destroy();
    });
    asking.on("error", (error) => resolve(err(faultOf(error))));
    asking.on("close", () => patience.cancel());
    asking.end(bytes);
  });
  signal?.throwIfAborted();
  return answered;
}

function faultOf(error: unknown): HttpFault {
  // Node's parser of HTTP names its errors so.
  if (error instanceof Error && "code" in error && String(error.code).startsWith("HPE_")) return { kind: "notHttp" };
  return { kind: "unreachable", why: error instanceof Error ? error.message : String(error) };
}

/** Null for one that is too long. */
async function readBody(message: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_XML) return null;
    parts.push(part);
  }
  return concat(...parts);
}
