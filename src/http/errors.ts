/**
 * What the API says when it cannot do as asked: `{"error": key, "message": sentence}`, always in this form.
 * Keys are stable and meant for programs, sentences for people. No stack traces, no secrets, no framework's own words.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RadioError } from "../radio/station-radio.ts";
import { type Static, Type } from "../schema/type.ts";
import { StoreError } from "../store/store.ts";

/** Bytes of the largest body that is read. */
export const bodyLimit = 8192;

/**
 * Every key with the status it travels under. Clients know the codes 400 401 404 409 429 500 503 and no others, so
 * what other servers answer with 405 is 404 here, and 413, 415 and 431 are 400: the request has to be changed.
 */
const STATUS = {
  "bad-request": 400,
  "bad-json": 400,
  "wrong-content-type": 400,
  "too-large": 400,
  "unknown-field": 400,
  "bad-value": 400,
  "bad-pin": 400,
  "wrong-check-digit": 400,
  "bad-bssid": 400,
  "too-slow": 400,
  unauthorized: 401,
  "not-found": 404,
  "wrong-method": 404,
  "unknown-access-point": 404,
  "unknown-instance": 404,
  "unknown-device": 404,
  "unknown-request": 404,
  "unknown-entry": 404,
  busy: 409,
  overlap: 409,
  "no-hotspot": 409,
  "fixed-by-file": 409,
  "drops-stations": 409,
  "no-shared-key": 409,
  "own-keys": 409,
  disabled: 409,
  "too-many-streams": 429,
  "too-many-attempts": 429,
  internal: 500,
  "not-stored": 500,
  "radio-gone": 503,
  "radio-refused": 503,
  "store-gone": 503,
  closing: 503,
} as const;

/**
 * Headers of every answer: it is what its type says, nobody keeps it, no page shows or embeds it, and should a browser
 * take it for a page, nothing in it runs and no address leaks from it.
 */
export const protectiveHeaders = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

/** A body that is not UTF-8. */
export class BadUtf8 extends Error {}

export type ErrorKey = keyof typeof STATUS;

/** The body of every error, as a schema. */
export const ErrorBody = Type.Object(
  {
    error: Type.String({ description: "A stable key, for programs" }),
    message: Type.String({ description: "What happened and what to do, for people" }),
    reason: Type.Optional(
      Type.String({
        description: "Which of several cases of this error it is, where they are told apart: a stable key",
      }),
    ),
  },
  { $id: "Error" },
);

const refErrorBody = Type.Unsafe<Static<typeof ErrorBody>>({ $ref: "Error#" });

/** Keys that any request may meet: unreadable headers, a page from elsewhere, a bug of ours, the end of the service. */
const everywhere = ["bad-request", "not-found", "internal", "closing"] as const;
/** Keys that any request may meet that needs the password: none, or too many wrong ones. */
const protection = ["unauthorized", "too-many-attempts"] as const;
type Protected = (typeof protection)[number];
/** Keys that any request with a body may meet. */
export const bodyFaults = [
  "bad-request",
  "bad-json",
  "wrong-content-type",
  "too-large",
  "unknown-field",
  "bad-value",
] as const;

type Refusals<K extends ErrorKey> = {
  readonly [S in (typeof STATUS)[K | (typeof everywhere)[number]]]: typeof refErrorBody;
};

/**
 * The error answers of a route's response schema: these keys, and those that any request may meet. The document of
 * the API says which key comes with which status.
 */
export function refusals<const K extends ErrorKey>(...keys: readonly K[]): Refusals<K | Protected> {
  return openRefusals<K | Protected>(...keys, ...protection);
}

