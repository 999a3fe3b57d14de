import { createPublisher, type EventDraft } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import type { BenchDatabase } from "./bench-database.ts";
import { eventTypeOf } from "./event-type.ts";
import { createPayload } from "./payload.ts";

const batchSize = 1_000;
const filledTables = ["events", "event_payloads", "deliveries", "attempts", "route_queue", "delivery_queue"];

/** Publishes `count` unrouted events, spread evenly over the types of `endpoints`, and settles the database. */
export async function seedEvents(
  database: BenchDatabase,
  count: number,
  endpoints: number,
  /** Subjects per endpoint, in turn; 0: none. */
  subjects = 0,
): Promise<void> {
  const publisher = createPublisher({ vault: database.vault });
  for (let start = 0; start < count; start += batchSize) {
    const drafts = Array.from({ length: Math.min(batchSize, count - start) }, (_, i) => {
      const draft = createDraft(database.organizationId, eventTypeOf((start + i) % endpoints), Date.now());
      const turn = Math.floor((start + i) / endpoints);
      return subjects === 0 ? draft : { ...draft, subject: `subject-${turn % subjects}` };
    });
    await publisher.publish(database.sql, drafts);
  }
  // So that no vacuum or analyze of the seeding itself falls into what is measured.
  await database.sql.unsafe(`vacuum analyze ${filledTables.join(", ")}`);
}

/** One event of 1 KiB. */
export function createDraft(organizationId: string, type: string, publishedAtMs: number): EventDraft {
  return {
    id: newId(Math.floor(publishedAtMs)),
    organizationId,
    type,
    sourceService: "bench",
    occurredAt: new Date(publishedAtMs),
    body: createPayload(publishedAtMs),
  };
}
