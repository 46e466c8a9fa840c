/**
 * `GET /api/openapi.json`: the API as a document, made of the very schemas that check requests and write answers. It is
 * made when somebody first asks for it, with tools that are loaded only then: a service should start quickly.
 */
import type { RouteOptions } from "fastify";
import { Type } from "typebox";
import type { App } from "./app.ts";
import { ErrorBody, refusals } from "./errors.ts";

export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
}

/** Adds the endpoint; it describes the routes that are added after it as well. */
export function openapiApi(app: App, info: DocumentInfo): void {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    // To every GET there is a HEAD; nobody has to be told.
    if (route.method !== "HEAD") routes.push(route);
  });
  let document: Promise<object> | null = null;
  const schema = {
    summary: "This API, in the form of OpenAPI 3.1",
    response: { 200: Type.Object({}, { additionalProperties: true }), ...refusals() },
  };
  app.get("/api/openapi.json", { schema }, () => {
    document ??= describe(routes, info);
    return document;
  });
}

async function describe(routes: readonly RouteOptions[], info: DocumentInfo): Promise<object> {
  const [{ fastify }, { fastifySwagger }] = await Promise.all([import("fastify"), import("@fastify/swagger")]);
  // The tool has to be there before the routes, so they are shown to it once more, in an app that answers nobody.
  const shadow = fastify({
    exposeHeadRoutes: false,
    // It answers nobody, so it needs neither.
    schemaController: {
      compilersFactory: {
        buildValidator: () => () => Object.assign(() => true, { schema: {}, schemaEnv: {} }) as never,
        buildSerializer: () => () => JSON.stringify,
      },
    },
  });
  await shadow.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: info.title, version: info.version },
      // While a password is set, one of them; otherwise none is needed.
      security: [{ digest: [] }, { basic: [] }, {}],
      components: {
        securitySchemes: {
          digest: { type: "http", scheme: "digest", description: "The user name is empty" },
          basic: { type: "http", scheme: "basic", description: "Where the device's configuration allows it" },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json["$id"] ?? `schema-${i}`) },
  });
  shadow.addSchema(ErrorBody);
  for (const { method, url, schema = {} } of routes) shadow.route({ method, url, schema, handler: () => {} });
  await shadow.ready();
  return shadow.swagger();
}
