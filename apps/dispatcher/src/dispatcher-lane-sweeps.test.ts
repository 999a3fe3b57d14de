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
    let heard = 0;
    // Whoever listens in this database is told together with the dispatcher.
    await bench.sql.listen(wakeChannel, (payload) => {
      if (payload === "lanes") heard++;
    });
    await bench.sql.begin(async (tx) => {
      // It waits for others below.
      await tx`set local idle_in_transaction_session_timeout = 0`;
      await tx`lock table fifo_lanes in access exclusive mode`;
      const sweeping = async () => {
        const [row] = await bench.sql<{ count: number }[]>`
          select count(*)::int from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%fifo_lanes%'`;
        return row?.count ?? 0;
      };
      for (let n = 0; n < 20; n++) await bench.sql.notify(wakeChannel, "lanes");
      await eventually(() => heard === 20, { description: "the notifications to be heard" });
      await eventually(async () => (await sweeping()) > 0, { description: "a sweep" });
      expect(await sweeping()).toBe(1);
    });
  } finally {
    await dispatcher.stop();
  }
});
