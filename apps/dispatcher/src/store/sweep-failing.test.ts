import { createPublisher, type Publisher } from "@carewire/bus";
import { resetEndpointHealth, type Sql } from "@carewire/db";
import { eventTypes, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { healthPolicy } from "../health/next-health-step.ts";
import { publishRouted } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { sweepFailing } from "./sweep-failing.ts";

const policy = healthPolicy(120 * 3_600_000);
let bench: DeliveryBench;
let deps: { sql: Sql; publisher: Publisher };
let id: string;

beforeAll(async () => {
  bench = await createDeliveryBench();
  deps = { sql: bench.sql, publisher: createPublisher(bench) };
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  id = (await bench.subscribe({ url: "https://hooks.example.com/token-in-the-path?key=1" })).id;
});

/** It failed at both ends of the last so many hours, and in the end so many hours ago. */
const failing = (hours: number, hoursAgo = 0, warnings = 0) => bench.sql`
  insert into endpoint_state (subscription_id, organization_id, consecutive_failures, failing_since, last_failure_at, warnings)
  values (${id}, ${bench.organizationId}, 7, now() - ${hours + hoursAgo} * interval '1 hour',
    now() - ${hoursAgo} * interval '1 hour', ${warnings})
  on conflict (subscription_id) do update set failing_since = excluded.failing_since,
    last_failure_at = excluded.last_failure_at`;
const sweep = () => sweepFailing(deps, policy, new Date());

async function told(): Promise<{ type: string; payload: unknown }[]> {
  const rows = await bench.sql<{ id: string; type: string; body: Buffer }[]>`
    select e.id, e.type, p.body from events e join event_payloads p on p.id = e.id order by e.id`;
  const dataKey = await bench.vault.dataKey(bench.organizationId);
  return rows.map((row) => ({
    type: row.type,
    payload: JSON.parse(dataKey.open(`event_payloads:${row.id}`, row.body).toString()),
  }));
}

test("owners are warned twice and then told that their endpoint is off, each once, whoever sweeps", async () => {
  const types: string[][] = [];
  for (const hours of [0.5, 1.01, 1.02, 61, 62, 120.01, 121]) {
    await failing(hours);
    await Promise.all([sweep(), sweep(), sweep()]);
    types.push((await told()).map(({ type }) => type));
  }
  const [warned, off] = ["endpoint.failing", "endpoint.disabled"];
  expect(types).toEqual([
    [],
    [warned],
    [warned],
    [warned, warned],
    [warned, warned],
    [warned, warned, off],
    [warned, warned, off],
  ]);
  for (const { type, payload } of await told()) {
    expect(eventTypes.get(type)?.schema.parse(payload)).toMatchObject({
      subscription_id: publicId("sub", id),
      url_origin: "https://hooks.example.com",
    });
  }
});

test("a disabled endpoint keeps what waits for it, and says why it is off", async () => {
  await publishRouted(bench, 3);
  await failing(121);
  expect(await sweep()).toBe(1);
  const [row] = await bench.sql`select active, disabled_reason from subscriptions where id = ${id}`;
  expect(row?.active).toBe(false);
  expect(row?.disabled_reason).toContain("after 120 hours");
  expect((await bench.deliveries()).map(({ status }) => status)).toEqual(["held", "held", "held"]);
});

test("one failure long ago, with nothing sent since, is no reason", async () => {
  await failing(0, 200);
  expect(await sweep()).toBe(0);
  await failing(0.5, 200);
  expect(await sweep()).toBe(0);
});

test("an endpoint that is paused, or was resumed since, is left alone", async () => {
  await failing(200);
  await bench.sql`update subscriptions set active = false where id = ${id}`;
  expect(await sweep()).toBe(0);
  await bench.sql`update subscriptions set active = true where id = ${id}`;
  await resetEndpointHealth(bench.sql, id);
  expect(await sweep()).toBe(0);
});
