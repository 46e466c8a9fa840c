/**
 * What the HTTP services of a station and of a registrar have in common: who may use them, their settings, where things
 * are, the API as a document, metrics and health.
 */
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../clock/clock.ts";
import type { SettingsKeeper } from "../settings/settings.ts";
import { type App, createApp } from "./app.ts";
import { authenticate } from "./authentication.ts";
import { EventStreams } from "./event-stream.ts";
import { type Check, healthApi } from "./health-api.ts";
import { indexApi } from "./index-api.ts";
import { type Metric, metricsApi } from "./metrics-api.ts";
import { type DocumentInfo, openapiApi } from "./openapi.ts";
import { type PagesOptions, servePages } from "./pages.ts";
import { collectRoutes } from "./routes.ts";
import { sessionLoginApi } from "./session-login-api.ts";
import { settingsApi } from "./settings-api.ts";

/** What whoever starts a service says of it. */
export interface ServiceOptions {
  /** Its names and its password. */
  readonly settings: SettingsKeeper;
  readonly clock: Clock;
  /** Which Digest is offered; see `authentication.ts`. */
  readonly digest?: "md5" | "sha-256" | undefined;
  readonly basic?: boolean | undefined;
  /** Where failures are logged; nowhere without it. */
  readonly logger?: FastifyBaseLogger | undefined;
  /** What browsers find; nothing without it. */
  readonly pages?: PagesOptions | undefined;
}

/** What is particular to a service. */
export interface ServiceParts {
  readonly info: DocumentInfo;
  /** What has to be there for it to do its work. */
  readonly checks: readonly Check[];
  readonly metrics: readonly Metric[];
}

/** A server with what both services have; routes that are added to it are in its document and its index too. */
export function createServiceApp(
  { settings, clock, digest, basic, logger, pages }: ServiceOptions,
  { info, checks, metrics }: ServiceParts,
): { readonly app: App; readonly streams: EventStreams } {
  const app = createApp(logger, () => settings.current.hostName);
  if (pages !== undefined) servePages(app, pages);
  const gate = authenticate(app, { settings, clock, digest, basic });
  const streams = new EventStreams();
  app.addHook("preClose", async () => streams.close());
  const routes = collectRoutes(app);
  indexApi(app, routes);
  openapiApi(app, info, routes);
  settingsApi(app, settings);
  sessionLoginApi(app, settings, gate);
  metricsApi(app, metrics);
  healthApi(app, checks);
  return { app, streams };
}
