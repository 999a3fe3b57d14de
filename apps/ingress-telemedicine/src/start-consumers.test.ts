import { consumerShard, createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { liveKitTopic, newId, topics } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { participantEvents, roomEvents, trackEvents } from "./providers/livekit/livekit-topics.ts";
import { startConsumers } from "./start-consumers.ts";
import { openVault } from "./testing/apply-event.ts";

const organizationId = newId(Date.now());
const publisher = createPublisher({ vault: openVault });
const logger = { info() {}, warn() {}, error() {} };
const handled = [...roomEvents, ...participantEvents, ...trackEvents];
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

test("every handled LiveKit event has exactly one consumer", async () => {
  const rows = await sql<{ topic: string; consumers: number }[]>`
    select topic, count(*)::int consumers from consumer_topics group by topic order by topic`;
  const expected = handled.map((event) => liveKitTopic(event) as string).sort();
  expect([...rows]).toEqual(expected.map((topic) => ({ topic, consumers: 1 })));
});

test.each(handled)("the catalog's sample of %s is handled to the end", async (event) => {
  const eventId = await deliver(liveKitTopic(event), topics.get(liveKitTopic(event))?.sample ?? {});
  expect(await eventually(() => statusOf(eventId))).toBe(2);
});

test.each([
  ["room_started", { event: "room_started", room: {} }],
  ["participant_joined", { event: "participant_joined", room: { sid: "RM_bad" } }],
  ["track_published", { event: "track_published", room: { sid: "RM_bad" }, participant: { sid: "PA_bad" } }],
  ["room_finished", { event: "room_finished", room: { sid: "RM_\0bad" } }],
])("a %s that lacks what we need is dead-lettered at once, without an effect", async (event, payload) => {
  const eventId = await deliver(liveKitTopic(event), payload);
  const [letter] = await eventually(async () => {
    const rows = await sql`select cause, attempts from dead_letters where event_id = ${eventId}`;
    return rows.length > 0 && rows;
  });
  expect(letter).toEqual({ cause: "schema", attempts: 1 });
  expect(await sql`select 1 from telemedicine_sessions where room_sid like '%bad'`).toHaveLength(0);
});
