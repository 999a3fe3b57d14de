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
/** Every tenth endpoint can be made to misbehave. */
const badEvery = 10;
const settleSeconds = 8;
const watchSeconds = 10;
const attemptTimeoutMs = 2_000;

interface Neighbours {
  name: string;
  title: string;
  /** What the bad ones do, in turn: the first word of their path. `tls` speaks no TLS on an https address, always. */
  kinds: readonly string[];
  /** How the metrics call the two phases. */
  phases: { calm: string; bad: string };
}

/** What one bad endpoint in ten does to the others, under a steady load. */
const createIsolationRow = ({ name, title, kinds, phases }: Neighbours): Row => ({
  name,
  title: `1,000 endpoints, 1,500 events/s, ${title}`,
  metrics: [
    { name: `healthy p99, ${phases.calm}`, unit: "ms" },
    { name: `healthy p99, ${phases.bad}`, unit: "ms" },
    { name: "p99 ratio", unit: "×", target: { relation: "at most", value: 1.4 } },
    { name: `healthy p50, ${phases.calm}`, unit: "ms" },
    { name: `healthy p50, ${phases.bad}`, unit: "ms" },
    { name: "healthy deliveries missing", unit: "", target: { relation: "at most", value: 0 } },
    cpuMetric("dispatcher CPU"),
  ],
  async open(bench) {
    const { database, receiver } = await openEndpoints(bench, {
      endpoints,
      origins: originsCount,
      describe: (index) => ({
        path: `/${index % badEvery === 0 ? kinds[(index / badEvery) % kinds.length] : "ok"}/${index}`,
        pattern: eventTypeOf(index),
      }),
    });
    await database.sql`update subscriptions set url = replace(url, 'http://', 'https://') where url like '%/tls/%'`;
    const publisher = await openPublisher(bench, database);
    const perSecond = scaled(bench, perSecondMax, 100);
    const shrink = Math.min(1, Math.max(0.1, bench.scale));
    const times = { settleSeconds: settleSeconds * shrink, watchSeconds: watchSeconds * shrink };
    const healthyExpected = Math.round(perSecond * times.watchSeconds * (1 - 1 / badEvery));

    /** A dispatcher that never met these endpoints, on empty queues. */
    async function runPhase(misbehaving: boolean): Promise<Watched & { cpuPerThousand: number }> {
      await receiver.ask("misbehave", { on: misbehaving });
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
      const bad = await runPhase(true);
      return {
        [`healthy p99, ${phases.calm}`]: calm.p99Ms,
        [`healthy p99, ${phases.bad}`]: bad.p99Ms,
        "p99 ratio": bad.p99Ms / calm.p99Ms,
        [`healthy p50, ${phases.calm}`]: calm.p50Ms,
        [`healthy p50, ${phases.bad}`]: bad.p50Ms,
        "healthy deliveries missing": Math.max(0, healthyExpected - bad.count),
        "dispatcher CPU": bad.cpuPerThousand,
      };
    };
  },
});

export const isolationRows: readonly Row[] = [
  createIsolationRow({
    name: "isolation",
    title: "10 % hang for their 2 s timeout: the other 90 % ÷ nobody hangs",
    kinds: ["stall"],
    phases: { calm: "nobody hangs", bad: "10 % hang" },
  }),
  createIsolationRow({
    name: "neighbours",
    title: "10 % hang, drip, fail, reset, flood or break TLS: the other 90 % ÷ all well",
    kinds: ["stall", "drip", "broken", "reset", "flood", "tls"],
    phases: { calm: "all well", bad: "10 % bad" },
  }),
];

const sum = (times: { settleSeconds: number; watchSeconds: number }): number =>
  times.settleSeconds + times.watchSeconds;

/** Of a process's whole life so far. */
const cpuPer = (pid: number, events: number): number => (readCpuSeconds(pid) / events) * 1_000;
