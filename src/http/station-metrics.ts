/** What Prometheus is told of a station: its pairings. */
import type { PairingResult, Phase } from "../station/session.ts";
import type { Station } from "../station/station.ts";
import { type Metric, Tally } from "./metrics-api.ts";

const phases: readonly Phase[] = ["searching", "associating", "exchanging", "connecting", "addressing"];
const results: readonly PairingResult[] = ["success", "timeout", "overlap", "failed", "cancelled"];

/** Counts pairings from now on, until the signal aborts. */
export function stationMetrics(station: Station, signal: AbortSignal): readonly Metric[] {
  const pairings = new Tally(results.map((result) => ({ result })));
  void countPairings(station, pairings, signal);
  return [
    {
      name: "pairings_total",
      help: "Pairings that have ended since the start, by result",
      type: "counter",
      labels: ["result"],
      values: () => pairings.values(),
    },
    {
      name: "pairing_phase",
      help: "1 for the phase that a pairing is in now",
      type: "gauge",
      labels: ["phase"],
      values: () => {
        const { active, phase: now } = station.session();
        return phases.map((phase) => [{ phase }, active && phase === now ? 1 : 0] as const);
      },
    },
  ];
}

async function countPairings(station: Station, pairings: Tally, signal: AbortSignal): Promise<void> {
  // The first one is of before the start, unless it is under way.
  let wasActive = false;
  for await (const { active, result } of station.sessions({ signal })) {
    if (wasActive && !active && result !== null) pairings.count({ result });
    wasActive = active;
  }
}
