/** docs/api.md shows answers as they are: its requests have answers with the fields it shows, and every key has its line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "api.md"), "utf8");

/** A command and the answer that stands right below it. Those that only ask come first, of a device that is connected. */
const examples = [...page.matchAll(/^```sh\n(.*)\n```\n(?:(?!```).*\n)*?```json\n((?:(?!```).*\n)*?)```$/gm)].map(
  ([, command = "", answer = ""]) => ({ command, answer: JSON.parse(answer) }),
);
examples.sort((one, other) => Number(one.command.includes("--json")) - Number(other.command.includes("--json")));

let onAir: OnAir;
beforeAll(async () => {
  onAir = await openOnAir();
  await onAir.app.inject({ method: "POST", url: "/api/v1/wifi/wps" });
  await onAir.world.accessPoints[0]?.pressButton();
  for await (const { active } of onAir.station.sessions({ signal: AbortSignal.timeout(10_000) })) if (!active) break;
});
afterAll(() => onAir.close());

/** The names of all fields, with what kind of value they have. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.entries(value).map(([name, one]) => [name, shape(one)]);
}

describe("docs/api.md", () => {
  test("shows answers at all", () => {
    expect(examples.length).toBeGreaterThan(7);
  });

  test.each(examples)("shows what $command answers", async ({ command, answer }) => {
    const [, url = ""] = /http:\/\/127\.0\.0\.1:8080(\S+)/.exec(command) ?? [];
    const body = /--json '([^']*)'/.exec(command)?.[1];
    const method = body === undefined ? "GET" : "POST";
    const headers = { "content-type": "application/json" };
    const got = (await onAir.app.inject({ method, url, ...(body === undefined ? {} : { body, headers }) })).json();
    expect(shape(/jq '\.wifi'/.test(command) ? got.wifi : got)).toEqual(shape(answer));
  });

  test("has a heading or a row for each endpoint", async () => {
    const { endpoints } = (await onAir.app.inject({ url: "/" })).json() as { endpoints: { path: string }[] };
    for (const { path } of endpoints) expect(page).toContain(path.replace(":bssid", "{bssid}"));
  });

  test("names every error that the document of the API names, under its code", async () => {
    const document = (await onAir.app.inject({ url: "/api/openapi.json" })).json();
    const promised = new Set<string>();
    for (const methods of Object.values<Record<string, { responses: Record<string, { description: string }> }>>(
      document.paths,
    ))
      for (const { responses } of Object.values(methods))
        for (const [status, { description }] of Object.entries(responses))
          if (Number(status) >= 400)
            for (const [, key] of description.matchAll(/`([a-z-]+)`/g)) promised.add(`${status} ${key}`);
    const told = [...page.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)].flatMap(([, status, keys = ""]) =>
      [...keys.matchAll(/`([a-z-]+)`/g)].map(([, key]) => `${status} ${key}`),
    );
    expect([...promised].filter((one) => !one.endsWith(" error") && !told.includes(one))).toEqual([]);
  });
});
