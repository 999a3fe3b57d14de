import type { Sql } from "@carewire/db";
import { eventually } from "@carewire/testkit";
import type { EventDraft } from "../event-draft.ts";

/** What the database says about the deliveries of an event, as tests ask for it. */
export function createDeliveryViews(sql: Sql) {
  const deliveryOf = async (draft: EventDraft) => {
    const [row] = await sql`
      select d.id, d.status, d.attempts, d.finished_at,
        (select count(*)::int from delivery_queue q where q.id = d.id) queued
      from deliveries d where d.event_id = ${draft.id}`;
    return row;
  };
  return {
    deliveryOf,
    /** What handlers left in the `effects` table for this event. */
    effectsOf: (draft: EventDraft) => sql`select by from effects where event_id = ${draft.id}`,
    /** The ledger of the event's delivery, in the order it was written. */
    attemptsOf: (draft: EventDraft) => sql`
      select a.n, a.outcome, a.next_step, a.error, a.reason, a.next_retry_at from attempts a
      join deliveries d on d.id = a.delivery_id where d.event_id = ${draft.id} order by a.created_at, a.id`,
    lettersOf: (draft: EventDraft) => sql`select * from dead_letters where event_id = ${draft.id}`,
    /** Waits until the event's delivery has this status (2 delivered, 3 failed). */
    settled: (draft: EventDraft, status: number) =>
      eventually(async () => (await deliveryOf(draft))?.status === status, {
        description: `status ${status}`,
      }),
  };
}

export type DeliveryViews = ReturnType<typeof createDeliveryViews>;
