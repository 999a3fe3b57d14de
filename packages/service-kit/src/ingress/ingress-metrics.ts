import type { Metrics } from "../metrics/create-metrics.ts";
import type { Verdict } from "./outcome.ts";

export interface IngressMetrics {
  /** Counts one request and how long it took, seconds. */
  observe(provider: string, verdict: Verdict, seconds: number): void;
}

/** Inbound requests by provider and verdict; labels are resolved once, not on every request. */
export function createIngressMetrics(metrics: Metrics): IngressMetrics {
  const requests = metrics.counter({
    name: "carewire_ingress_requests_total",
    help: "Inbound webhook requests by provider and verdict.",
    labelNames: ["provider", "verdict"],
  });
  const durations = metrics.histogram({
    name: "carewire_ingress_duration_seconds",
    help: "From a request's headers to its answer, by provider and verdict.",
    labelNames: ["provider", "verdict"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  const resolved = new Map<string, (seconds: number) => void>();
  return {
    observe(provider, verdict, seconds) {
      const key = `${provider} ${verdict}`;
      let record = resolved.get(key);
      if (record === undefined) {
        const request = requests.labels(provider, verdict);
        const duration = durations.labels(provider, verdict);
        record = (elapsed) => {
          request.inc();
          duration.observe(elapsed);
        };
        resolved.set(key, record);
      }
      record(seconds);
    },
  };
}
