/** The HTTP service of a registrar, put together from its APIs, and listening nowhere yet. */
import type { RegistrarService } from "../registrar/service.ts";
import type { App } from "./app.ts";
import type { Check } from "./health-api.ts";
import type { Metric } from "./metrics-api.ts";
import { activityApi } from "./registrar/activity-api.ts";
import { devicePinApi } from "./registrar/device-pin-api.ts";
import { devicesApi } from "./registrar/devices-api.ts";
import { enrolmentApi } from "./registrar/enrolment-api.ts";
import { eventsApi } from "./registrar/events-api.ts";
import { findingsApi } from "./registrar/findings-api.ts";
import { instancesApi } from "./registrar/instances-api.ts";
import { registrarMetrics } from "./registrar/metrics.ts";
import { requestsApi } from "./registrar/requests-api.ts";
import { wpsSettingsApi } from "./registrar/wps-settings-api.ts";
import { createServiceApp, type ServiceOptions } from "./service-app.ts";

export interface RegistrarServerOptions extends ServiceOptions {
  readonly service: RegistrarService;
  readonly version: string;
  /** What has to be there for it to do its work, such as the store. */
  readonly checks?: readonly Check[] | undefined;
  readonly metrics?: readonly Metric[] | undefined;
}

/** Builds the server. `close()` on it ends event streams and waits for requests under way, not for the registrar. */
export function createRegistrarServer(options: RegistrarServerOptions): App {
  const { service, version, clock, checks = [], metrics = [] } = options;
  const closing = new AbortController();
  const { app, streams } = createServiceApp(options, {
    info: { title: "openwps registrar", version },
    checks,
    metrics: [...registrarMetrics(service, closing.signal), ...metrics],
  });
  app.addHook("preClose", async () => closing.abort());
  const parts = { service, clock };
  wpsSettingsApi(app, parts);
  devicePinApi(app, parts);
  instancesApi(app, parts);
  findingsApi(app, parts);
  enrolmentApi(app, parts);
  devicesApi(app, parts);
  requestsApi(app, parts);
  activityApi(app, parts);
  eventsApi(app, streams, parts);
  return app;
}
