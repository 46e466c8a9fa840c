/**
 * The pages of a service, as they were built: read once, compressed once, kept by browsers for as long as they stay what
 * they are. They hold nothing of the device, so everybody may read them; what they show comes by the API, to whom that
 * lets in. Which page is the first is said by the service.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { App } from "./app.ts";

export interface PagesOptions {
  /** Where the build has put them. */
  readonly folder: string;
  /** The page at `/`: the file of this name, without its ending. */
  readonly first: "station" | "registrar" | "demo";
}

/**
 * What a page may do: run the scripts and styles that came with it, and talk to its own service. No script in text, no
 * text that becomes script, nothing from elsewhere, no frame around it.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

interface Page {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** The name says what is in it, so that it never changes. */
  readonly lasting: boolean;
  zipped: Buffer | null;
}

/** The built pages begin with this; only the first one has an address of its own. */
const prefix = "/pages/";

/**
 * Serves them. Before routing, because they are no part of the API; and before passwords, because the page is what asks
 * for one. At `/` programs, which do not ask for HTML, find the list of endpoints.
 */
export function servePages(app: App, { folder, first }: PagesOptions): void {
  const pages = readPages(folder);
  app.addHook("onRequest", (request, reply, done) => {
    if (request.method !== "GET" && request.method !== "HEAD") return done();
    const path = request.url.split("?", 1)[0] ?? "";
    if (path === "/") reply.header("vary", "accept, accept-encoding");
    const wantsPage = path === "/" && /\btext\/html\b/.test(request.headers.accept ?? "");
    const page = pages.get(wantsPage ? `${prefix}${first}.html` : path);
    if (page === undefined) return done();
    answer(request, reply, page);
  });
}

function readPages(folder: string): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const type = types[extname(file)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(folder, file));
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    pages.set(prefix + file, { type, bytes, etag, lasting: !file.endsWith(".html"), zipped: null });
  }
  return pages;
}

function answer({ headers }: FastifyRequest, reply: FastifyReply, page: Page): void {
  reply.headers({
    "content-security-policy": policy,
    "cache-control": page.lasting ? "public, max-age=31536000, immutable" : "no-cache",
    etag: page.etag,
  });
  if (!reply.hasHeader("vary")) reply.header("vary", "accept-encoding");
  if (headers["if-none-match"]?.includes(page.etag)) return void reply.code(304).send();
  reply.type(page.type);
  if (!/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(String(headers["accept-encoding"] ?? "")))
    return void reply.send(page.bytes);
  page.zipped ??= gzipSync(page.bytes, { level: 9 });
  reply.header("content-encoding", "gzip").send(page.zipped);
}
