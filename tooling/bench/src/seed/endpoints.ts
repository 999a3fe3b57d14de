import type { BenchDatabase } from "./bench-database.ts";
import { eventTypeOf } from "./event-type.ts";
import { seedSubscriptions } from "./subscriptions.ts";

/** One subscription per endpoint, each for its own event type, spread over the origins. Returns their ids. */
export function seedEndpoints(
  database: BenchDatabase,
  { endpoints, origins }: { endpoints: number; origins: readonly string[] },
): Promise<string[]> {
  const subscriptions = Array.from({ length: endpoints }, (_, i) => ({
    url: `${origins[i % origins.length]}/ok/${i}`,
    pattern: eventTypeOf(i),
  }));
  return seedSubscriptions(database, subscriptions);
}
