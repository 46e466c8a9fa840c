/**
 * The HTTP service of a station, put together from its APIs, and listening nowhere yet: the caller says where. What it
 * serves and to whom is in the files beside it.
 */
import type { FastifyBaseLogger } from "fastify";
import type { Station } from "../station/station.ts";
import { type App, createApp } from "./app.ts";
import { EventStreams } from "./event-stream.ts";
import { indexApi } from "./index-api.ts";
import { type SystemFacts, systemApi } from "./system-api.ts";
import { wpsApi } from "./wps-api.ts";

export interface StationServerOptions {
  readonly station: Station;
  readonly system: SystemFacts;
  /** Where failures are logged; nowhere without it. */
  readonly logger?: FastifyBaseLogger | undefined;
  /** More APIs beside the station's own, such as the demo's. */
  readonly more?: readonly ((app: App, streams: EventStreams) => void)[];
}

/** Builds the server. `close()` on it ends event streams and waits for requests under way, not for the station. */
export function createStationServer(options: StationServerOptions): App {
  const app = createApp(options.logger);
  const streams = new EventStreams();
  app.addHook("preClose", async () => streams.close());
  indexApi(app);
  wpsApi(app, options.station, streams);
  systemApi(app, options.station, options.system);
  for (const add of options.more ?? []) add(app, streams);
  return app;
}
