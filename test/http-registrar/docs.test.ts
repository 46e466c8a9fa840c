/** docs/registrar-api.md as it stands: its requests are made in their order, and have the answers that it shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Method, openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "registrar-api.md"), "utf8");

/** The run of a device that asks to come in. */
let running: Promise<unknown> = Promise.resolve();

/** What the page says happens, in quotes of its own. */
const happenings: Readonly<Record<string, (api: RegistrarApi) => Promise<unknown>>> = {
  "A device called Lamp has its button pressed, and comes in.": (api) => api.world.enrol(api.world.station("Lamp")),
  "A device called Meter has its button pressed while no window is open.": async (api) => {
    running = api.world.enrol(api.world.station("Meter"));
    await api.world.clock.advance(5_000);
  },
  "Meter comes in.": async () => running,
};

/** `…` in the page: there is more, at the end of a text, a list or an object. */
function shown(example: unknown): unknown {
  if (typeof example === "string" && example.endsWith("…"))
    return expect.stringMatching(new RegExp(`^${example.slice(0, -1).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`));
  if (Array.isArray(example) && example.at(-1) === "…")
    return expect.objectContaining({ ...example.slice(0, -1).map(shown) });
  if (Array.isArray(example)) return example.map(shown);
  if (typeof example !== "object" || example === null) return example;
  const { "…": more, ...fields } = example as Record<string, unknown>;
  const known = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(value)]));
  return more === undefined ? known : expect.objectContaining(known);
}

/** An address as the index has it. */
const routeOf = (url: string) =>
  url
    .replace(/\?.*$/, "")
    .replace(/(instances)\/[^/]+/, "$1/{id}")
    .replace(/(devices|requests)\/[^/]+/, "$1/{mac}")
    .replace(/(activity)\/\d+/, "$1/{id}");

test("the requests of docs/registrar-api.md have the answers that it shows", async () => {
  const api = await openRegistrarApi();
  const onlooker = await api.watch();
  const tried = new Set<string>();
  const told: string[] = [];
  for (const [, happening, request, event] of page.matchAll(
    /^> ([^\n]*)$|^```http\n(.*?)^```$|^```sse\n(.*?)^```$/gms,
  )) {
    if (happening !== undefined) {
      const happen = happenings[happening];
      if (happen === undefined) throw new Error(`nobody knows how to let this happen: ${happening}`);
      await happen(api);
    } else if (request !== undefined) {
      const [head = "", answer = ""] = request.split(/\n\n(?=\d{3}\n)/);
      const [line = "", ...payload] = head.split("\n");
      const [method = "", url = ""] = line.split(" ");
      const body: unknown = payload.length === 0 ? undefined : JSON.parse(payload.join("\n"));
      const { status, body: got, text } = await api.ask(method as Method, url, body as object | undefined);
      const [code = "", ...lines] = answer.trim().split("\n");
      expect({ line, status, body: got }).toEqual({
        line,
        status: Number(code),
        body: lines.length === 0 ? null : shown(JSON.parse(lines.join("\n"))),
      });
      if (lines.length === 0) expect(text).toBe("");
      tried.add(`${method} ${routeOf(url)}`);
    } else if (event !== undefined) told.push(event);
  }
  await api.world.clock.advance(0);
  for (const event of told) {
    const [, name, data = ""] = /^event: (.*)\ndata: (.*)\n$/.exec(event) ?? [];
    expect(onlooker.events).toContainEqual({ name, data: shown(JSON.parse(data)) });
  }
  expect(told.length).toBeGreaterThan(0);

  const index = (await api.ask("GET", "/")).body.endpoints as { method: string; path: string }[];
  const own = index
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
    .filter((route) => /\/api\/v1\/(?:wps|devices|requests|activity)/.test(route));
  expect([...tried].sort()).toEqual(own.sort());
  await api.close();
});
