/** `GET /`: where things are, for somebody who found only the address. */
import type { RouteOptions } from "fastify";
import { Type } from "../schema/type.ts";
import type { App } from "./app.ts";
import { refusals } from "./errors.ts";

/** Adds the index. @param routes what it lists; may still grow until the app is ready */
export function indexApi(app: App, routes: readonly RouteOptions[]): void {
  const Index = Type.Object({
    service: Type.String(),
    endpoints: Type.Array(Type.Object({ method: Type.String(), path: Type.String(), does: Type.String() })),
  });
  const schema = { summary: "Where things are", response: { 200: Index, ...refusals() } };
  app.get("/", { schema }, async () => ({
    service: "openwps",
    endpoints: routes.map(({ method, url, schema }) => ({
      method: [method].flat().join(", "),
      path: url,
      does: schema?.summary ?? "",
    })),
  }));
}
