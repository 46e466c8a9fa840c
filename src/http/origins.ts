/**
 * Who may talk to the service at all: the device's own pages, and programs that are no browser. A page from elsewhere
 * in the person's browser neither starts a pairing nor reads an answer. Passwords are not the matter here.
 */
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { refuse } from "./errors.ts";

/**
 * Adds the checks of Host and Origin to every request.
 * @param ownName the host name by which others know this machine now, beside the one it has by itself
 */
export function guardOrigins(app: FastifyInstance, ownName: () => string = hostname): void {
  // With a callback, which is not called for those who are refused: after a promise the framework would go on, should
  // the refusal not have left the house by then.
  app.addHook("onRequest", (request, reply, done) => {
    const { host, origin } = request.headers;
    if (isOwnHost(host, [hostname(), ownName()]) && isOwnOrigin(origin, host) && isOwnFetch(request)) return done();
    // A foreign page gets the answer of an empty address, and no CORS header that would let it read even that.
    refuse(reply, "not-found", "There is nothing here for pages and names from elsewhere.");
  });
}

/**
 * Whether a Host header names this machine: by address, by its own name, or under a suffix that no stranger can
 * register. A stranger's name that resolves to this machine (DNS rebinding) is none of these.
 */
function isOwnHost(host: string | undefined, own: readonly string[]): boolean {
  if (host === undefined) return true; // HTTP/1.0 has none, and no browser speaks that.
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(host)?.[1];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = host.replace(/:\d+$/, "").replace(/\.$/, "").toLowerCase();
  if (isIP(name) === 4 || name === "localhost" || own.some((one) => one.toLowerCase() === name)) return true;
  return /^[^.].*\.(?:local|localhost|lan|internal|home\.arpa)$/.test(name);
}

/** Whether an Origin header, where a browser sent one, names the very host that was asked. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.host === host?.toLowerCase().replace(/:80$/, "");
}

/**
 * Whether a browser, if it says at all whose page asks, says that it is one of ours or nobody's. Images, frames and
 * the like come without Origin. A link that a person follows from elsewhere is welcome: the page it came from sees
 * nothing of the answer.
 */
function isOwnFetch({ headers, method }: FastifyRequest): boolean {
  const { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest } = headers;
  if (site === undefined || site === "same-origin" || site === "none") return true;
  return mode === "navigate" && dest === "document" && (method === "GET" || method === "HEAD");
}
