/** A small protected service, and curl: for the tests of passwords beside this file. */
import { execFile, spawnSync } from "node:child_process";
import type { AddressInfo } from "node:net";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { createApp } from "../../src/http/app.ts";
import { type AuthenticationOptions, authenticate } from "../../src/http/authentication.ts";
import { settingsApi } from "../../src/http/settings-api.ts";
import { openServiceSettings, readPassword } from "../../src/settings/settings.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";

/** One request as the service saw it, with what it answered. */
export interface Seen {
  readonly method: string;
  readonly authorization: string | null;
  readonly status: number;
  readonly challenge: string;
}

export type Protected = Awaited<ReturnType<typeof openProtected>>;

/**
 * Settings at `/api/v1/settings`, and an echo of method and body at `/echo`, protected by this password; null: by none.
 * With `fixed`, it comes from a file. The service listens on `url`. Its clock stands until it is told to move. Close it.
 */
export async function openProtected(
  password: string | null,
  options: Partial<Pick<AuthenticationOptions, "digest" | "basic">> & { readonly fixed?: boolean } = {},
) {
  const clock = new VirtualClock();
  const secret = password === null ? null : readPassword(password);
  const settings = await openServiceSettings({
    store: createMemoryStore(),
    defaults: { name: "", hostName: "openwps", protection: secret !== null, password: secret },
    fixedPassword: options.fixed ? secret : null,
  });
  const app = createApp(undefined, () => settings.current.hostName);
  authenticate(app, { settings, clock, ...options });
  settingsApi(app, settings);
  // An answer that takes its time: what was refused must not be handled all the same meanwhile.
  app.addHook("onSend", async (_request, _reply, payload) => payload);
  const handled: string[] = [];
  app.all("/echo", async (request) => {
    handled.push(request.method);
    return { method: request.method, body: request.body ?? null };
  });
  app.get("/open", { config: { open: true } }, async () => ({ open: true }));
  /** Sends the client on to `/echo`, when nonces have become older by so much. */
  app.get<{ Params: { ms: string } }>("/later/:ms", async (request, reply) => {
    await clock.advance(Number(request.params.ms));
    return reply.redirect("/echo");
  });
  const seen: Seen[] = [];
  app.addHook("onResponse", async ({ method, headers }, reply) => {
    const challenge = [reply.getHeader("www-authenticate") ?? []].flat().join("\n");
    seen.push({ method, authorization: headers.authorization ?? null, status: reply.statusCode, challenge });
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { app, clock, settings, seen, handled, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}

export interface CurlResult {
  /** curl's own exit code. */
  readonly exit: number;
  /** The status of the last answer. */
  readonly status: number;
  /** The bodies of the last answer to each address, end to end. */
  readonly body: string;
}

/** Runs curl, silently. */
export function curl(...args: readonly string[]): Promise<CurlResult> {
  const all = ["--silent", "--show-error", "--max-time", "10", "--write-out", "\n%{http_code}", ...args];
  return new Promise((resolve, reject) => {
    execFile("curl", all, (error, stdout) => {
      if (error !== null && typeof error.code !== "number") return reject(error);
      const end = stdout.lastIndexOf("\n");
      resolve({
        exit: Number(error?.code ?? 0),
        status: Number(stdout.slice(end + 1)),
        body: stdout.slice(0, end),
      });
    });
  });
}

/** Why tests with curl cannot run here; null when they can. In CI they must, so that there it throws. */
export function curlMissing(): string | null {
  if (spawnSync("curl", ["--version"]).error === undefined) return null;
  const sentence = "curl is not installed: apt-get install curl";
  if (process.env["CI"]) throw new Error(sentence);
  console.warn(`Skipped: ${sentence}`);
  return sentence;
}
