import { expect, it } from "vitest";
import { createMetrics } from "./create-metrics.ts";

it("offers counters, gauges read at scrape time and histograms in a registry of its own", async () => {
  const metrics = createMetrics({ service: "test" });
  metrics
    .counter({ name: "carewire_things_total", help: "Things.", labelNames: ["kind"] })
    .inc({ kind: "a" });
  metrics.gauge({ name: "carewire_waiting", help: "Waiting.", collect: (gauge) => gauge.set(7) });
  metrics.histogram({ name: "carewire_seconds", help: "Seconds.", buckets: [1] }).observe(0.5);
  metrics.observeHttp("GET", "/things/:id", 200, 0.003);
  const text = await metrics.registry.metrics();
  expect(text).toContain('carewire_things_total{kind="a",service="test"} 1');
  expect(text).toContain('carewire_waiting{service="test"} 7');
  expect(text).toContain('carewire_seconds_bucket{le="1",service="test"} 1');
  expect(text).toMatch(
    /carewire_http_request_duration_seconds_count\{.*route="\/things\/:id",status="200"\} 1/,
  );
  expect(text).toContain("nodejs_eventloop_lag");
});

it("does not share anything between two registries", async () => {
  const [first, second] = [createMetrics({ service: "a" }), createMetrics({ service: "b" })];
  first.counter({ name: "carewire_only_here_total", help: "Here." }).inc();
  expect(await second.registry.metrics()).not.toContain("carewire_only_here_total");
});
