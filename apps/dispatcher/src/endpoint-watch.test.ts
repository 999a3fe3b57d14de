import { createPublisher } from "@carewire/bus";
import { systemClock } from "@carewire/envelope";
import { createMetrics } from "@carewire/service-kit";
import { expect, test } from "vitest";
import { defaultBreakerSettings } from "./admission/breaker.ts";
import { createDispatcherMetrics } from "./dispatcher-metrics.ts";
import { createEndpointWatch } from "./endpoint-watch.ts";
import { createDeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";

test("an address that asks for no more while the one before it is being looked at is heard, too", async () => {
  const bench = await createDeliveryBench();
  const errors: unknown[] = [];
  const watch = createEndpointWatch({
    sql: bench.sql,
    publisher: createPublisher(bench),
    clock: systemClock,
    monotonic: { now: () => performance.now() },
    random: () => 0.5,
    metrics: createDispatcherMetrics(createMetrics({ service: "dispatcher" })),
    limits: {
      ...{ fastMax: 1, slowMax: 1, unrecordedMax: 1, bodyBytesMax: 1, endpointsMax: 1 },
      breaker: defaultBreakerSettings,
    },
    disableAfterMs: 432_000_000,
    wakeShard: () => {},
    onPublished: () => {},
    onError: (_where, error) => errors.push(error),
  });
  const timers = watch.start();
  const { id } = await bench.subscribe();
  await bench.sql.begin(async (tx) => {
    await tx`update subscriptions set url = 'http://127.0.0.1:9/new', version = 2 where id = ${id}`;
    watch.disable(id, 1, "the old one");
    await waitUntil(
      async () =>
        (
          await bench.sql`select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
        ).length > 0,
    );
    watch.disable(id, 2, "the new one");
    watch.disable(id, 1, "the old one, late");
  });
  await waitUntil(async () => (await bench.sql`select from subscriptions where not active`).length > 0);
  expect(await bench.sql`select disabled_reason from subscriptions`).toEqual([
    { disabled_reason: "the new one" },
  ]);
  expect(errors).toEqual([]);
  for (const timer of timers) timer.stop();
  await watch.save();
  await bench.close();
});
