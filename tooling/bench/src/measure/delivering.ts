import { startApp } from "../processes/app.ts";
import type { Bench } from "../row.ts";
import type { BenchDatabase } from "../seed/bench-database.ts";
import { seedEvents } from "../seed/events.ts";
import { openEndpoints } from "./open-endpoints.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";
import { untilRecorded } from "./until-recorded.ts";

export interface Delivering {
  database: BenchDatabase;
  origins: string[];
  /** Publishes events, lets the dispatcher run, which otherwise stands still, and measures until all are recorded. */
  run(deliveries: number): Promise<Throughput>;
}

const connectingDeliveries = 100;
// V8 goes on optimising for some ten thousand deliveries; the side it is compared with gets as many.
const warmUpDeliveries = 40_000;

export interface DeliveringSize {
  endpoints: number;
  origins: number;
  /** Given: the subscriptions are ordered, and their events are about so many subjects each. */
  subjects?: number;
  /** Given: every subscription has this rate limit. */
  ratePerSecond?: number;
}

/** One dispatcher process, one receiver process, and endpoints that each get events of their own. */
export async function openDelivering(bench: Bench, size: DeliveringSize): Promise<Delivering> {
  const { database, receiver, origins } = await openEndpoints(bench, size);
  if (size.subjects) {
    await database.sql`update subscriptions set ordering = 'fifo'`;
    await database.sql`update subscription_patterns set fifo = true`;
  }
  if (size.ratePerSecond)
    await database.sql`update subscriptions set rate_limit_per_second = ${size.ratePerSecond}`;
  const dispatcher = await startApp({ app: "dispatcher", env: database.appEnv });
  bench.defer(dispatcher.stop);

  async function run(deliveries: number): Promise<Throughput> {
    await receiver.ask("reset", undefined);
    await seedEvents(database, deliveries, size.endpoints, size.subjects);
    const throughput = await measureThroughput(dispatcher.pid, deliveries, async () => {
      dispatcher.resume();
      await receiver.ask("until", { count: deliveries });
      await untilRecorded(database.sql);
    });
    await refuseSurplus(deliveries);
    dispatcher.pause();
    return throughput;
  }

  async function refuseSurplus(deliveries: number): Promise<void> {
    const received = await receiver.ask("count", undefined);
    if (received > deliveries)
      throw new Error(`${received} requests for ${deliveries} deliveries: duplicates`);
  }

  // The first time it is not paused: a connection attempt must not time out while it stands still.
  await run(connectingDeliveries);
  await run(Math.max(200, Math.round(warmUpDeliveries * bench.scale)));
  return { database, origins, run };
}
