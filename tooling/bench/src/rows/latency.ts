import { measureFlood } from "../measure/flood.ts";
import { openApiLoad } from "../measure/open-api-load.ts";
import { openEndpoints } from "../measure/open-endpoints.ts";
import { openPublisher } from "../measure/open-publisher.ts";
import { publishAndWatch, type TrickledLoad } from "../measure/publish-and-watch.ts";
import { startApp } from "../processes/app.ts";
import { readCpuSeconds } from "../processes/usage.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";

const endpoints = 100;
const originsCount = 4;
const idlePerSecond = 20;
const idleSeconds = 10;
const floodEvents = 20_000;
const halfLoadSeconds = 8;
const settleSeconds = 2;

type Trickle = (load: TrickledLoad) => Promise<void>;

/** Publish → received, from a publisher process of its own (bus publish and NOTIFY, no HTTP), and idle through the API too. */
export const latencyRow: Row = {
  name: "latency",
  title:
    "publish (bus publisher in its own process) → received, 100 endpoints, at 20/s and at half of the maximum",
  metrics: [
    { name: "idle p50", unit: "ms", target: { relation: "under", value: 10 } },
    { name: "idle p99", unit: "ms" },
    { name: "idle p50, POST /v1/events", unit: "ms" },
    { name: "idle p99, POST /v1/events", unit: "ms" },
    { name: "maximum, publishing included", unit: "/s" },
    { name: "half load p50", unit: "ms" },
    { name: "half load p99", unit: "ms" },
    cpuMetric("dispatcher CPU at half load"),
  ],
  async open(bench) {
    const { database, receiver } = await openEndpoints(bench, { endpoints, origins: originsCount });
    const publisher = await openPublisher(bench, database);
    const { load: apiLoad } = await openApiLoad(bench, database);
    const dispatcher = await startApp({ app: "dispatcher", env: database.appEnv });
    bench.defer(dispatcher.stop);
    const shrink = Math.min(1, Math.max(0.1, bench.scale));

    const flood = { database, receiver, publisher, count: scaled(bench, floodEvents, 200), endpoints };
    const fromPublisher: Trickle = (events) => publisher.ask("trickle", events);
    const throughApi: Trickle = (events) => apiLoad.ask("trickle", events);
    const watch = (trickle: Trickle, perSecond: number, watchSeconds: number) =>
      publishAndWatch({
        receiver,
        trickle,
        endpoints,
        perSecond,
        settleSeconds: settleSeconds * shrink,
        watchSeconds: watchSeconds * shrink,
      });

    await measureFlood(flood);
    return async () => {
      const idle = await watch(fromPublisher, idlePerSecond, idleSeconds);
      const idleThroughApi = await watch(throughApi, idlePerSecond, idleSeconds);
      const maximum = await measureFlood(flood);
      const cpuBefore = readCpuSeconds(dispatcher.pid);
      const half = await watch(fromPublisher, maximum / 2, halfLoadSeconds);
      const cpuSeconds = readCpuSeconds(dispatcher.pid) - cpuBefore;
      const published = (maximum / 2) * (settleSeconds + halfLoadSeconds) * shrink;
      return {
        "idle p50": idle.p50Ms,
        "idle p99": idle.p99Ms,
        "idle p50, POST /v1/events": idleThroughApi.p50Ms,
        "idle p99, POST /v1/events": idleThroughApi.p99Ms,
        "maximum, publishing included": maximum,
        "half load p50": half.p50Ms,
        "half load p99": half.p99Ms,
        "dispatcher CPU at half load": (cpuSeconds / published) * 1_000,
      };
    };
  },
};
