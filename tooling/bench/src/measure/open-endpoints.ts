import { type Program, startProgram } from "../processes/program.ts";
import type { ReceiverApi } from "../programs/receiver.ts";
import type { Bench } from "../row.ts";
import { type BenchDatabase, createBenchDatabase } from "../seed/bench-database.ts";
import { eventTypeOf } from "../seed/event-type.ts";
import { seedSubscriptions } from "../seed/subscriptions.ts";

export interface EndpointsOptions {
  endpoints: number;
  /** Receiving ports; endpoints share them evenly. */
  origins: number;
  /** What endpoint i is called and subscribed to. Default: `/ok/<i>` and an event type of its own. */
  describe?(index: number): { path: string; pattern: string };
}

export interface Endpoints {
  database: BenchDatabase;
  receiver: Program<ReceiverApi>;
  origins: string[];
}

const describeDefault = (index: number) => ({ path: `/ok/${index}`, pattern: eventTypeOf(index) });

/** A database of its own, a receiver process, and subscriptions that lead to it. */
export async function openEndpoints(bench: Bench, options: EndpointsOptions): Promise<Endpoints> {
  const { endpoints, describe = describeDefault } = options;
  const database = await createBenchDatabase(bench);
  const receiver = await startProgram<ReceiverApi>("receiver");
  bench.defer(receiver.stop);
  const origins = await receiver.ask("listen", { origins: options.origins });
  const subscriptions = Array.from({ length: endpoints }, (_, i) => {
    const { path, pattern } = describe(i);
    return { url: `${origins[i % origins.length]}${path}`, pattern };
  });
  await seedSubscriptions(database, subscriptions);
  return { database, receiver, origins };
}
