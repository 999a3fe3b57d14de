import type { Program } from "../processes/program.ts";
import type { PublisherApi } from "../programs/publisher.ts";
import type { ReceiverApi } from "../programs/receiver.ts";
import type { BenchDatabase } from "../seed/bench-database.ts";
import { untilRecorded } from "./until-recorded.ts";

export interface Flood {
  database: BenchDatabase;
  receiver: Program<ReceiverApi>;
  publisher: Program<PublisherApi>;
  count: number;
  endpoints: number;
}

/** Publishes everything at once; returns how many deliveries a second the machine makes meanwhile. */
export async function measureFlood({
  database,
  receiver,
  publisher,
  count,
  endpoints,
}: Flood): Promise<number> {
  await receiver.ask("reset", undefined);
  const startedAt = performance.now();
  await publisher.ask("flood", { count, endpoints });
  await receiver.ask("until", { count });
  const seconds = (performance.now() - startedAt) / 1_000;
  await untilRecorded(database.sql);
  return count / seconds;
}
