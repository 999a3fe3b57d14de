import type { Metrics } from "@carewire/service-kit";

/** The gauges that a look sets. */
export interface DepthMetrics {
  set(seen: { depth: number; oldestAgeSeconds: number; alerts: number }): void;
}

export function createDepthMetrics(metrics: Metrics): DepthMetrics {
  const depth = metrics.gauge({
    name: "carewire_dead_letters_open",
    help: "Open dead letters of all organizations.",
  });
  const age = metrics.gauge({
    name: "carewire_dead_letters_oldest_age_seconds",
    help: "Age of the oldest open dead letter; 0 when there is none.",
  });
  const alerts = metrics.gauge({
    name: "carewire_dead_letter_alerts",
    help: "Organizations with too many or too old open dead letters.",
  });
  return {
    set(seen) {
      depth.set(seen.depth);
      age.set(seen.oldestAgeSeconds);
      alerts.set(seen.alerts);
    },
  };
}
