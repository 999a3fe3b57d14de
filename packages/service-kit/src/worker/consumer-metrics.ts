import type { SettledAttempt } from "@carewire/bus";
import type { Metrics } from "../metrics/create-metrics.ts";

/** Counts and times attempts of deliveries; returns what to give to `consume` as `observe`. */
export function createConsumerMetrics(metrics: Metrics): (attempt: SettledAttempt) => void {
  const attempts = metrics.counter({
    name: "carewire_consumer_attempts_total",
    help: "Attempts of deliveries to consumers by consumer and outcome.",
    labelNames: ["consumer", "outcome"],
  });
  const seconds = metrics.histogram({
    name: "carewire_consumer_attempt_duration_seconds",
    help: "How long attempts took, from claim to outcome.",
    labelNames: ["consumer"],
  });
  return ({ consumer, outcome, durationMs }) => {
    attempts.inc({ consumer, outcome });
    seconds.observe({ consumer }, durationMs / 1_000);
  };
}
