/**
 * Logins of pages: whoever has given the password once is known by a cookie for a while, because event streams cannot
 * do Digest and because browsers ask for Digest in a box of their own. A cookie counts only together with a header that
 * pages from elsewhere cannot send, and only under the password it was given for. Looks at no password.
 */
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Clock, Timer } from "../clock/clock.ts";

/** A login ends when its page has asked for nothing for so long, and after so long in any case. */
const idleMs = 12 * 3_600_000;
const longestMs = 7 * 24 * 3_600_000;
/** Logins at one time. One more ends the one that has not been used for longest. */
const mostLogins = 64;
const tokenLength = 32;

/**
 * The header by which requests say that they come from a page of ours. A page from elsewhere cannot send it: its
 * browser would ask us first, and hear no.
 */
const pageHeader = "x-openwps-page";

/** Somebody who is logged in. */
export interface Login {
  /** Aborts when it ends, by itself or not: what was opened under it ends, too. */
  readonly ended: AbortSignal;
}

declare module "fastify" {
  interface FastifyRequest {
    /** By which it was let in; null: by something else. */
    login: Login | null;
  }
}

interface OpenLogin extends Login {
  readonly begun: number;
  readonly end: () => void;
  timer: Timer;
}

/** Whether the request says that it comes from one of our pages. */
export function isFromPage({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return headers[pageHeader] !== undefined;
}

/** Who is logged in. Kept in memory: a restart ends all logins. */
export class Logins {
  readonly #clock: Clock;
  readonly #random: (length: number) => Uint8Array;
  /** By a hash of the token, so that how long a search takes tells nothing of the tokens; the one unused longest first. */
  readonly #open = new Map<string, OpenLogin>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: (length: number) => Uint8Array }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Begins a login, and gives the value of `Set-Cookie` for it. Whoever may begin one is decided by the caller. */
  begin(request: FastifyRequest): string {
    const token = Buffer.from(this.#random(tokenLength)).toString("base64url");
    const key = keyOf(token);
    const controller = new AbortController();
    const end = () => {
      this.#open.get(key)?.timer.cancel();
      this.#open.delete(key);
      controller.abort();
    };
    const timer = this.#clock.after(idleMs, end);
    this.#open.set(key, { ended: controller.signal, begun: this.#clock.now(), end, timer });
    const [oldest] = this.#open.values();
    if (this.#open.size > mostLogins) oldest?.end();
    return cookie(request, token, longestMs / 1000);
  }

  /** The login of a request from one of our pages; null: none. */
  of(request: FastifyRequest): Login | null {
    const token = isFromPage(request) ? tokenOf(request) : null;
    const key = token === null ? "" : keyOf(token);
    const login = this.#open.get(key);
    if (login === undefined) return null;
    login.timer.cancel();
    const left = Math.min(idleMs, login.begun + longestMs - this.#clock.now());
    login.timer = this.#clock.after(left, login.end);
    this.#open.delete(key);
    this.#open.set(key, login);
    return login;
  }

  /** Ends the login of a request, if it has one, and gives the value of `Set-Cookie` that takes its cookie away. */
  end(request: FastifyRequest): string {
    const token = tokenOf(request);
    if (token !== null) this.#open.get(keyOf(token))?.end();
    return cookie(request, "", 0);
  }

  endAll(): void {
    for (const login of [...this.#open.values()]) login.end();
  }
}

function keyOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** Browsers do not tell the ports of a host apart when they send cookies, and there may be a service on each. */
function cookieName({ socket }: FastifyRequest): string {
  return `openwps-${socket.localPort ?? 0}`;
}

function tokenOf(request: FastifyRequest): string | null {
  const name = cookieName(request);
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key = "", value = ""] = pair.trim().split("=", 2);
    if (key === name && value !== "") return value;
  }
  return null;
}

/** Strict: no request that another site has caused brings it along. */
function cookie(request: FastifyRequest, token: string, seconds: number): string {
  return `${cookieName(request)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
}
