import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEndpointBench, type EndpointBench } from "./testing/endpoint-bench.ts";

let bench: EndpointBench;
beforeAll(async () => {
  bench = await createEndpointBench();
});
afterAll(() => bench.drop());

test("what an older version held for consumers is queued by the migration, what is held for subscriptions stays", async () => {
  const [held] = await bench.store(1, 1);
  const [consumer] = await bench.sql<{ id: string }[]>`
    insert into consumers (id, name) values (uuidv7(), 'doctors.profiles') returning id`;
  const [waiting] = await bench.sql<{ id: string }[]>`
    insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, status, attempts)
    values (uuidv7(), ${bench.organizationId}, uuidv7(), ${consumer?.id ?? ""}, 1, 1, 3) returning id`;
  await bench.sql.unsafe(
    await readFile(new URL("../migrations/0013_paused_consumers.sql", import.meta.url), "utf8"),
  );
  expect(await bench.sql`select id, destination_id, shard, lane, attempts from delivery_queue`).toEqual([
    { id: waiting?.id, destination_id: consumer?.id, shard: 64, lane: 1, attempts: 3 },
  ]);
  const statuses = await bench.sql`select id, status from deliveries order by id`;
  expect(statuses).toEqual([
    { id: held, status: 1 },
    { id: waiting?.id, status: 0 },
  ]);
});
