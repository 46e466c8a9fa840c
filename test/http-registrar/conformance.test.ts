/**
 * Every endpoint of the registrar gives every answer that its document tells of. What any endpoint may answer is in
 * every-endpoint.test.ts.
 */
import { afterEach, describe, expect, test } from "vitest";
import { type Row, rows } from "./conformance-rows.ts";
import { addressOf, common, operations, sentence } from "./operations.ts";
import { openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

/** What is tried at each endpoint, in every-endpoint.test.ts. */
const anywhere = [
  ...["bad-request", "unauthorized", "too-many-attempts", "not-found", "internal", "closing"],
  ...["bad-json", "wrong-content-type", "too-large", "unknown-field", "bad-value", "too-many-streams"],
];
let api: RegistrarApi;
const open = async (options: Parameters<typeof openRegistrarApi>[0] = {}) => {
  api = await openRegistrarApi(options);
};
afterEach(() => api.close());

const title = ({ method, route, url, body, status, error }: Row) =>
  `${method} ${url ?? route}${body === undefined ? "" : ` ${JSON.stringify(body)}`} is ${status} ${error ?? ""}`.trim();

describe("each endpoint", () => {
  for (const row of rows)
    test(title(row), async () => {
      await open({ keys: row.keys ?? "shared" });
      await row.after?.(api);
      const answer = await api.ask(row.method, row.url ?? addressOf(row.route), row.body);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: row.status });
      if (row.error !== undefined) expect(answer.body).toMatchObject({ error: row.error, message: sentence });
      else if (row.answer === null) expect(answer).toMatchObject({ text: "", headers: { "content-length": "0" } });
      else expect(answer.body).toMatchObject(row.answer ?? {});
      expect(answer.headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    });

  test("has a row for every answer that the document tells of, and no row has another one", async () => {
    await open();
    const told = (await operations(api)).filter(({ route }) => !common.test(route));
    const documented = told.flatMap(({ method, route, answers }) =>
      answers.flatMap(({ status, errors }) =>
        (status < 400 ? [""] : errors.filter((key) => !anywhere.includes(key))).map((key) =>
          `${method} ${route} ${status} ${key}`.trim(),
        ),
      ),
    );
    const played = rows
      .filter(({ error = "" }) => !anywhere.includes(error))
      .map(({ method, route, status, error = "" }) => `${method} ${route} ${status} ${error}`.trim());
    expect(documented.length).toBeGreaterThan(60);
    expect([...new Set(played)].sort()).toEqual(documented.sort());
  });
});
