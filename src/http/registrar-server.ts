/** The HTTP service of a registrar, put together from its APIs, and listening nowhere yet. */
import type { RegistrarService } from "../registrar/service.ts";
import type { App } from "./app.ts";
import type { Check } from "./health-api.ts";
import type { Metric } from "./metrics-api.ts";
import { activityApi } from "./registrar/activity-api.ts";
import { devicesApi } from "./registrar/devices-api.ts";
import { enrolmentApi } from "./registrar/enrolment-api.ts";
import { instancesApi } from "./registrar/instances-api.ts";
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
  const { app, streams } = createServiceApp(options, {
    info: { title: "openwps registrar", version },
    checks,
    metrics: [devicesMetric(service), ...metrics],
  });
  wpsSettingsApi(app, service);
  instancesApi(app, { service, clock });
  enrolmentApi(app, service);
  devicesApi(app, service);
  activityApi(app, service, streams, clock);
  return app;
}

const devicesMetric = (service: RegistrarService): Metric => ({
  name: "devices",
  help: "Devices that have enrolled and are not revoked",
  type: "gauge",
  labels: [],
  values: () => [[{}, service.devices.size]],
});