/** {@link refusals} of a route that needs no password. */
export function openRefusals<const K extends ErrorKey>(...keys: readonly K[]): Refusals<K> {
  const byStatus = new Map<number, ErrorKey[]>();
  for (const key of new Set<ErrorKey>([...keys, ...everywhere]))
    byStatus.set(STATUS[key], [...(byStatus.get(STATUS[key]) ?? []), key]);
  const schemas = [...byStatus].map(([status, found]) => [
    status,
    {
      description: `\`error\` is ${found.map((key) => `\`${key}\``).join(" or ")}`,
      content: { "application/json": { schema: refErrorBody } },
    },
  ]);
  return Object.fromEntries(schemas);
}

interface Refusable {
  code(status: number): { send(body: unknown): unknown };
}

/**
 * Answers with an error. The caller returns the reply, so that `return refuse(reply, ...)` ends a handler.
 * @param reason a stable key, where one error has cases that a page says in other words
 */
export function refuse<R extends Refusable>(reply: R, error: ErrorKey, message: string, reason?: string): R {
  reply.code(STATUS[error]).send({ error, message, ...(reason === undefined ? {} : { reason }) });
  return reply;
}

/** Installs the answers to what no handler answers: unknown paths, unreadable requests, broken radios and disks, bugs. */
export function answerErrors(app: FastifyInstance): void {
  const routes: { readonly method: string; readonly url: RegExp }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    const pattern = new RegExp(`^${url.replaceAll(/:[^/]+/g, "[^/]+")}/?$`);
    for (const one of [method].flat()) routes.push({ method: one, url: pattern });
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const methods = routes.filter(({ url }) => url.test(path)).map(({ method }) => method);
    if (methods.length === 0) return refuse(reply, "not-found", `There is nothing at ${shown(path)}.`);
    reply.header("allow", methods.join(", "));
    return refuse(
      reply,
      "wrong-method",
      `${shown(path)} does not answer ${request.method}, only ${methods.join(", ")}.`,
    );
  });

  app.setErrorHandler((error: FastifyError | RadioError | StoreError | BadUtf8, request, reply) => {
    // The framework closes the connection after a body that it does not like, also while it is still coming in: that is
    // answered with a reset, and the client may never see what was wrong. Unread bodies end with their time.
    reply.removeHeader("connection");
    if (error instanceof RadioError)
      return refuse(reply, error.kind === "gone" ? "radio-gone" : "radio-refused", `${error.message} ${error.hint}`);
    if (error instanceof StoreError) return refuse(reply, "not-stored", `${error.message} ${error.hint}`);
    if (error instanceof BadUtf8) return refuse(reply, "bad-json", "The body is not valid UTF-8.");
    const [key, message] = explain(error);
    if (key === "internal") request.log.error({ err: error }, "a request failed");
    return refuse(reply, key, message);
  });
}

/** Answers a URL that cannot be decoded; the router sends it here instead of to the error handler. */
export function answerBadUrl(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  refuse(reply.headers(protectiveHeaders), "bad-request", "The address cannot be read: it contains a broken % escape.");
}

/**
 * The answer to what the parser of HTTP could not or would not read, as bytes for the socket.
 * @param code the parser's own name for it
 */
export function answerToNoHttp(code: string | undefined): string {
  const [error, message] = explainNoHttp(code);
  const body = JSON.stringify({ error, message });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    ...protectiveHeaders,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return ["HTTP/1.1 400 Bad Request", ...lines, "", body].join("\r\n");
}

function explainNoHttp(code: string | undefined): [ErrorKey, string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return ["too-large", "The address and headers of the request are longer than what is read here."];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return ["too-slow", "The request did not come in within the time that is given to one."];
    case "CONNECT":
      return ["bad-request", "This is no proxy."];
    default:
      return ["bad-request", "That was not a readable HTTP request."];
  }
}

function explain(error: FastifyError): [ErrorKey, string] {
  const invalid = error.validation?.[0];
  if (invalid !== undefined) return explainInvalid(invalid);
  switch (error.code) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return ["wrong-content-type", "A body must be JSON, sent with the header Content-Type: application/json."];
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return ["too-large", `The body is larger than ${bodyLimit} bytes, which is all that is read here.`];
    case "FST_ERR_CTP_INVALID_JSON_BODY":
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return ["bad-json", "The body is not valid JSON."];
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return ["bad-request", "The body is not as long as its Content-Length says."];
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return ["bad-request", "The request cannot be read."];
  return ["internal", "Something went wrong in here; the service's log says what. Please report it."];
}

type Invalid = NonNullable<FastifyError["validation"]>[number];

/** Words for what the validator found; `parentSchema` comes with its option `verbose`. */
function explainInvalid(invalid: Invalid & { parentSchema?: { properties?: object } }): [ErrorKey, string] {
  const field = invalid.instancePath.slice(1).replaceAll("/", ".");
  const where = field === "" ? "The body" : `The field ${JSON.stringify(field)}`;
  const { additionalProperty, allowedValues, missingProperty, type, limit, multipleOf } = invalid.params;
  switch (invalid.keyword) {
    case "additionalProperties": {
      const known = Object.keys(invalid.parentSchema?.properties ?? {}).join(", ");
      return [
        "unknown-field",
        `The field ${shown(String(additionalProperty))} is not known here; known are: ${known}.`,
      ];
    }
    case "enum":
      return ["bad-value", `${where} must be one of ${(allowedValues as unknown[]).map(shown).join(", ")}.`];
    case "type":
      return ["bad-value", `${where} must be ${article[String(type)] ?? String(type)}.`];
    case "required":
      return ["bad-value", `The field ${shown(String(missingProperty))} is missing.`];
    case "minimum":
      return ["bad-value", `${where} must be at least ${limit}.`];
    case "maximum":
      return ["bad-value", `${where} must be at most ${limit}.`];
    case "multipleOf":
      return ["bad-value", `${where} must be a multiple of ${multipleOf}.`];
    case "minLength":
      return ["bad-value", `${where} must have at least ${limit} ${limit === 1 ? "character" : "characters"}.`];
    case "maxLength":
      return ["bad-value", `${where} must have at most ${limit} ${limit === 1 ? "character" : "characters"}.`];
    default:
      return ["bad-value", `${where} ${invalid.message ?? "is not valid"}.`];
  }
}

const article: Record<string, string> = {
  object: "a JSON object",
  string: "a string",
  boolean: "true or false",
  number: "a number",
  integer: "a whole number",
};

/** A piece of the request as it may be shown in a sentence: quoted, without control characters, not endless. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 100 ? `${text.slice(0, 100)}…"` : text;
}
