import { connect, migrations, type Sql } from "@carewire/db";
import { eventTypes, newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statusNames } from "../messages/status-names.ts";
import { applyItem, type Item } from "../testing/apply-item.ts";
import { message, status } from "../testing/requests.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 6, applicationName: "any-order-test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const messageItem = fc.constantFrom("1", "2").map((n) => ({ message: message(`wamid.in${n}`) }));
const statusItem = fc
  .record({
    n: fc.constantFrom("1", "2"),
    name: fc.constantFrom(...statusNames),
    seconds: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ n, name, seconds }) => ({ status: status(`wamid.out${n}`, name, seconds) }));

/** A history of messages and statuses, and two orders to deliver it in, with repeats. */
const deliveries = fc
  .array(fc.oneof(messageItem, statusItem), { minLength: 1, maxLength: 9 })
  .chain((history: Item[]) => {
    const repeated = [...history, ...history];
    const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
    return fc.record({ history: fc.constant(history), first: order, second: order });
  });

interface Outcome {
  messages: unknown[];
  statuses: unknown[];
  published: { type: string; payload: Record<string, unknown> }[];
}

/** Delivers everything under a tenant of its own, some of it at the same time, and reads what came of it. */
async function deliver(items: Item[], atOnce: number): Promise<Outcome> {
  const organizationId = newId(Date.now());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  for (let i = 0; i < items.length; i += atOnce) {
    await Promise.all(items.slice(i, i + atOnce).map((item) => applyItem(sql, organizationId, item)));
  }
  const [messages, statuses, published] = await Promise.all([
    sql`select message_id, phone_number_id, sender_phone, type, sent_at from messaging_messages
      where organization_id = ${organizationId} order by message_id`,
    sql`select message_id, status, sent_at, failed_at, delivered_at, read_at, played_at, deleted_at, state_at
      from messaging_statuses where organization_id = ${organizationId} order by message_id`,
    sql<{ type: string; body: Buffer }[]>`
      select e.type, p.body from events e join event_payloads p on p.id = e.id where e.organization_id = ${organizationId}`,
  ]);
  const readable = published.map(({ type, body }) => ({ type, payload: JSON.parse(body.toString()) }));
  return { messages: [...messages], statuses: [...statuses], published: readable };
}

function expectTold({ published }: Outcome, history: Item[]): void {
  const told = published.map(({ type, payload }) => `${type} ${payload.message_id}`);
  expect(new Set(told).size).toBe(told.length);
  const received = history.flatMap((item) =>
    "message" in item ? [`message.received ${item.message.id}`] : [],
  );
  expect(told.filter((one) => one.startsWith("message.received")).sort()).toEqual(
    [...new Set(received)].sort(),
  );
  for (const { type, payload } of published) {
    expect(eventTypes.get(type)?.schema.safeParse(payload).success).toBe(true);
  }
}

test("repeats, any order and concurrency end in the same messages and statuses, and tell each fact once", async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ history, first, second }) => {
      const one = await deliver(first, 1);
      const other = await deliver(second, 4);
      expect({ ...other, published: [] }).toEqual({ ...one, published: [] });
      expectTold(one, history);
      expectTold(other, history);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test("a message of somebody who hides the phone number is kept and told by Meta's id", async () => {
  const organizationId = newId(Date.now());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const contact = { user_id: "US.13491208655302741918", profile: { username: "ada" } };
  const hidden = message("wamid.hidden", { from: undefined, from_user_id: contact.user_id });
  await applyItem(sql, organizationId, { contact, message: hidden });
  const [row] =
    await sql`select sender_phone, sender_user_id from messaging_messages where message_id = 'wamid.hidden'`;
  expect(row).toEqual({ sender_phone: null, sender_user_id: contact.user_id });
  const [event] = await sql<{ body: Buffer }[]>`
    select p.body from events e join event_payloads p on p.id = e.id where e.organization_id = ${organizationId}`;
  const told = JSON.parse(String(event?.body)) as object;
  expect(told).toMatchObject({ sender_id: contact.user_id });
  expect(told).not.toHaveProperty("sender_phone");
});
