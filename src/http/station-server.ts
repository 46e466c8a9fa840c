/**
 * The HTTP service of a station, put together from its APIs, and listening nowhere yet: the caller says where. What it
 * serves and to whom is in the files beside it.
 */
import type { Station } from "../station/station.ts";
import type { App } from "./app.ts";
import type { EventStreams } from "./event-stream.ts";
import type { Check } from "./health-api.ts";
import { modeApi } from "./mode-api.ts";
import { scanApi, sharedScan } from "./scan-api.ts";
import { createServiceApp, type ServiceOptions } from "./service-app.ts";
import { staSettingsApi } from "./sta-settings-api.ts";
import { stationMetrics } from "./station-metrics.ts";
import { type SystemFacts, systemApi } from "./system-api.ts";
import { wpsApi } from "./wps-api.ts";

export interface StationServerOptions extends ServiceOptions {
  readonly station: Station;
  readonly system: SystemFacts;
  /** What has to be there besides the radio, such as the store. */
  readonly checks?: readonly Check[] | undefined;
  /** More APIs beside the station's own, such as the demo's. */
  readonly more?: readonly ((app: App, streams: EventStreams) => void)[];
}

/** Builds the server. `close()` on it ends event streams and waits for requests under way, not for the station. */
export function createStationServer(options: StationServerOptions): App {
  const { station, system, settings, checks = [], more = [] } = options;
  const closing = new AbortController();
  const { app, streams } = createServiceApp(options, {
    info: { title: "openwps station", version: system.firmware },
    checks: [() => station.link(), ...checks],
    metrics: stationMetrics(station, closing.signal),
  });
  app.addHook("preClose", async () => closing.abort());
  const scan = sharedScan(station);
  wpsApi(app, station, streams, system.ethernet);
  systemApi(app, station, settings, system);
  scanApi(app, scan);
  staSettingsApi(app, station, scan);
  modeApi(app, station);
  for (const add of more) add(app, streams);
  return app;
}
