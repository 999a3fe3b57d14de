import { startApp } from "../processes/app.ts";
import { startProgram } from "../processes/program.ts";
import type { ReceiverApi } from "../programs/receiver.ts";
import type { Bench } from "../row.ts";
import { type BenchDatabase, createBenchDatabase } from "../seed/bench-database.ts";
import { seedEndpoints } from "../seed/endpoints.ts";
import { seedEvents } from "../seed/events.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";
import { untilRecorded } from "./until-recorded.ts";

export interface Delivering {
  database: BenchDatabase;
  origins: string[];
  /** Publishes events, lets the dispatcher run, which otherwise stands still, and measures until all are recorded. */
  run(deliveries: number): Promise<Throughput>;
}

const warmUpDeliveries = 10_000;

/** One dispatcher process, one receiver process, and endpoints that each get events of their own. */
export async function openDelivering(
  bench: Bench,
  { endpoints, origins: originsCount }: { endpoints: number; origins: number },
): Promise<Delivering> {
  const database = await createBenchDatabase(bench);
  const receiver = await startProgram<ReceiverApi>("receiver");
  bench.defer(receiver.stop);
  const origins = await receiver.ask("listen", { origins: originsCount });
  await seedEndpoints(database, { endpoints, origins });
  const dispatcher = await startApp({ app: "dispatcher", env: database.appEnv });
  bench.defer(dispatcher.stop);

  async function run(deliveries: number): Promise<Throughput> {
    await seedEvents(database, deliveries, endpoints);
    await receiver.ask("reset", undefined);
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

  dispatcher.pause();
  await run(Math.max(200, Math.round(warmUpDeliveries * bench.scale)));
  return { database, origins, run };
}
