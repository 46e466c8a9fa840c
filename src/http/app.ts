/**
 * The web framework as this house uses it: strict about what comes in, plain about what it could not read.
 * Has no routes of its own.
 */
import type {} from "@fastify/swagger"; // adds `summary` to the type of route schemas
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { compilersFactory } from "./compilers.ts";
import { Connections } from "./connections.ts";
import { answerBadUrl, answerErrors, BadUtf8, bodyLimit, ErrorBody, protectiveHeaders, refuse } from "./errors.ts";
import { guardOrigins } from "./origins.ts";

/** Milliseconds within which a request's head has to come in, and all of it. */
const headersTimeout = 10_000;
const requestTimeout = 20_000;
/** How long a connection stays open for the next request, and one on which neither side says anything at all. */
const keepAliveTimeout = 10_000;
const connectionTimeout = 60_000;

/** What every API file adds its routes to. */
export type App = ReturnType<typeof createApp>;

/**
 * A server without routes.
 * @param logger where failures of the service's own are logged; nowhere without it
 * @param hostName the name that the service answers to besides the machine's own
 */
export function createApp(logger: FastifyBaseLogger | undefined, hostName: () => string) {
  const app = Fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // Requests are not news. What they do is logged by what they do it to.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    http: {
      headersTimeout,
      connectionsCheckingInterval: 2_000,
      // That it is missing is said in the API's own form.
      requireHostHeader: false,
    },
    requestTimeout,
    keepAliveTimeout,
    connectionTimeout,
    forceCloseConnections: "idle",
    // What is said then is said below, in the API's own form.
    return503OnClosing: false,
    rewriteUrl: ({ url = "/", headers }) => {
      // A request as for a proxy: its address counts, whatever Host says.
      const [, host, path] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
      if (host === undefined) return url;
      headers.host = host;
      return path?.startsWith("/") ? path : `/${path}`;
    },
    frameworkErrors: answerBadUrl,
    routerOptions: { ignoreTrailingSlash: true },
    schemaController: { compilersFactory },
    // Fields nobody knows and values of the wrong type are refused, not dropped or bent until they fit. The schemas are
    // our own: to check those as well would take longer than all the rest of the first request.
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        verbose: true,
        validateSchema: false,
      },
    },
    clientErrorHandler: (error, socket) => connections.refuse(error, socket),
  }).withTypeProvider<TypeBoxTypeProvider>();

  const connections = new Connections(app.server);
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
    connections.close();
  });

  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const text = readUtf8(Buffer.from(body));
    // As the framework's own, but an empty body is no body: some clients send the content type always.
    if (text === "") done(null, undefined);
    else if (text === null) done(new BadUtf8());
    else parseJson(request, text, done);
  });

  // With a callback, which is not called for those who are refused: after a promise the framework would go on, should
  // the refusal not have left the house by then.
  app.addHook("onRequest", ({ headers, raw }, reply, done) => {
    reply.headers(protectiveHeaders);
    if (closing) return void refuse(reply.header("connection", "close"), "closing", "The service is being stopped.");
    if (headers.host === undefined && raw.httpVersion === "1.1")
      return void refuse(reply, "bad-request", "The request has no Host header.");
    done();
  });
  guardOrigins(app, hostName);
  app.addSchema(ErrorBody);
  answerErrors(app);
  return app;
}

/** null: it is not UTF-8, and what stands in for the broken parts would be taken for what was meant. */
function readUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
