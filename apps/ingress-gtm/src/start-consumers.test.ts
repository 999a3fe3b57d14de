import { consumerShard, createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { leadSubmittedTopic, newId, topics } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handledTopics } from "./providers/resend/resend-topics.ts";
import { consumersMax, startConsumers } from "./start-consumers.ts";
import { openVault } from "./testing/apply.ts";

const organizationId = newId(Date.now());
const publisher = createPublisher({ vault: openVault });
const handled = [...handledTopics, leadSubmittedTopic];
let database: TestDatabase;
let sql: Sql;
let consumers: ReturnType<typeof startConsumers>;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 10, applicationName: "start-consumers-test" });
  const shared = {
    sql,
    listen: sql,
    vault: openVault,
    publisher,
    waker: { wake() {}, notifyConsumers: async () => {}, close: async () => {} },
    clock: { now: () => Date.now() },
    logger: { info() {}, warn() {}, error() {} },
    random: () => 0.5,
    pollMs: 20,
  };
  consumers = startConsumers(shared, { honeypots: [], fillTimeMinMs: 3_000 });
  await Promise.all(consumers.map((consumer) => consumer.registered));
});
afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await sql.end({ timeout: 1 });
  await database.drop();
});

/** Publishes an event and hands it to the consumers of its topic, as the dispatcher would. */
async function deliver(topic: string, payload: object): Promise<string> {
  const id = newId(Date.now());
  const body = Buffer.from(JSON.stringify(payload));
  const draft = { id, organizationId, type: topic, sourceService: "test", occurredAt: new Date(0), body };
  await sql.begin(async (tx) => {
    await publisher.publish(tx, [draft]);
    await tx`
      with delivery as (
        insert into deliveries (id, organization_id, event_id, destination_id, destination_kind)
        select uuidv7(), ${organizationId}::uuid, ${id}::uuid, consumer_id, 1 from consumer_topics where topic = ${topic}
        returning id, destination_id)
      insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select id, ${organizationId}::uuid, ${id}::uuid, destination_id, ${consumerShard} from delivery`;
  });
  return id;
}

const delivered = 2;
const statusOf = async (eventId: string): Promise<number | undefined> => {
  const [row] = await sql<{ status: number }[]>`
    select status from deliveries where event_id = ${eventId} and finished_at is not null`;
  return row?.status;
};

test("every handled topic has exactly one consumer", async () => {
  const rows = await sql`
    select topic, count(*)::int consumers from consumer_topics group by topic order by topic`;
  expect([...rows]).toEqual(handled.toSorted().map((topic) => ({ topic, consumers: 1 })));
  expect(consumers).toHaveLength(consumersMax);
});

test.each(handled)("the catalog's sample of %s is handled to the end", async (topic) => {
  const eventId = await deliver(topic, topics.get(topic)?.sample ?? {});
  expect(await eventually(() => statusOf(eventId))).toBe(delivered);
});

test("an event about no e-mail is dead-lettered at once, without an effect", async () => {
  const payload = { type: "email.sent", created_at: "2026-01-01T00:00:00Z", data: { email_id: 7 } };
  const eventId = await deliver("cari.gtm.email_sent", payload);
  const letters = await eventually(async () => {
    const rows = await sql`select cause, consumer, attempts from dead_letters where event_id = ${eventId}`;
    return rows.length > 0 && [...rows];
  });
  expect(letters).toEqual([{ cause: "schema", consumer: "ingress-gtm.apply-email", attempts: 1 }]);
});
