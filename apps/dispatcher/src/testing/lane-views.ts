import { recordAttempts } from "@carewire/delivery";
import { expect } from "vitest";
import { claimAll, recordOf } from "./claiming.ts";
import type { DeliveryBench } from "./delivery-bench.ts";

/** What ordered deliveries look like from outside: event ids in order, subjects in order. */
export interface LaneViews {
  /** Events with a delivery in the queue. */
  due(): Promise<string[]>;
  /** Events with a delivery that waits in line. */
  waiting(): Promise<string[]>;
  /** Subjects that have a delivery on its way. */
  lanes(): Promise<string[]>;
  /** Claims what is due and records it as delivered; returns the events. */
  deliverDue(): Promise<string[]>;
  /** Everything unfinished is in exactly one queue, and nothing else is in any. */
  expectNothingLost(): Promise<void>;
}

export function createLaneViews(bench: DeliveryBench): LaneViews {
  return {
    due: async () =>
      (await bench.sql`select event_id from delivery_queue order by 1`).map((row) => row.event_id),
    waiting: async () =>
      (await bench.sql`select event_id from fifo_queue order by 1`).map((row) => row.event_id),
    lanes: async () => (await bench.sql`select subject from fifo_lanes order by 1`).map((row) => row.subject),
    async deliverDue() {
      const { deliveries } = await claimAll(bench);
      await recordAttempts(
        bench.sql,
        deliveries.map((delivery) => recordOf(delivery)),
      );
      return deliveries.map(({ eventId }) => eventId);
    },
    async expectNothingLost() {
      // What is held stays in line when it has a subject, and is in no queue otherwise.
      const [row] = await bench.sql`
        select count(*) filter (where (d.status = 0 or d.status = 1 and e.subject is not null)
            and q.id is null and f.delivery_id is null)::int lost,
          count(*) filter (where d.status > 1 and (q.id is not null or f.delivery_id is not null))::int undead,
          count(*) filter (where q.id is not null and f.delivery_id is not null)::int twice
        from deliveries d join events e on e.id = d.event_id left join delivery_queue q on q.id = d.id left join fifo_queue f on f.delivery_id = d.id`;
      expect(row).toEqual({ lost: 0, undead: 0, twice: 0 });
    },
  };
}
