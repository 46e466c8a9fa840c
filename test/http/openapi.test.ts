/** The API's own document: whole, and valid by the rules of OpenAPI 3.1, as far as a small check can tell. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Node = { readonly [key: string]: Json };

let onAir: OnAir;
let document: Node;
beforeAll(async () => {
  onAir = await openOnAir();
  document = (await onAir.app.inject({ url: "/api/openapi.json" })).json();
});
afterAll(() => onAir.close());

const node = (value: Json | undefined): Node =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Node) : {};
const at = (from: Node, ...path: readonly string[]) => path.reduce((value, key) => node(value[key]), from);

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: Node;
}
const operations = (): readonly Operation[] =>
  Object.entries(at(document, "paths")).flatMap(([path, item]) =>
    Object.entries(node(item)).map(([method, operation]) => ({ path, method, operation: node(operation) })),
  );

/** Every object in the document with where it is. */
function* objects(value: Json, where = "#"): Generator<readonly [string, Node]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [where, value as Node];
  for (const [key, child] of Object.entries(value)) yield* objects(child, `${where}/${key}`);
}

/** Schemas at the top of bodies, answers, parameters and components. */
function* schemas(): Generator<readonly [string, Json]> {
  for (const [where, object] of objects(document)) if ("schema" in object) yield [where, object["schema"] ?? null];
  yield* Object.entries(at(document, "components", "schemas"));
}

test("it says what it is", () => {
  expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "openwps station", version: "1.2.3" } });
  for (const key of Object.keys(document))
    expect(["openapi", "info", "paths", "components", "security"]).toContain(key);
});

test("every route of the router is in it, and nothing else", () => {
  const described = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  const stack: string[] = [];
  const routed = onAir.app
    .printRoutes({ commonPrefix: false })
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const [, indent = "", part = "", methods = ""] = /^([│ ]*)[├└]── (\S+) \(([A-Z, ]+)\)$/.exec(line) ?? [];
      if (part === "") throw new Error(`not understood: ${line}`);
      stack.length = indent.length / 4;
      stack.push(part);
      const path = stack.join("").replaceAll(/:(\w+)/g, "{$1}");
      // To every GET there is a HEAD; it is not described.
      return methods
        .split(", ")
        .filter((method) => method !== "HEAD")
        .map((method) => `${method} ${path}`);
    });
  expect(described.toSorted()).toEqual(routed.toSorted());
});

describe("each operation", () => {
  test("has a summary of its own, and answers with descriptions", () => {
    const summaries = operations().map(({ operation }) => operation["summary"]);
    expect(new Set(summaries).size).toBe(summaries.length);
    for (const { method, path, operation } of operations()) {
      expect(operation["summary"], `${method} ${path}`).toMatch(/^[A-Z].{5,80}[^.]$/);
      const answers = Object.entries(at(operation, "responses"));
      expect(answers.filter(([status]) => status.startsWith("2")).length, `${method} ${path}`).toBeGreaterThan(0);
      for (const [status, answer] of answers) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(node(answer)["description"], `${method} ${path} ${status}`).toMatch(/^(?!Default)/);
        for (const key of Object.keys(node(answer))) expect(["description", "content", "headers"]).toContain(key);
        expect("content" in node(answer), `${method} ${path} ${status}`).toBe(status !== "204");
      }
    }
  });

  test("tells every error in the one form", () => {
    for (const { operation } of operations())
      for (const [status, answer] of Object.entries(at(operation, "responses")))
        if (Number(status) >= 400)
          expect(node(answer)["content"]).toEqual({
            "application/json": { schema: { $ref: "#/components/schemas/Error" } },
          });
  });

  test("has a parameter for each brace in its path, and no other", () => {
    for (const { path, operation } of operations()) {
      const braces = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = (operation["parameters"] ?? []) as readonly Node[];
      expect(parameters.map(({ name }) => name)).toEqual(braces);
      for (const parameter of parameters) expect(parameter).toMatchObject({ in: "path", required: true, schema: {} });
    }
  });

  test("with a body says of which type, and whether it may be left out", () => {
    for (const { method, path, operation } of operations()) {
      const mayHave = !["get", "delete"].includes(method);
      if (!("requestBody" in operation)) continue;
      expect(mayHave, `${method} ${path}`).toBe(true);
      const body = node(operation["requestBody"]);
      expect(Object.keys(node(body["content"]))).toEqual(["application/json"]);
      expect(body["required"], path).toBe(path !== "/api/v1/wifi/wps");
    }
  });

  test("names only security schemes that there are; health and log-in need none", () => {
    const known = Object.entries(at(document, "components", "securitySchemes"));
    for (const [, scheme] of known) expect(scheme).toMatchObject({ type: "http", scheme: /^(?:digest|basic)$/ });
    for (const { path, operation } of operations()) {
      const security = (operation["security"] ?? document["security"]) as readonly Node[];
      expect(security.length === 0).toBe(path === "/healthz" || path === "/api/v1/session");
      for (const name of security.flatMap((one) => Object.keys(one)))
        expect(Object.fromEntries(known)).toHaveProperty(name);
    }
  });

  test("that streams says so", () => {
    for (const { path, operation } of operations())
      if (path.endsWith("/events"))
        expect(Object.keys(at(operation, "responses", "200", "content"))).toEqual(["text/event-stream"]);
  });
});

