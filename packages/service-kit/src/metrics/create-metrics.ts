import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Name, help text and label names of a metric. Labels come from closed lists: never an id, a URL or a name. */
export interface MetricOptions<L extends string> {
  name: string;
  help: string;
  labelNames?: readonly L[];
}

/** The metrics of one process. */
export interface Metrics {
  registry: Registry;
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>;
  gauge<L extends string = never>(
    options: MetricOptions<L> & { collect?: (gauge: Gauge<L>) => void | Promise<void> },
  ): Gauge<L>;
  histogram<L extends string = never>(options: MetricOptions<L> & { buckets?: number[] }): Histogram<L>;
  /** Records one answered HTTP request. `route` is the route's pattern, never the requested path. */
  observeHttp(method: string, route: string, status: number, seconds: number): void;
}

const httpSecondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A recorder that resolves its labels once per (method, route, status) instead of on every request. */
function createHttpObserver(registry: Registry): Metrics["observeHttp"] {
  const histogram = new Histogram({
    name: "carewire_http_request_duration_seconds",
    help: "Answered HTTP requests by route pattern and status.",
    labelNames: ["method", "route", "status"],
    buckets: httpSecondsBuckets,
    registers: [registry],
  });
  const resolved = new Map<string, { observe(seconds: number): void }>();
  return (method, route, status, seconds) => {
    const key = `${method} ${route} ${status}`;
    let child = resolved.get(key);
    if (child === undefined) {
      child = histogram.labels(method, route, String(status));
      resolved.set(key, child);
    }
    child.observe(seconds);
  };
}

/** Builds a process's own registry (default Node metrics included); `service` labels every sample. */
export function createMetrics(options: { service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter: (metric) => new Counter({ ...metric, registers: [registry] }),
    gauge: ({ collect, ...metric }) =>
      new Gauge({
        ...metric,
        registers: [registry],
        ...(collect === undefined
          ? {}
          : {
              async collect() {
                await collect(this);
              },
            }),
      }),
    histogram: (metric) => new Histogram({ ...metric, registers: [registry] }),
    observeHttp: createHttpObserver(registry),
  };
}
