/**
 * `GET /api/openapi.json`: the API as a document, made of the very schemas that check requests and write answers. It is
 * made when somebody first asks for it, with tools that are loaded only then: a service should start quickly.
 */
import { STATUS_CODES } from "node:http";
import type { RouteOptions } from "fastify";
import { Type } from "../schema/type.ts";
import type { App } from "./app.ts";
import { ErrorBody, refusals } from "./errors.ts";
import { optionalBody } from "./optional-body.ts";

export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
}

/** Adds the endpoint. @param routes what it describes; may still grow until the app is ready */
export function openapiApi(app: App, info: DocumentInfo, routes: readonly RouteOptions[]): void {
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
  for (const { method, url, schema = {} } of routes)
    shadow.route({
      method,
      url,
      schema: { ...schema, response: described(schema.response) },
      handler: () => {},
    });
  await shadow.ready();
  const document = shadow.swagger();
  for (const { url } of routes.filter(({ preValidation }) => preValidation === optionalBody)) {
    const post = document.paths?.[url.replaceAll(/:(\w+)/g, "{$1}")]?.post;
    if (post !== undefined && "requestBody" in post && post.requestBody !== undefined)
      Object.assign(post.requestBody, { required: false });
  }
  return document;
}

/** An answer that says nothing of itself is described by the words for its status. */
function described(response: unknown): object {
  const answers: readonly (readonly [string, object])[] = Object.entries(response ?? {});
  return Object.fromEntries(
    answers.map(([status, answer]) => [
      status,
      "description" in answer ? answer : { ...answer, "x-response-description": STATUS_CODES[status] },
    ]),
  );
}
