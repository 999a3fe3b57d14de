import { consumerShard, createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId, topics } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leaveTopic } from "./providers/workforce/workforce-topics.ts";
import { startConsumers } from "./start-consumers.ts";
import { openVault } from "./testing/open-vault.ts";

const organizationId = newId(Date.now());
const publisher = createPublisher({ vault: openVault });
let database: TestDatabase;
let sql: Sql;
let consumers: ReturnType<typeof startConsumers>;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 8, applicationName: "start-consumers-test" });
  const waker = { wake() {}, notifyConsumers: async () => {}, close: async () => {} };
  const logger = { info() {}, warn() {}, error() {} };
  const clock = { now: () => Date.now() };
  const quick = { pollMs: 20, random: () => 0.5 };
  consumers = startConsumers({
    ...quick,
    sql,
    listen: sql,
    vault: openVault,
    publisher,
    waker,
    clock,
    logger,
  });
  await Promise.all(consumers.map((consumer) => consumer.registered));
});
afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await sql.end({ timeout: 1 });
  await database.drop();
});

/** Publishes a leave, as an object or as this very text, hands it to its consumer as the dispatcher would, and waits for the outcome. */
async function deliver(payload: object | string): Promise<{ id: string; status: number }> {
  const id = newId(Date.now());
  const body = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  const draft = {
    id,
    organizationId,
    type: leaveTopic,
    sourceService: "test",
    occurredAt: new Date(0),
    body,
  };
  await publisher.publish(sql, [draft]);
  await sql`
    with delivery as (
      insert into deliveries (id, organization_id, event_id, destination_id, destination_kind)
      select uuidv7(), ${organizationId}::uuid, ${id}::uuid, consumer_id, 1 from consumer_topics where topic = ${leaveTopic}
      returning id, destination_id)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
    select id, ${organizationId}::uuid, ${id}::uuid, destination_id, ${consumerShard} from delivery`;
  const status = await eventually(
    async () =>
      (
        await sql<{ status: number }[]>`
          select status from deliveries where event_id = ${id} and finished_at is not null`
      )[0]?.status,
  );
  return { id, status };
}

test("the catalog's sample of an approved leave is in the roster, and told", async () => {
  const sample = topics.get(leaveTopic)?.sample ?? {};
  expect((await deliver(sample)).status).toBe(2);
  const days = await sql`select day::text as day, user_id from roster_days order by day`;
  expect(days).toEqual(
    ["02", "03", "04", "05", "06"].map((day) => ({ day: `2026-03-${day}`, user_id: "user_17" })),
  );
  expect(await sql`select 1 from events where type = 'leave.approved'`).toHaveLength(1);
});

test("what is told of a leave keeps every byte of what was published", async () => {
  const sample = JSON.stringify({ ...topics.get(leaveTopic)?.sample, leave_id: "leave_exact" });
  const text = sample.replace(/}$/, ', "badge": 12345678901234567890, "hours": 7.50}');
  expect((await deliver(text)).status).toBe(2);
  const told = await sql<{ body: Buffer }[]>`
    select p.body from events e join event_payloads p on p.id = e.id
    where e.type = 'leave.approved' and e.subject = 'leave_exact'`;
  expect(told.map(({ body }) => body.toString())).toEqual([text]);
});

test("a leave approved in the future, whoever published it, does not outrank the one that corrects it", async () => {
  const leave = { ...topics.get(leaveTopic)?.sample, leave_id: "leave_ahead" };
  const ahead = await deliver({ ...leave, approved_at: new Date(Date.now() + 2 * 86_400_000).toISOString() });
  expect(ahead.status).toBe(3);
  expect(await sql`select cause from dead_letters where event_id = ${ahead.id}`).toEqual([
    { cause: "schema" },
  ]);
  expect((await deliver(leave)).status).toBe(2);
  expect(await sql`select 1 from leaves where leave_id = 'leave_ahead'`).toHaveLength(1);
});

test("a leave published from inside that no roster can hold is dead-lettered, without an effect", async () => {
  const endless = { ...topics.get(leaveTopic)?.sample, leave_id: "leave_endless", ends_on: "2029-01-01" };
  const { id, status } = await deliver(endless);
  expect(status).toBe(3);
  const letters = await sql`select cause, consumer from dead_letters where event_id = ${id}`;
  expect(letters).toEqual([{ cause: "schema", consumer: "ingress-workforce.apply-leave" }]);
  expect(await sql`select 1 from leaves where leave_id = 'leave_endless'`).toHaveLength(0);
});
