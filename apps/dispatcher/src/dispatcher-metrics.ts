import { createClockSkewGauge, type Metrics } from "@carewire/service-kit";
import type { Counter, Gauge, Histogram } from "prom-client";
import type { Admission } from "./admission/admission.ts";
import type { Backlog } from "./store/measure-backlog.ts";

export interface DispatcherMetrics {
  /** One more attempt with this class of outcome. */
  countAttempt(outcome: string): void;
  attemptSeconds: Histogram;
  deliveredSeconds: Histogram;
  claimSeconds: Histogram;
  claimedDeliveries: Counter;
  routedEvents: Counter;
  fencedOutcomes: Counter;
  dueDeliveries: Gauge;
  oldestDueAgeSeconds: Gauge;
  heldBackDeliveries: Gauge;
  clockSkewSeconds: Gauge;
  inFlight: Gauge<"class">;
  breakers: Gauge<"state">;
  deferredDeliveries: Counter<"reason">;
}

const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600];

/** Registers the dispatcher's own metrics. */
export function createDispatcherMetrics(metrics: Metrics): DispatcherMetrics {
  const seconds = (name: string, help: string) => metrics.histogram({ name, help, buckets: latencyBuckets });
  const counter = (name: string, help: string) => metrics.counter({ name, help });
  const gauge = (name: string, help: string) => metrics.gauge({ name, help });
  const attempts = metrics.counter({
    name: "carewire_attempts_total",
    help: "Attempts by class of outcome.",
    labelNames: ["outcome"],
  });
  // Looking up labels on every attempt costs more than counting; there are a dozen classes.
  const resolved = new Map<string, { inc(): void }>();
  return {
    countAttempt(outcome) {
      let child = resolved.get(outcome);
      if (!child) {
        child = attempts.labels(outcome);
        resolved.set(outcome, child);
      }
      child.inc();
    },
    attemptSeconds: seconds("carewire_attempt_seconds", "Time from send to outcome."),
    deliveredSeconds: seconds(
      "carewire_publish_to_delivered_seconds",
      "Time from accepting an event to a good answer; bulk replays are left out.",
    ),
    claimSeconds: seconds("carewire_claim_seconds", "Time a claim statement takes."),
    claimedDeliveries: counter("carewire_claimed_deliveries_total", "Deliveries leased."),
    routedEvents: counter("carewire_routed_events_total", "Events routed."),
    fencedOutcomes: counter("carewire_fenced_outcomes_total", "Outcomes whose lease had been taken over."),
    dueDeliveries: gauge(
      "carewire_due_deliveries",
      "Deliveries due now that nothing holds back, counted to 100,000.",
    ),
    oldestDueAgeSeconds: gauge(
      "carewire_oldest_due_age_seconds",
      "For how long the first of them has been due.",
    ),
    heldBackDeliveries: gauge(
      "carewire_held_back_deliveries",
      "Deliveries that would be due, but wait for a broken or rate-limited endpoint.",
    ),
    clockSkewSeconds: createClockSkewGauge(metrics),
    inFlight: metrics.gauge({
      name: "carewire_in_flight",
      help: "Requests in flight, and outcomes not recorded yet.",
      labelNames: ["class"],
    }),
    breakers: metrics.gauge({
      name: "carewire_breakers",
      help: "Endpoints this process knows, by state of their circuit breaker.",
      labelNames: ["state"],
    }),
    deferredDeliveries: metrics.counter({
      name: "carewire_deferred_deliveries_total",
      help: "Claimed deliveries given back unsent, by what they wait for.",
      labelNames: ["reason"],
    }),
  };
}

export function observeBacklog(metrics: DispatcherMetrics, backlog: Backlog): void {
  metrics.dueDeliveries.set(backlog.due);
  metrics.oldestDueAgeSeconds.set(backlog.oldestSeconds);
  metrics.heldBackDeliveries.set(backlog.heldBack);
}

export function observeAdmission(metrics: DispatcherMetrics, admission: Admission): void {
  const { fast, slow, unrecorded, endpoints, open, halfOpen } = admission.counts();
  metrics.breakers.set({ state: "closed" }, endpoints - open - halfOpen);
  metrics.breakers.set({ state: "open" }, open);
  metrics.breakers.set({ state: "half_open" }, halfOpen);
  metrics.inFlight.set({ class: "fast" }, fast);
  metrics.inFlight.set({ class: "slow" }, slow);
  metrics.inFlight.set({ class: "unrecorded" }, unrecorded);
}
