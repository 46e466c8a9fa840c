/** The routes of an app as they are added: for whatever describes them. */
import type { FastifyInstance, RouteOptions } from "fastify";

/**
 * A list that grows with each route added from now on. HEAD is left out: there is one to every GET, and nobody has to
 * be told.
 */
export function collectRoutes(app: FastifyInstance): readonly RouteOptions[] {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    if (route.method !== "HEAD") routes.push(route);
  });
  return routes;
}
