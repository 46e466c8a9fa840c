/** What Prometheus is told of a registrar: its devices, its runs, its windows, and whether its access points answer. */
import type { RegistrarService } from "../../registrar/service.ts";
import { type Metric, Tally } from "../metrics-api.ts";
import { apiMac } from "../wifi-forms.ts";

const results = ["success", "failed", "refused"] as const;
const types = ["enrolment", "configuration"] as const;

/** Counts runs from now on, until the signal aborts. */
export function registrarMetrics(service: RegistrarService, signal: AbortSignal): readonly Metric[] {
  const runs = new Tally(types.flatMap((type) => results.map((result) => ({ type, result }))));
  void countRuns(service, runs, signal);
  const isOpen = (instance: RegistrarService["instances"][number]) =>
    instance.status(service.common.enabled, service.lock).window !== null;
  return [
    {
      name: "devices",
      help: "Devices that have enrolled and are not revoked",
      type: "gauge",
      labels: [],
      values: () => [[{}, service.devices.size]],
    },
    {
      name: "runs_total",
      help: "Runs that have ended since the start: devices that enrolled, and Registrars that came with the device PIN",
      type: "counter",
      labels: ["type", "result"],
      values: () => runs.values(),
    },
    {
      name: "window_open",
      help: "1 while a device may come in there",
      type: "gauge",
      labels: ["instance"],
      values: () => service.instances.map((one) => [labelOf(one), isOpen(one) ? 1 : 0] as const),
    },
    {
      name: "access_point_up",
      help: "1 while the access point answers",
      type: "gauge",
      labels: ["instance"],
      values: () => service.instances.map((one) => [labelOf(one), one.trouble === null ? 1 : 0] as const),
    },
    {
      name: "setup_locked",
      help: "1 while wrong device PINs have locked external Registrars out",
      type: "gauge",
      labels: [],
      values: () => [[{}, service.lock.locked ? 1 : 0]],
    },
  ];
}

const labelOf = ({ accessPoint }: RegistrarService["instances"][number]) => ({
  instance: apiMac(accessPoint.instance),
});

async function countRuns(service: RegistrarService, runs: Tally, signal: AbortSignal): Promise<void> {
  for await (const change of service.changes({ signal }))
    if (change.type === "activity" && change.entry.type !== "audit")
      runs.count({ type: change.entry.type, result: change.entry.outcome.result });
}
