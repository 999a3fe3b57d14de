import { openPublisher } from "../measure/open-publisher.ts";
import { untilRecorded } from "../measure/until-recorded.ts";
import { startApp } from "../processes/app.ts";
import { startProgram } from "../processes/program.ts";
import { readCpuSeconds } from "../processes/usage.ts";
import type { ReceiverApi } from "../programs/receiver.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";
import { createBenchDatabase } from "../seed/bench-database.ts";
import { seedSubscriptions } from "../seed/subscriptions.ts";
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
    const database = await createBenchDatabase(bench);
    const receiver = await startProgram<ReceiverApi>("receiver");
    bench.defer(receiver.stop);
    const origins = await receiver.ask("listen", { origins: originsCount });
    const count = scaled(bench, subscriptionsMax, 100);
    const subscriptions = Array.from({ length: count }, (_, i) => ({
      url: `${origins[i % originsCount]}/ok/${i}`,
      pattern: type,
    }));
    await seedSubscriptions(database, subscriptions);
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
