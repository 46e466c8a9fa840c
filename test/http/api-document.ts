/**
 * The API's own document as a judge of its answers: asks over a real socket, and holds each answer, read to the byte,
 * against what the document says of it. Keeps count of what was seen.
 */
import { Check } from "typebox/schema";
import { expect } from "vitest";
import { openOnAir } from "./on-air.ts";
import { type Answer, exchange, parseAnswers } from "./raw-client.ts";

/** What the document says of an answer. */
interface Promised {
  readonly description: string;
  readonly content?: Record<string, { schema: object }>;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly responses: Readonly<Record<string, Promised>>;
}

/** A request. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Of the body; JSON without it. */
  readonly type?: string;
  readonly headers?: readonly string[];
}

/** What there is of the API, as an app of its own describes it. */
export const operations = await (async (): Promise<readonly Operation[]> => {
  const onAir = await openOnAir();
  const { paths, components } = (await onAir.app.inject({ url: "/api/openapi.json" })).json();
  await onAir.close();
  const errorSchema = components.schemas.Error;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, object>).map(
      ([method, { requestBody, responses }]: [string, { requestBody?: object; responses?: object }]) => ({
        method: method.toUpperCase(),
        path,
        hasBody: requestBody !== undefined,
        responses: JSON.parse(
          JSON.stringify(responses, (_, value) => (value?.$ref === "#/components/schemas/Error" ? errorSchema : value)),
        ),
      }),
    ),
  );
})();

/** Codes that were seen, and keys of errors with them, by method and path. */
export const seen = new Set<string>();

/** A request as it goes over the wire. */
export const lines = (
  { method, path, body, type = "application/json", headers = [] }: Asked,
  ...more: readonly string[]
) => {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const ofBody = body === undefined ? [] : [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(text)}`];
  return [`${method} ${path} HTTP/1.1`, "Host: localhost", ...ofBody, ...headers, ...more, "", text].join("\r\n");
};

/** The operation that an address belongs to. */
export function operationOf({ method, path }: Asked): Operation {
  const found = operations.find(
    (one) => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  if (found === undefined) throw new Error(`${method} ${path} is not in the document`);
  return found;
}

/** The keys of errors that the document names for an answer. */
export function keysOf(promised: Promised | undefined): readonly string[] {
  const [, keys = ""] = /^`error` is (.*)$/.exec(promised?.description ?? "") ?? [];
  return [...keys.matchAll(/`([a-z-]+)`/g)].map(([, key = ""]) => key);
}

/** Checks an answer by what the document says of it. */
export function check(asked: Asked, answer: Answer): void {
  const operation = operationOf(asked);
  const where = `${asked.method} ${asked.path} → ${answer.status} ${answer.body}`;
  const promised = operation.responses[answer.status];
  expect(promised, `${where} is not in the document`).toBeDefined();
  expect(answer.headers, where).toMatchObject({
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
  });
  const [[type, media] = []] = Object.entries(promised?.content ?? {});
  if (type === undefined || media === undefined) expect(answer.body, where).toBe("");
  else if (type === "application/json") {
    expect(answer.headers["content-type"], where).toBe("application/json; charset=utf-8");
    expect(Check(media.schema, JSON.parse(answer.body)), where).toBe(true);
  } else expect(answer.headers["content-type"], where).toContain(type);
  if (answer.status >= 400) {
    const { error, message } = JSON.parse(answer.body);
    const fields = Object.keys(JSON.parse(answer.body)).filter((field) => field !== "reason");
    expect(fields, where).toEqual(["error", "message"]);
    expect(error, where).toMatch(/^[a-z-]+$/);
    expect(message, where).toMatch(/^[A-Z"].*\.$/s);
    expect(keysOf(promised), where).toContain(error);
    seen.add(`${operation.method} ${operation.path} ${answer.status} ${error}`);
  }
  seen.add(`${operation.method} ${operation.path} ${answer.status}`);
}

/** Asks on a connection of its own, and checks the answer. */
export async function ask(port: number, asked: Asked): Promise<Answer> {
  // A stream's answer has no end, and so no length.
  if (asked.path.endsWith("/events") && (asked.headers ?? []).length === 0) return watch(port, asked);
  const text = await exchange(port, [lines(asked, "Connection: close")]);
  const [answer, ...more] = parseAnswers(text);
  if (answer === undefined || more.length > 0) throw new Error(`not one answer: ${text}`);
  check(asked, answer);
  return answer;
}

async function watch(port: number, asked: Asked): Promise<Answer> {
  const leave = new AbortController();
  const { status, statusText, headers, body } = await fetch(`http://127.0.0.1:${port}${asked.path}`, {
    signal: leave.signal,
  });
  const text = status === 200 ? "" : await new Response(body).text();
  leave.abort();
  const answer = { status, reason: statusText, headers: Object.fromEntries(headers), head: "", body: text };
  check(asked, answer);
  return answer;
}