describe("each schema", () => {
  test("that is referred to is there", () => {
    const refs = [...objects(document)].flatMap(([where, { $ref }]) => ($ref === undefined ? [] : [[where, $ref]]));
    expect(refs.length).toBeGreaterThan(10);
    for (const [where, ref] of refs) {
      expect(ref, String(where)).toMatch(/^#\//);
      expect(Object.keys(at(document, ...String(ref).slice(2).split("/"))), `${where}: ${ref}`).not.toEqual([]);
    }
  });

  /** Keywords of JSON Schema 2020-12 that are used here, with the form of their values. */
  const keywords: Readonly<Record<string, (value: Json) => boolean>> = {
    $ref: isText,
    $id: isText,
    type: (value) => ["object", "array", "string", "number", "integer", "boolean", "null"].includes(String(value)),
    description: isText,
    enum: (value) => Array.isArray(value) && value.length > 0,
    const: () => true,
    pattern: (value) => isText(value) && new RegExp(String(value), "u") instanceof RegExp,
    format: isText,
    minLength: isCount,
    maxLength: isCount,
    minItems: isCount,
    maxItems: isCount,
    minimum: isNumber,
    maximum: isNumber,
    multipleOf: isNumber,
    readOnly: isFlag,
    writeOnly: isFlag,
    required: (value) => Array.isArray(value) && value.every(isText),
    additionalProperties: (value) => isFlag(value) || isSchema(value),
    properties: (value) => Object.values(node(value)).every(isSchema),
    items: isSchema,
    anyOf: (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema),
  };
  function isText(value: Json): boolean {
    return typeof value === "string";
  }
  function isNumber(value: Json): boolean {
    return typeof value === "number";
  }
  function isCount(value: Json): boolean {
    return Number.isInteger(value) && Number(value) >= 0;
  }
  function isFlag(value: Json): boolean {
    return typeof value === "boolean";
  }
  function isSchema(value: Json): boolean {
    const wrong = Object.entries(node(value)).filter(([key, one]) => !keywords[key]?.(one));
    if (wrong.length > 0) throw new Error(`no schema: ${JSON.stringify(Object.fromEntries(wrong))}`);
    const { required = [], properties = {} } = node(value);
    return (required as readonly string[]).every((name) => name in node(properties));
  }

  test("is a schema of JSON Schema 2020-12", () => {
    let count = 0;
    for (const [where, schema] of schemas()) {
      expect(isSchema(schema), where).toBe(true);
      count++;
    }
    expect(count).toBeGreaterThan(50);
  });
});

test("no example or description shows a secret, and the password of a network can only be written", () => {
  const passwords = [...objects(document)].filter(([where]) => where.endsWith("/properties/password"));
  expect(passwords.length).toBeGreaterThan(0);
  for (const [where, schema] of passwords) {
    expect(where).toContain("/requestBody/");
    if (where.includes("wifi")) expect(schema["writeOnly"]).toBe(true);
  }
});
