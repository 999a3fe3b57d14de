import { openEndpoints } from "../measure/open-endpoints.ts";
import { openPublisher } from "../measure/open-publisher.ts";
import { publishAndWatch, type Watched } from "../measure/publish-and-watch.ts";
import { startApp } from "../processes/app.ts";
import { readCpuSeconds } from "../processes/usage.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";
import { emptyQueues } from "../seed/empty-queues.ts";
import { eventTypeOf } from "../seed/event-type.ts";

const endpoints = 1_000;
const originsCount = 50;
const perSecondMax = 1_500;
/** Every tenth endpoint can be made to hang. */
const stallEvery = 10;
const settleSeconds = 8;
const watchSeconds = 10;
const attemptTimeoutMs = 2_000;

/** What 10 % hanging endpoints do to the others, under a steady load. */
export const isolationRow: Row = {
  name: "isolation",
  title: "1,000 endpoints, 1,500 events/s, 10 % hang for their 2 s timeout: the other 90 % ÷ nobody hangs",
  metrics: [
    { name: "healthy p99, nobody hangs", unit: "ms" },
    { name: "healthy p99, 10 % hang", unit: "ms" },
    { name: "p99 ratio", unit: "×", target: { relation: "at most", value: 1.4 } },
    { name: "healthy p50, nobody hangs", unit: "ms" },
    { name: "healthy p50, 10 % hang", unit: "ms" },
    { name: "healthy deliveries missing", unit: "", target: { relation: "at most", value: 0 } },
    cpuMetric("dispatcher CPU"),
  ],
  async open(bench) {
    const { database, receiver } = await openEndpoints(bench, {
      endpoints,
      origins: originsCount,
      describe: (index) => ({
        path: `/${index % stallEvery === 0 ? "stall" : "ok"}/${index}`,
        pattern: eventTypeOf(index),
      }),
    });
    const publisher = await openPublisher(bench, database);
    const perSecond = scaled(bench, perSecondMax, 100);
    const shrink = Math.min(1, bench.scale);
    const times = { settleSeconds: settleSeconds * shrink, watchSeconds: watchSeconds * shrink };
    const healthyExpected = Math.round(perSecond * times.watchSeconds * (1 - 1 / stallEvery));

    /** A dispatcher that never met these endpoints, on empty queues. */
    async function runPhase(stalling: boolean): Promise<Watched & { cpuPerThousand: number }> {
      await receiver.ask("stall", { on: stalling });
      await emptyQueues(database.sql);
      const env = { ...database.appEnv, ATTEMPT_TIMEOUT_MS: String(attemptTimeoutMs) };
      const dispatcher = await startApp({ app: "dispatcher", env });
      try {
        const watched = await publishAndWatch({
          receiver,
          trickle: (load) => publisher.ask("trickle", load),
          perSecond,
          endpoints,
          ...times,
        });
        return { ...watched, cpuPerThousand: cpuPer(dispatcher.pid, perSecond * sum(times)) };
      } finally {
        await dispatcher.stop();
      }
    }

    return async () => {
      const calm = await runPhase(false);
      const hanging = await runPhase(true);
      return {
        "healthy p99, nobody hangs": calm.p99Ms,
        "healthy p99, 10 % hang": hanging.p99Ms,
        "p99 ratio": hanging.p99Ms / calm.p99Ms,
        "healthy p50, nobody hangs": calm.p50Ms,
        "healthy p50, 10 % hang": hanging.p50Ms,
        "healthy deliveries missing": Math.max(0, healthyExpected - hanging.count),
        "dispatcher CPU": hanging.cpuPerThousand,
      };
    };
  },
};

const sum = (times: { settleSeconds: number; watchSeconds: number }): number =>
  times.settleSeconds + times.watchSeconds;

/** Of a process's whole life so far. */
const cpuPer = (pid: number, events: number): number => (readCpuSeconds(pid) / events) * 1_000;
