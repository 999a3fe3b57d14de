import { afterAll, beforeAll, expect, test } from "vitest";
import { createEndpointBench, type EndpointBench } from "../testing/endpoint-bench.ts";
import { withTenant } from "../with-tenant.ts";
import { firstPosition, lookAfter, lookAtNewest } from "./look.ts";

let bench: EndpointBench;
/** The subscription's deliveries, oldest first: first many that were delivered, then three that are held. */
let delivered: string[];
let held: string[];

const many = 20_000;

beforeAll(async () => {
  bench = await createEndpointBench();
  delivered = await bench.store(many, 2);
  held = await bench.store(3, 1);
  await bench.sql`insert into deliveries (id, organization_id, event_id, destination_id, status)
    select uuidv7(), ${bench.organizationId}, uuidv7(), ${bench.otherId}, 1 from generate_series(1, ${many})`;
  await bench.sql`analyze deliveries`;
});
afterAll(() => bench.drop());

test("looks further from a position, oldest first, and back from the newest", async () => {
  const before = delivered.at(-1) as string;
  expect(await lookAfter(bench.sql, bench.subscriptionId, before, 2)).toEqual(
    held.slice(0, 2).map((id) => ({ id, matched: true })),
  );
  expect(await lookAtNewest(bench.sql, bench.subscriptionId, 4)).toEqual([
    ...held.toReversed().map((id) => ({ id, matched: true })),
    { id: before, matched: false },
  ]);
  expect(await lookAfter(bench.sql, bench.subscriptionId, held[2] as string, 2)).toEqual([]);
});

test.each([
  [
    "after the last one",
    () => bench.sql`carewire_deliveries_after(${bench.subscriptionId}, ${held[2] ?? ""}, 1000)`,
  ],
  [
    "from the first on",
    () => bench.sql`carewire_deliveries_after(${bench.subscriptionId}, ${firstPosition}, 100)`,
  ],
  ["at the newest", () => bench.sql`carewire_newest_deliveries(${bench.subscriptionId}, 100)`],
])("costs what it returns, however many deliveries the day has (%s)", async (_where, look) => {
  const plan = await withTenant(bench.sql, bench.organizationId, async (tx) => {
    // Planning reads the catalog once per connection.
    await tx`select * from ${look()}`;
    return tx<{ "QUERY PLAN": { Plan: Record<string, number> }[] }[]>`
      explain (analyze, buffers, format json) select * from ${look()}`;
  });
  const { "Shared Hit Blocks": hit = 0, "Shared Read Blocks": read = 0 } =
    plan[0]?.["QUERY PLAN"][0]?.Plan ?? {};
  // A few blocks of the index in each partition; walking the day's deliveries would take hundreds.
  expect(hit + read).toBeGreaterThan(0);
  expect(hit + read).toBeLessThan(200);
});
