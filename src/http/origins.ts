/**
 * Who may talk to the service at all: the device's own pages, and programs that are no browser. A page from elsewhere
 * in the person's browser neither starts a pairing nor reads an answer. Passwords are not the matter here.
 */
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { refuse } from "./errors.ts";

/** Adds the checks of Host and Origin to every request. */
export function guardOrigins(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const { host, origin } = request.headers;
    // A foreign page gets the answer of an empty address, and no CORS header that would let it read even that.
    if (!isOwnHost(host) || !isOwnOrigin(origin, host))
      return refuse(reply, "not-found", "There is nothing here for pages and names from elsewhere.");
  });
}

/**
 * Whether a Host header names this machine: by address, by its own name, or under a suffix that no stranger can
 * register. A stranger's name that resolves to this machine (DNS rebinding) is none of these.
 */
function isOwnHost(host: string | undefined): boolean {
  if (host === undefined) return true; // HTTP/1.0 has none, and no browser speaks that.
  const name = /^\[([^\]]+)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, "").toLowerCase();
  if (isIP(name) !== 0) return true;
  const own = hostname().toLowerCase();
  return name === own || name === "localhost" || /\.(?:local|localhost|lan|internal|home\.arpa)$/.test(name);
}

/** Whether an Origin header, where a browser sent one, names the very host that was asked. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.host === host?.toLowerCase().replace(/:80$/, "");
}
