import { wakeChannel } from "@carewire/bus";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { startDispatcher } from "./testing/start-dispatcher.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());

test("however many ask for a sweep of the lanes, a dispatcher makes one at a time", async () => {
  const dispatcher = await startDispatcher(bench);
  try {
    await bench.sql.begin(async (tx) => {
      await tx`lock table fifo_lanes in access exclusive mode`;
      const sweeping = async () => {
        const [row] = await bench.sql<{ count: number }[]>`
          select count(*)::int from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%fifo_lanes%'`;
        return row?.count ?? 0;
      };
      const isHeard = async () =>
        (await bench.sql<{ heard: boolean }[]>`select pg_notification_queue_usage() = 0 heard`)[0]?.heard;
      for (let n = 0; n < 20; n++) await bench.sql.notify(wakeChannel, "lanes");
      await eventually(isHeard, { description: "the notifications to be heard" });
      await eventually(async () => (await sweeping()) > 0, { description: "a sweep" });
      expect(await sweeping()).toBe(1);
    });
  } finally {
    await dispatcher.stop();
  }
});
