/**
 * The web framework as this house uses it: strict about what comes in, plain about what it could not read.
 * Has no routes of its own.
 */
import type {} from "@fastify/swagger"; // adds `summary` to the type of route schemas
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { answerBadUrl, answerErrors, bodyLimit, notHttp, protectiveHeaders } from "./errors.ts";
import { guardOrigins } from "./origins.ts";

/** Connections at one time; each of them costs memory before anything is asked. */
const maxConnections = 256;
/** How long a closing server waits for requests under way. */
const closeGraceMs = 1_000;

/** What every API file adds its routes to. */
export type App = ReturnType<typeof createApp>;

/** A server without routes. @param logger where failures of the service's own are logged; nowhere without it. */
export function createApp(logger: FastifyBaseLogger | undefined) {
  const app = Fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // Requests are not news. What they do is logged by what they do it to.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    // A request that does not arrive within this time is not worth a socket.
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    frameworkErrors: answerBadUrl,
    routerOptions: { ignoreTrailingSlash: true },
    // Fields nobody knows and values of the wrong type are refused, not dropped or bent until they fit.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, verbose: true } },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(notHttp);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // As the framework's own, but an empty body is no body: some clients send the content type always.
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else parseJson(request, body.toString(), done);
  });

  app.server.maxConnections = maxConnections;
  // Idle connections are closed at once. One on which nothing or half a request has come, or whose client does not
  // take its answer, is not idle, and would keep the service from its end.
  app.addHook("preClose", async () => void setTimeout(() => app.server.closeAllConnections(), closeGraceMs).unref());

  app.addHook("onRequest", async (_request, reply) => void reply.headers(protectiveHeaders));
  guardOrigins(app);
  answerErrors(app);
  return app;
}
