/**
 * HTTP Digest, the server's side of its text and its arithmetic (RFC 7616; RFC 2617 is the same for MD5): what a
 * challenge says, what an Authorization header says, and which response a password leads to. Whether a nonce may still
 * be used is for `nonces.ts`, what follows from it all for `authentication.ts`.
 */
import { createHash } from "node:crypto";
import { equal } from "../wsc/crypto.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import type { Secret } from "../wsc/secret.ts";

const algorithms = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"] as const;
export type Algorithm = (typeof algorithms)[number];

const qops = ["auth", "auth-int"] as const;
export type Qop = (typeof qops)[number];

/** What an Authorization header says. Texts have one character for each byte that came, as headers have in Node. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  /** The address that the client asks for, as it was hashed. */
  readonly uri: string;
  /** Lower-case hex, as long as the algorithm makes it. */
  readonly response: string;
  readonly algorithm: Algorithm;
  readonly qop: Qop;
  /** At most {@link longestCnonce} characters: it may have to be kept. */
  readonly cnonce: string;
  /** 8 hex digits, not all 0; how often the client has used the nonce. */
  readonly nc: string;
  /** null: the client did not send it back. */
  readonly opaque: string | null;
}

/** What of the request, and of what is known of the client, goes into a response. */
export interface Digested {
  readonly method: string;
  readonly password: Secret;
  /** The body's bytes; hashed with qop auth-int only. */
  readonly body: Uint8Array;
}

/** Characters of the longest Authorization header that is read, and of the longest cnonce. */
const longestHeader = 4096;
export const longestCnonce = 256;

/** A challenge, as the value of one WWW-Authenticate header. `stale` tells the client that its password was right. */
export function digestChallenge(options: {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string;
  readonly algorithm: Algorithm;
  readonly stale: boolean;
}): string {
  const { realm, nonce, opaque, algorithm, stale } = options;
  // Quotes stand where RFC 7616, 3.3 has them. Clients that do only one qop look for "auth", so it is first.
  return (
    `Digest realm="${realm}", qop="auth,auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}", ` +
    `charset=UTF-8${stale ? ", stale=true" : ""}`
  );
}

/** One parameter after another: a name, and a token or a quoted text; lists may have empty places (RFC 9110, 5.6.1). */
const parameter = (() => {
  const token = "([!#$%&'*+.^_`|~\\w-]+)";
  const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
  return new RegExp(`[ \\t,]*${token}[ \\t]*=[ \\t]*(?:${quoted}|${token})[ \\t]*(?=,|$)`, "sy");
})();

/**
 * Reads an Authorization header of the scheme Digest. What is not known in it is passed over; what is there twice, or
 * too long, or missing, is refused. The error is a sentence.
 */
export function parseDigest(header: string): Result<DigestCredentials, string> {
  if (header.length > longestHeader) return err(`The Authorization header is longer than ${longestHeader} characters.`);
  // Node gives a character for each byte; what is none would be hashed as another one.
  if (/[^\0-\xff]/.test(header)) return err("The Authorization header cannot be read.");
  const scheme = /^digest +/i.exec(header)?.[0];
  if (scheme === undefined) return err("The Authorization header is not one of Digest.");
  const fields = readParameters(header, scheme.length);
  if (!fields.ok) return fields;
  const field = (name: string) => fields.value.get(name) ?? null;

  // These names are RFC 7616's; without an algorithm it is MD5.
  const algorithm = named(algorithms, field("algorithm") ?? "MD5");
  const qop = named(qops, field("qop") ?? "");
  const [username, realm, nonce, uri] = [field("username"), field("realm"), field("nonce"), field("uri")];
  const [cnonce, nc, response] = [field("cnonce"), field("nc"), field("response")];
  const wrong = (name: string) => err(`In the Authorization header, ${name} is missing or not valid.`);
  if (username === null) return wrong("username");
  if (realm === null) return wrong("realm");
  if (nonce === null) return wrong("nonce");
  if (uri === null) return wrong("uri");
  if (algorithm === null) return wrong("algorithm");
  if (qop === null) return wrong("qop");
  if (cnonce === null || cnonce === "" || cnonce.length > longestCnonce) return wrong("cnonce");
  if (nc === null || !/^[\da-f]{8}$/i.test(nc) || Number.parseInt(nc, 16) === 0) return wrong("nc");
  if (response === null || !/^[\da-f]+$/.test(response) || response.length !== hexDigits(algorithm))
    return wrong("response");
  return ok({ username, realm, nonce, uri, response, algorithm, qop, cnonce, nc, opaque: field("opaque") });
}

function readParameters(header: string, start: number): Result<ReadonlyMap<string, string>, string> {
  const fields = new Map<string, string>();
  parameter.lastIndex = start;
  while (true) {
    const end = parameter.lastIndex;
    const [, name, quoted, token] = parameter.exec(header) ?? [];
    if (name === undefined)
      return /^[ \t,]*$/.test(header.slice(end)) ? ok(fields) : err("The Authorization header cannot be read.");
    const key = name.toLowerCase();
    // Which of the two counts would be a guess, and another program in the way may guess otherwise.
    if (fields.has(key)) return err("The Authorization header says something twice.");
    fields.set(key, quoted === undefined ? (token ?? "") : quoted.replaceAll(/\\(.)/gs, "$1"));
  }
}

function named<T extends string>(names: readonly T[], text: string): T | null {
  return names.find((name) => name.toLowerCase() === text.toLowerCase()) ?? null;
}

/**
 * The response that these credentials have with this password (RFC 7616, 3.4.1).
 * @param sessionCnonce for the algorithms that end in -sess: the cnonce that the session key was made with
 */
export function digestResponse(
  { username, realm, nonce, uri, algorithm, qop, cnonce, nc }: Omit<DigestCredentials, "response" | "opaque">,
  { method, password, body }: Digested,
  sessionCnonce: string = cnonce,
): string {
  const hash = (...parts: readonly (string | Uint8Array)[]) => {
    const of = createHash(algorithm.startsWith("MD5") ? "md5" : "sha256");
    for (const [i, part] of parts.entries()) {
      if (i > 0) of.update(":");
      if (typeof part === "string") of.update(part, "latin1");
      else of.update(part);
    }
    return of.digest("hex");
  };
  const key = hash(username, realm, password.reveal());
  const a1 = algorithm.endsWith("-sess") ? hash(key, nonce, sessionCnonce) : key;
  const a2 = qop === "auth-int" ? hash(method, uri, hash(body)) : hash(method, uri);
  return hash(a1, nonce, nc, cnonce, qop, a2);
}

/**
 * Whether whoever made these credentials knows the password. Takes the same time for each wrong response.
 * @param firstCnonce the cnonce that this nonce was first used with; null: it is not known to have been used
 */
export function isRightResponse(
  credentials: DigestCredentials,
  digested: Digested,
  firstCnonce: string | null = null,
): boolean {
  // A session key is made with the first cnonce of the nonce, says RFC 7616, 3.4.2. Browsers and Python's requests
  // take a new cnonce for each request, and make a new key with it. Both need the password.
  const right = [credentials.cnonce, firstCnonce ?? credentials.cnonce].map((cnonce) =>
    equal(bytes(credentials.response), bytes(digestResponse(credentials, digested, cnonce))),
  );
  return right.includes(true);
}

const bytes = (text: string) => Buffer.from(text, "latin1");

function hexDigits(algorithm: Algorithm): number {
  return algorithm.startsWith("MD5") ? 32 : 64;
}
