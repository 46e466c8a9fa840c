/**
 * Requests from a page to its own service. What comes of one is a value: an answer, or why there is none, in the
 * service's own words. Knows no endpoint.
 */

export interface Fault {
  /** `login`: the password has to be given (again); `away`: nobody answers. */
  readonly kind: "refused" | "login" | "away";
  /** The stable key of an error; empty without an answer. */
  readonly error: string;
  /** Which case of the error it is: a stable key; empty where there is one case only. */
  readonly reason: string;
  /** The service's own sentence; empty without an answer. */
  readonly message: string;
  /** Seconds after which it is worth trying again; 0: nobody said. */
  readonly retryAfter: number;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly status: number }
  | { readonly ok: false; readonly fault: Fault };

/**
 * Says that the request comes from a page of the service. Pages from elsewhere cannot send it, so the cookie of a login
 * counts with it only; and no refusal makes the browser ask for a password in a box of its own.
 */
export const pageHeader = { "x-openwps-page": "1" };

/**
 * Milliseconds after which a service that has not answered is taken to be away. Cancelling a pairing takes a while, and
 * so does everything on a very busy machine; that nobody is there at all the event stream tells sooner.
 */
const patienceMs = 30_000;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Who wants to know that a login is needed. */
const loginNeeded = new Set<() => void>();

/** Calls `tell` whenever a request is refused for want of a login, until the function it gives is called. */
export function onLoginNeeded(tell: () => void): () => void {
  loginNeeded.add(tell);
  return () => loginNeeded.delete(tell);
}

/** How often this page has logged in anew without its person having to; and that it is about to. */
let renewals = 0;
let renewal: Promise<unknown> = Promise.resolve();

/** Under which of its logins the page asks now: for `refusedUnder`. */
export function loginNow(): number {
  return renewals;
}

/**
 * A request was refused for want of a login. True: there is another login by now, with which to try again. Else all who
 * want to know are told.
 */
export async function refusedUnder(login: number): Promise<boolean> {
  await renewal;
  if (login !== renewals) return true;
  for (const tell of loginNeeded) tell();
  return false;
}

/** What ends this page's login and brings it another one. Ask within it by `askOnce`: everything else waits for its end. */
export function renewingLogin<T>(work: () => Promise<T>): Promise<T> {
  const done = work().finally(() => {
    renewals++;
  });
  renewal = done;
  return done;
}

const away: Fault = { kind: "away", error: "", reason: "", message: "", retryAfter: 0 };

/** Asks, and reads the answer as what the caller knows it to be; null where there is no body. */
export async function ask<T = null>(method: Method, path: string, body?: object): Promise<Answer<T>> {
  const login = loginNow();
  const answer = await askOnce<T>(method, path, body);
  if (answer.ok || answer.fault.kind !== "login" || path === sessionPath) return answer;
  return (await refusedUnder(login)) ? ask(method, path, body) : answer;
}

/** The same, and nobody is told of a refusal for want of a login. */
export async function askOnce<T = null>(method: Method, path: string, body?: object): Promise<Answer<T>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers: { ...pageHeader, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // What is asked for twice at a time a browser would ask for one after the other, to keep what nobody may keep.
      cache: "no-store",
      signal: AbortSignal.timeout(patienceMs),
    });
    text = await response.text();
  } catch {
    return { ok: false, fault: away };
  }
  const json = readJson(text);
  if (response.ok) return { ok: true, value: json as T, status: response.status };
  return { ok: false, fault: faultOf(response, json) };
}

/** Where pages log in; a refusal there is the answer to a wrong password, and no news. */
export const sessionPath = "/api/v1/session";

function faultOf(response: Response, json: unknown): Fault {
  const { error, reason, message } = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  return {
    kind: response.status === 401 ? "login" : "refused",
    error: typeof error === "string" ? error : "",
    reason: typeof reason === "string" ? reason : "",
    message: typeof message === "string" ? message : `${response.status} ${response.statusText}`,
    retryAfter: Number(response.headers.get("retry-after") ?? 0),
  };
}

function readJson(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
