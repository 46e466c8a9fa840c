/**
 * What any endpoint of the registrar may answer (no password, unreadable bodies, unknown addresses), tried at each of
 * them.
 */
import { afterEach, describe, expect, test } from "vitest";
import { pbc } from "./conformance-rows.ts";
import { addressOf, common, type Operation, operations, sentence } from "./operations.ts";
import { type Answer, lamp, type Method, openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

let api: RegistrarApi;
const open = async (options: Parameters<typeof openRegistrarApi>[0] = {}) => {
  api = await openRegistrarApi(options);
};
afterEach(() => api.close());

describe("every endpoint", () => {
  /** Asks each endpoint in turn. */
  async function askEach(how: (operation: Operation) => Promise<Answer | null>, check: (answer: Answer) => void) {
    for (const operation of await operations(api)) {
      const answer = await how(operation);
      if (answer === null) continue;
      try {
        check(answer);
      } catch (error) {
        throw new Error(`${operation.method} ${operation.route}: ${answer.status} ${answer.text}`, { cause: error });
      }
    }
  }

  const password = "a password";

  test("asks for the password, but for the one that says whether the service works, and for that which takes it", async () => {
    await open({ password });
    const all = await (async () => {
      const headers = { authorization: `Basic ${Buffer.from(`:${password}`).toString("base64")}` };
      const answer = await api.ask("GET", "/", undefined, { headers });
      return answer.body.endpoints as { method: Method; path: string }[];
    })();
    expect(all.length).toBeGreaterThan(25);
    for (const { method, path } of all) {
      const url = path.replace(":id", "020000000001").replace(":mac", lamp);
      const { status, body, headers } = await api.ask(method, url);
      if (path === "/healthz") expect(status).toBe(200);
      else if (path === "/api/v1/session") expect(status).toBe(method === "GET" ? 200 : method === "POST" ? 400 : 204);
      else {
        expect({ path, status, error: body.error }).toEqual({ path, status: 401, error: "unauthorized" });
        expect(String(headers["www-authenticate"])).toContain("Digest ");
      }
    }
    // Nothing was done by whoever did not know it.
    expect((await api.service.activity).length).toBe(0);
  });

  test("refuses a body that is no JSON, of another type, too large, or has a field that nobody knows", async () => {
    await open();
    const bodies = [
      [{ payload: "{", headers: { "content-type": "application/json" } }, "bad-json"],
      [{ payload: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } }, "wrong-content-type"],
      [{ payload: JSON.stringify("x".repeat(9000)), headers: { "content-type": "application/json" } }, "too-large"],
      [{ payload: { surprise: 1, method: "pbc", label: "x" } }, "unknown-field"],
      [{ payload: "[]", headers: { "content-type": "application/json" } }, "bad-value"],
    ] as const;
    for (const [more, error] of bodies)
      await askEach(
        async ({ method, route, hasBody }) =>
          hasBody && !common.test(route) ? api.ask(method, addressOf(route), undefined, { ...more }) : null,
        ({ status, body }) => expect({ status, body }).toEqual({ status: 400, body: { error, message: sentence } }),
      );
    expect(api.service.activity).toEqual([]);
  });

  test("says which methods it has to whoever comes with another one", async () => {
    await open();
    const all = await operations(api);
    for (const route of new Set(all.map((operation) => operation.route))) {
      const has = all.filter((operation) => operation.route === route).map(({ method }) => method);
      const other = (["GET", "PUT", "POST", "PATCH", "DELETE"] as const).find((method) => !has.includes(method));
      if (other === undefined) throw new Error(`${route} has them all`);
      const { status, body, headers } = await api.ask(other, addressOf(route));
      expect({ route, status, error: body.error }).toEqual({ route, status: 404, error: "wrong-method" });
      for (const method of has) expect(String(headers["allow"])).toContain(method);
    }
  });

  test("answers no page from elsewhere", async () => {
    await open();
    await askEach(
      ({ method, route, hasBody }) =>
        api.ask(method, addressOf(route), hasBody ? pbc : undefined, { headers: { origin: "http://evil.example" } }),
      ({ status, body }) => expect({ status, error: body.error }).toEqual({ status: 404, error: "not-found" }),
    );
    expect(api.service.activity).toEqual([]);
  });
});
