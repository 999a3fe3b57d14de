import { openEndpoints } from "../measure/open-endpoints.ts";
import { openPublisher } from "../measure/open-publisher.ts";
import { untilRecorded } from "../measure/until-recorded.ts";
import { startApp } from "../processes/app.ts";
import { readCpuSeconds } from "../processes/usage.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";
import { median } from "../statistics/median.ts";

const subscriptionsMax = 1_000;
const originsCount = 50;
const eventsPerRound = 5;
const type = "bench.announced";

/** One event for a thousand subscriptions, again and again on an otherwise idle system. */
export const fanOutRow: Row = {
  name: "fan-out",
  title: "one event to 1,000 subscriptions on 50 origins: publish → the last one received",
  metrics: [
    { name: "all received", unit: "ms" },
    { name: "deliveries", unit: "/s" },
    cpuMetric("dispatcher CPU"),
  ],
  async open(bench) {
    const count = scaled(bench, subscriptionsMax, 100);
    const { database, receiver } = await openEndpoints(bench, {
      endpoints: count,
      origins: originsCount,
      describe: (index) => ({ path: `/ok/${index}`, pattern: type }),
    });
    const publisher = await openPublisher(bench, database);
    const dispatcher = await startApp({ app: "dispatcher", env: database.appEnv });
    bench.defer(dispatcher.stop);

    /** Milliseconds until the last subscription had it. */
    async function fanOut(): Promise<number> {
      await receiver.ask("reset", undefined);
      const publishedAtMs = await publisher.ask("one", { type });
      const lastAtMs = await receiver.ask("until", { count });
      await untilRecorded(database.sql);
      return lastAtMs - publishedAtMs;
    }

    await fanOut();
    return async () => {
      const cpuBefore = readCpuSeconds(dispatcher.pid);
      const timesMs: number[] = [];
      for (let i = 0; i < eventsPerRound; i++) timesMs.push(await fanOut());
      const cpuSeconds = readCpuSeconds(dispatcher.pid) - cpuBefore;
      return {
        "all received": median(timesMs),
        deliveries: (count / median(timesMs)) * 1_000,
        "dispatcher CPU": (cpuSeconds / (count * eventsPerRound)) * 1_000,
      };
    };
  },
};
