import { consumerShard, createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId, topics } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toEnvelopes } from "./providers/whatsapp/to-envelopes.ts";
import { messageTopic, statusTopic } from "./providers/whatsapp/whatsapp-topics.ts";
import { startConsumers } from "./start-consumers.ts";
import { openVault } from "./testing/apply-item.ts";
import { change, message, request, status } from "./testing/requests.ts";

const organizationId = newId(Date.now());
const publisher = createPublisher({ vault: openVault });
const logger = { info() {}, warn() {}, error() {} };
const phone = "16505551234";
let database: TestDatabase;
let sql: Sql;
let consumers: ReturnType<typeof startConsumers>;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  sql = connect({ url: database.serviceUrl, max: 10, applicationName: "start-consumers-test" });
  consumers = startConsumers({
    sql,
    listen: sql,
    vault: openVault,
    publisher,
    waker: { wake() {}, notifyConsumers: async () => {}, close: async () => {} },
    clock: { now: () => Date.now() },
    logger,
    random: () => 0.5,
    pollMs: 20,
  });
  await Promise.all(consumers.map((consumer) => consumer.registered));
});
afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await sql.end({ timeout: 1 });
  await database.drop();
});

/** Publishes an event and hands it to the consumers of its topic, as the dispatcher would. */
async function deliver(topic: string, body: Buffer): Promise<string> {
  const id = newId(Date.now());
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

/** 2 delivered, 3 dead-lettered. */
const settled = (eventId: string): Promise<number> =>
  eventually(async () => {
    const [row] = await sql<{ status: number }[]>`
        select status from deliveries where event_id = ${eventId} and finished_at is not null`;
    return row?.status;
  });

test("messages and statuses have one consumer each", async () => {
  const rows =
    await sql`select topic, count(*)::int consumers from consumer_topics group by topic order by topic`;
  expect([...rows]).toEqual([messageTopic, statusTopic].map((topic) => ({ topic, consumers: 1 })));
});

test.each([messageTopic, statusTopic])("the catalog's sample of %s is handled to the end", async (topic) => {
  const eventId = await deliver(topic, Buffer.from(JSON.stringify(topics.get(topic)?.sample)));
  expect(await settled(eventId)).toBe(2);
});

test("of a request with poison in it, the poison alone is dead-lettered, and no error tells the phone number", async () => {
  const messages = [
    message("wamid.good1"),
    message("wamid.poison1", { timestamp: "yesterday" }),
    message("wamid.good2"),
    { from: phone },
    message("wamid.poison2", { type: "te\0xt" }),
  ];
  const statuses = [
    status("wamid.good3", "read"),
    null,
    status("wamid.poison3", "read", 0, { timestamp: 7 }),
  ];
  const body = request(change({ messages, statuses }));
  const mapped = toEnvelopes({ rawBody: Buffer.from(JSON.stringify(body)), body, nowMs: 0 }, () => true);
  if (!mapped.ok) throw new Error(mapped.reason);

  const ids = await Promise.all(
    mapped.envelopes.map(({ topic, payload }) => deliver(topic, Buffer.from(payload))),
  );
  expect(await Promise.all(ids.map(settled))).toEqual([2, 3, 2, 3, 3, 2, 3, 3]);
  const letters = await sql<{ cause: string; error: string }[]>`select cause, error from dead_letters`;
  expect(letters.map(({ cause }) => cause)).toEqual(Array(5).fill("schema"));
  expect(letters.map(({ error }) => error).join()).not.toContain(phone);
  const kept =
    await sql`select message_id from messaging_messages where message_id like 'wamid.%good%' order by 1`;
  expect(kept.map((row) => row.message_id)).toEqual(["wamid.good1", "wamid.good2"]);
});
