import { afterAll, beforeAll, expect, test } from "vitest";
import { publishRouted } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { measureBacklog } from "./measure-backlog.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());

test("what waits for us is counted apart from what waits for its endpoint, and only the former has an age", async () => {
  expect(await measureBacklog(bench.sql)).toEqual({ due: 0, oldestSeconds: 0, heldBack: 0 });
  const [, broken, limited] = await Promise.all([bench.subscribe(), bench.subscribe(), bench.subscribe()]);
  await bench.sql`insert into endpoint_state (subscription_id, organization_id, breaker)
    values (${broken.id}, ${bench.organizationId}, 'open')`;
  await bench.sql`update subscriptions set rate_limit_per_second = 1 where id = ${limited.id}`;
  await publishRouted(bench, 2);
  await bench.sql`update delivery_queue set due_at = now() - interval '1 minute'`;
  await bench.sql`update delivery_queue set due_at = now() - interval '1 day' where destination_id = ${broken.id}`;
  const { due, oldestSeconds, heldBack } = await measureBacklog(bench.sql);
  expect({ due, heldBack }).toEqual({ due: 2, heldBack: 4 });
  expect(oldestSeconds).toBeGreaterThanOrEqual(60);
  expect(oldestSeconds).toBeLessThan(3_600);
});
