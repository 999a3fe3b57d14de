import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "@carewire/db";
import { openEndpoints } from "../measure/open-endpoints.ts";
import { openPublisher } from "../measure/open-publisher.ts";
import { publishAndWatch, type Watched } from "../measure/publish-and-watch.ts";
import { type App, startApp } from "../processes/app.ts";
import { type Row, scaled } from "../row.ts";
import { emptyQueues } from "../seed/empty-queues.ts";
import { seedStorm } from "../seed/storm.ts";

const endpoints = 1_000;
const originsCount = 50;
const stormMax = 300_000;
const perSecondMax = 500;
const settleSeconds = 4;
const watchSeconds = 10;
const pollMs = 20;
const drainTimeoutMs = 300_000;

/** What 300,000 retries that are due at the same moment do to new events, and how fast they go. */
export const retryStormRow: Row = {
  name: "retry-storm",
  title: "300,000 retries due at once on 1,000 endpoints, 500 new events/s beside them ÷ the same without",
  metrics: [
    { name: "new events p99, calm", unit: "ms" },
    { name: "new events p99, storm", unit: "ms" },
    { name: "p99 ratio", unit: "×" },
    { name: "new events missing", unit: "", target: { relation: "at most", value: 0 } },
    { name: "retries delivered", unit: "/s" },
    { name: "retries not delivered", unit: "", target: { relation: "at most", value: 0 } },
  ],
  async open(bench) {
    const { database, receiver } = await openEndpoints(bench, { endpoints, origins: originsCount });
    const publisher = await openPublisher(bench, database);
    const storm = scaled(bench, stormMax, 2_000);
    const perSecond = scaled(bench, perSecondMax, 100);
    // Never so short that nothing new would arrive in it.
    const shrink = Math.min(1, Math.max(0.1, bench.scale));
    const times = { settleSeconds: settleSeconds * shrink, watchSeconds: watchSeconds * shrink };
    const { sql } = database;

    async function withDispatcher<Result>(work: (dispatcher: App) => Promise<Result>): Promise<Result> {
      const dispatcher = await startApp({ app: "dispatcher", env: database.appEnv });
      try {
        return await work(dispatcher);
      } finally {
        await dispatcher.stop();
      }
    }

    const watch = (): Promise<Watched> =>
      publishAndWatch({
        receiver,
        trickle: (load) => publisher.ask("trickle", load),
        perSecond,
        endpoints,
        ...times,
      });

    return async () => {
      await emptyQueues(sql);
      const calm = await withDispatcher(watch);
      await emptyQueues(sql);
      await seedStorm(database, storm);
      const stormy = await withDispatcher(async () => {
        const startedAtMs = performance.now();
        const drained = untilDrained(sql).then(() => (performance.now() - startedAtMs) / 1_000);
        return { live: await watch(), seconds: await drained };
      });
      const [left] = await sql<{ open: number }[]>`
        select count(*)::int open from deliveries d join events e on e.id = d.event_id
        where e.type = 'bench.retried' and d.status <> 2`;
      return {
        "new events p99, calm": calm.p99Ms,
        "new events p99, storm": stormy.live.p99Ms,
        "p99 ratio": stormy.live.p99Ms / calm.p99Ms,
        "new events missing": Math.max(0, Math.round(perSecond * times.watchSeconds) - stormy.live.count),
        "retries delivered": storm / stormy.seconds,
        "retries not delivered": left?.open ?? storm,
      };
    };
  },
};

/** Resolves when no retry waits any more. Rejects after five minutes. */
async function untilDrained(sql: Sql): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs;
  while (performance.now() < deadline) {
    const [row] = await sql<{ waiting: boolean }[]>`
      select exists (select from delivery_queue where lane = 1) waiting`;
    if (row && !row.waiting) return;
    await sleep(pollMs);
  }
  throw new Error(`retries were still waiting after ${drainTimeoutMs} ms`);
}
