import { createPublisher, type Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishRouted } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { disableEndpoint } from "./disable-endpoint.ts";

let bench: DeliveryBench;
let deps: { sql: Sql; publisher: Publisher };

beforeAll(async () => {
  bench = await createDeliveryBench();
  deps = { sql: bench.sql, publisher: createPublisher(bench) };
});
afterAll(() => bench.close());

test("an endpoint that asked for no more is disabled once, with its reason and an audit entry, and what waits is held", async () => {
  const { id } = await bench.subscribe();
  const other = await bench.subscribe();
  await publishRouted(bench, 3);
  const reason = "answered 410 Gone";
  const outcomes = await Promise.all(
    Array.from({ length: 4 }, () =>
      disableEndpoint(deps, { subscriptionId: id, version: 1, reason }, new Date()),
    ),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  const [row] = await bench.sql`select active, disabled_reason, version from subscriptions where id = ${id}`;
  expect(row).toEqual({ active: false, disabled_reason: reason, version: 2 });
  const held =
    await bench.sql`select destination_id, count(*)::int count from deliveries where status = 1 group by 1`;
  expect(held).toEqual([{ destination_id: id, count: 3 }]);
  expect(await bench.sql`select id from delivery_queue where destination_id = ${other.id}`).toHaveLength(3);
  const audit = await bench.sql`select actor, action, target from audit_log`;
  expect(audit).toEqual([
    { actor: "dispatcher", action: "subscription.disabled", target: publicId("sub", id) },
  ]);
  const told = await bench.sql`select subject from events where type = 'endpoint.disabled'`;
  expect(told).toEqual([{ subject: publicId("sub", id) }]);
});

test("a subscription that is gone is nothing to disable", async () => {
  const gone = { subscriptionId: "01890000-0000-7000-8000-000000000000", version: null, reason: "gone" };
  expect(await disableEndpoint(deps, gone, new Date())).toBe(false);
});

test("a subscription that was changed since goes on; what is true of every version stops it", async () => {
  const { id } = await bench.subscribe();
  await bench.sql`update subscriptions set version = version + 1 where id = ${id}`;
  const disable = (version: number | null) =>
    disableEndpoint(deps, { subscriptionId: id, version, reason: "answered 410 Gone" }, new Date());
  expect(await disable(1)).toBe(false);
  expect(await bench.sql`select active, version from subscriptions where id = ${id}`).toEqual([
    { active: true, version: 2 },
  ]);
  expect(await disable(null)).toBe(true);
});
