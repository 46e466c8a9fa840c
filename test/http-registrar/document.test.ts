/** The registrar's own document: it has every endpoint, and each field of each answer. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lampAsks, lampIsIn, pbc } from "./conformance-rows.ts";
import { addressOf, devicePin, devices, instances, one, operations } from "./operations.ts";
import { instance, openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

let api: RegistrarApi;
beforeEach(async () => {
  api = await openRegistrarApi();
});
afterEach(() => api.close());

describe("the document", () => {
  test("has every route of the index, and each reference in it leads somewhere", async () => {
    const document = (await api.ask("GET", "/api/openapi.json")).body;
    const index = (await api.ask("GET", "/")).body.endpoints as { method: string; path: string }[];
    const named = index.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const documented = (await operations(api)).map(({ method, route }) => `${method} ${route}`);
    expect(documented.sort()).toEqual(named.sort());
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, reference = ""] of references) {
      const found = reference
        .split("/")
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect(found, reference).toBeDefined();
    }
  });

  test("names each field of each answer of the registrar's own", async () => {
    const { paths } = (await api.ask("GET", "/api/openapi.json")).body;
    await lampIsIn(api);
    await lampAsks(api);
    await api.ask("POST", `${instance}/enrolment`, pbc);
    const schemaOf = (route: string) => paths[route].get.responses["200"].content["application/json"].schema;
    for (const route of ["/api/v1/wps", devicePin, instances, one, `${one}/status`, devices, "/api/v1/requests"]) {
      const { body } = await api.ask("GET", addressOf(route));
      const schema = schemaOf(route);
      const known = Object.keys((schema.items ?? schema).properties).sort();
      expect(Object.keys(Array.isArray(body) ? body[0] : body).sort(), route).toEqual(known);
    }
    const kinds = schemaOf("/api/v1/activity").items.anyOf as { properties: object }[];
    const known = kinds.map(({ properties }) => Object.keys(properties).sort().join());
    for (const entry of (await api.ask("GET", "/api/v1/activity")).body)
      expect(known).toContain(Object.keys(entry).sort().join());
  });
});
