/**
 * A client of HTTP Digest of our own, for what curl does not do: qop auth-int, nonces and counts that somebody chooses,
 * and the manners of other clients. Written from RFC 7616 without a line of the server's.
 */
import { createHash } from "node:crypto";

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string;
  readonly algorithm: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly password: string;
  readonly nc: number;
  readonly qop?: "auth" | "auth-int";
  readonly body?: string;
  readonly username?: string;
  readonly cnonce?: string;
  /** The cnonce of the session key, where it is another. */
  readonly firstCnonce?: string;
}

/** The Digest challenges of an answer, in their order. */
export function challengesOf(answer: { headers: { get(name: string): string | null } }): Challenge[] {
  const all = answer.headers.get("www-authenticate") ?? "";
  return all
    .split(/, (?=Digest |Basic )/)
    .filter((one) => one.startsWith("Digest "))
    .map((one) => {
      const field = (name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(one)?.[1] ?? "";
      return { realm: field("realm"), nonce: field("nonce"), opaque: field("opaque"), algorithm: field("algorithm") };
    });
}

/** The fields of an Authorization header, in the order in which they are sent, without quotes. */
export function fieldsFor(challenge: Challenge, asked: Asked): Record<string, string> {
  const { realm, nonce, opaque, algorithm } = challenge;
  const { method, path, password, qop = "auth", body = "", username = "", cnonce = "0a4f113b" } = asked;
  const hash = (text: string) =>
    createHash(algorithm.startsWith("SHA-256") ? "sha256" : "md5")
      .update(text, "utf8")
      .digest("hex");
  const nc = asked.nc.toString(16).padStart(8, "0");
  let ha1 = hash(`${username}:${realm}:${password}`);
  if (algorithm.endsWith("-sess")) ha1 = hash(`${ha1}:${nonce}:${asked.firstCnonce ?? cnonce}`);
  const ha2 = hash(qop === "auth-int" ? `${method}:${path}:${hash(body)}` : `${method}:${path}`);
  const response = hash(`${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
  return { username, realm, nonce, uri: path, algorithm, opaque, qop, nc, cnonce, response };
}

/** The header of these fields. */
export function headerOf(fields: Record<string, string>): string {
  const bare = ["algorithm", "qop", "nc"];
  const one = ([name, value]: [string, string]) => (bare.includes(name) ? `${name}=${value}` : `${name}="${value}"`);
  return `Digest ${Object.entries(fields).map(one).join(", ")}`;
}

/** Asks without a password for the first challenge there is. */
export async function getChallenge(url: string): Promise<Challenge> {
  const [challenge] = challengesOf(await fetch(`${url}/echo`));
  if (challenge === undefined) throw new Error("there is no challenge");
  return challenge;
}

/** Makes one request with an Authorization header, given or made from a challenge. */
export async function ask(url: string, asked: Asked, authorization: Challenge | string): Promise<Response> {
  const { method, path, body } = asked;
  const header = typeof authorization === "string" ? authorization : headerOf(fieldsFor(authorization, asked));
  return fetch(`${url}${path}`, {
    method,
    headers: { authorization: header, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body }),
  });
}
