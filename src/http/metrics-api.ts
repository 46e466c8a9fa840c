/**
 * `GET /metrics`: what the service has done and how it is, for Prometheus. Counting is done by hand and costs next to
 * nothing; the library that knows the format and the process is loaded when somebody first asks.
 */
import type { Registry } from "prom-client";
import { Type } from "../schema/type.ts";
import type { App } from "./app.ts";
import { refusals } from "./errors.ts";

/** Label names and values; of each value there are few. */
export type Labels = Readonly<Record<string, string>>;

/** One metric, looked at whenever somebody asks. */
export interface Metric {
  /** Without the prefix `openwps_`. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly labels: readonly string[];
  readonly values: () => Iterable<readonly [labels: Labels, value: number]>;
}

/** How often something happened, by its labels. */
export class Tally {
  readonly #counts = new Map<string, readonly [Labels, number]>();

  /** @param known labels that are told with 0 before the first time */
  constructor(known: readonly Labels[] = []) {
    for (const labels of known) this.#counts.set(JSON.stringify(labels), [labels, 0]);
  }

  count(labels: Labels): void {
    const key = JSON.stringify(labels);
    this.#counts.set(key, [labels, (this.#counts.get(key)?.[1] ?? 0) + 1]);
  }

  values(): Iterable<readonly [Labels, number]> {
    return this.#counts.values();
  }
}

/** Adds the endpoint, and counts requests from now on. */
export function metricsApi(app: App, metrics: readonly Metric[]): void {
  const requests = new Tally();
  app.addHook("onResponse", async (request, reply) => {
    // The pattern and not the address: anybody can make up addresses, and each would be kept.
    const route = request.routeOptions.url ?? "none";
    const method = request.routeOptions.url === undefined ? "any" : request.method;
    requests.count({ method, route, status: `${Math.floor(reply.statusCode / 100)}xx` });
  });
  const ofRequests: Metric = {
    name: "http_requests_total",
    help: "Requests answered, by route and class of status",
    type: "counter",
    labels: ["method", "route", "status"],
    values: () => requests.values(),
  };

  let registry: Promise<Registry> | null = null;
  const schema = {
    summary: "What the service has done and how it is, for Prometheus",
    response: {
      200: { description: "Prometheus's text format", content: { "text/plain": { schema: Type.String() } } },
      ...refusals(),
    },
  };
  app.get("/metrics", { schema }, async (_request, reply) => {
    registry ??= openRegistry([ofRequests, ...metrics]);
    const { contentType } = await registry;
    return reply.type(contentType).send(await (await registry).metrics());
  });
}

async function openRegistry(metrics: readonly Metric[]): Promise<Registry> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = (await import("prom-client")).default;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name, help, type, labels, values } of metrics) {
    const common = { name: `openwps_${name}`, help, labelNames: [...labels], registers: [registry] };
    if (type === "counter")
      new Counter({
        ...common,
        collect() {
          this.reset();
          for (const [label, value] of values()) this.inc(label, value);
        },
      });
    else
      new Gauge({
        ...common,
        collect() {
          this.reset();
          for (const [label, value] of values()) this.set(label, value);
        },
      });
  }
  return registry;
}
