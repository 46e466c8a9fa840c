/** `GET /`: where things are, for somebody who found only the address. */
import { Type } from "typebox";
import type { App } from "./app.ts";
import { refusals } from "./errors.ts";

/** Adds the index; it lists the routes that are added after it as well. */
export function indexApi(app: App): void {
  const endpoints: { method: string; path: string; does: string }[] = [];
  app.addHook("onRoute", ({ method, url, schema }) => {
    if (schema?.summary === undefined || method === "HEAD") return;
    endpoints.push({ method: [method].flat().join(", "), path: url, does: schema.summary });
  });
  const Index = Type.Object({
    service: Type.String(),
    endpoints: Type.Array(Type.Object({ method: Type.String(), path: Type.String(), does: Type.String() })),
  });
  const schema = { summary: "Where things are", response: { 200: Index, ...refusals() } };
  app.get("/", { schema }, async () => ({ service: "openwps", endpoints }));
}
