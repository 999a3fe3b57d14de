import { consumerShard, createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { mtnMomoTopic, newId, orangeMoneyTopic, stripeTopic, topics } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkoutTypes, invoiceTypes, subscriptionTypes } from "./providers/stripe/stripe-topics.ts";
import { startConsumers } from "./start-consumers.ts";
import { openVault } from "./testing/apply-event.ts";

const organizationId = newId(Date.now());
const publisher = createPublisher({ vault: openVault });
const logger = { info() {}, warn() {}, error() {} };
let database: TestDatabase;
let sql: Sql;
let consumers: ReturnType<typeof startConsumers>;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 10, applicationName: "start-consumers-test" });
  const waker = { wake() {}, notifyConsumers: async () => {}, close: async () => {} };
  const clock = { now: () => Date.now() };
  const shared = {
    sql,
    listen: sql,
    vault: openVault,
    publisher,
    waker,
    clock,
    logger,
    random: () => 0.5,
    pollMs: 20,
  };
  consumers = startConsumers(shared);
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

const statusOf = async (eventId: string): Promise<number | undefined> =>
  (
    await sql<
      { status: number }[]
    >`select status from deliveries where event_id = ${eventId} and finished_at is not null`
  )[0]?.status;

test("every handled Stripe event type and every callback has exactly one consumer", async () => {
  const rows = await sql<{ topic: string; consumers: number }[]>`
    select topic, count(*)::int consumers from consumer_topics group by topic order by topic`;
  const stripe = [...checkoutTypes, ...invoiceTypes, ...subscriptionTypes].map((type) => stripeTopic(type));
  const handled = [...stripe, mtnMomoTopic, orangeMoneyTopic].sort();
  expect([...rows]).toEqual(handled.map((topic) => ({ topic, consumers: 1 })));
});

test.each([
  ...[...checkoutTypes, ...invoiceTypes, ...subscriptionTypes].map((type) => stripeTopic(type)),
  orangeMoneyTopic,
  mtnMomoTopic,
])("the catalog's sample of %s is handled to the end", async (topic) => {
  const eventId = await deliver(topic, topics.get(topic)?.sample ?? {});
  expect(await eventually(() => statusOf(eventId))).toBe(2);
});

test("an event whose object lacks what we need is dead-lettered at once, without an effect", async () => {
  const payload = {
    id: "evt_bad",
    type: "invoice.payment_failed",
    created: 1,
    data: { object: { id: "in_bad" } },
  };
  const eventId = await deliver(stripeTopic("invoice.payment_failed"), payload);
  const [letter] = await eventually(async () => {
    const rows = await sql`select cause, consumer, attempts from dead_letters where event_id = ${eventId}`;
    return rows.length > 0 && rows;
  });
  expect(letter).toEqual({ cause: "schema", consumer: "ingress-payments.apply-invoice", attempts: 1 });
  expect(await sql`select 1 from billing_invoices where stripe_invoice_id = 'in_bad'`).toHaveLength(0);
});
