import { connect, migrations, type Sql } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventDraft } from "./event-draft.ts";
import { createPublisher } from "./publish.ts";
import { createAesVault } from "./testing/aes-vault.ts";
import { payloadAad } from "./vault.ts";

const vault = createAesVault();
const publisher = createPublisher({ vault });
const organizationId = newId(systemClock.now());
let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = database.sql;
});
afterAll(() => database.drop());

const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  id: newId(systemClock.now()),
  organizationId,
  type: "order.paid",
  sourceService: "bench",
  occurredAt: new Date("2026-04-18T10:30:00.123Z"),
  body: Buffer.from("{}"),
  ...more,
});

test("an event is stored with everything it carries, its payload sealed, and queued for routing", async () => {
  const full = draft({
    accountId: newId(systemClock.now()),
    externalId: "evt_1Stripe",
    subject: "order_1",
    inboundRequestId: newId(systemClock.now()),
    causedBy: newId(systemClock.now()),
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    body: Buffer.from('{"patient": "Sarah Chen"}'),
  });
  await publisher.publish(sql, [full]);
  expect(await sql`select * from events where id = ${full.id}`).toMatchObject([
    {
      organization_id: organizationId,
      account_id: full.accountId,
      type: "order.paid",
      external_id: "evt_1Stripe",
      subject: "order_1",
      source_service: "bench",
      occurred_at: full.occurredAt,
      inbound_request_id: full.inboundRequestId,
      caused_by: full.causedBy,
      traceparent: full.traceparent,
      body_bytes: full.body.byteLength,
    },
  ]);
  const [stored] = await sql`select body from event_payloads where id = ${full.id}`;
  expect(stored?.body.includes("Sarah")).toBe(false);
  expect(
    await sql`select organization_id, account_id, type from route_queue where event_id = ${full.id}`,
  ).toEqual([{ organization_id: organizationId, account_id: full.accountId, type: "order.paid" }]);
});

test("payload bytes come back exactly, whatever they are and however many share a statement", async () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(bodies, async (batch) => {
      const drafts = batch.map((body) => draft({ body }));
      await publisher.publish(sql, drafts);
      const rows = await sql<{ id: string; body: Buffer }[]>`
        select id, body from event_payloads where id = any(${drafts.map(({ id }) => id)}::uuid[])`;
      const stored = new Map(rows.map((row) => [row.id, row.body]));
      const dataKey = await vault.dataKey(organizationId);
      for (const { id, body } of drafts) {
        expect(dataKey.open(payloadAad(id), stored.get(id)!)).toEqual(Buffer.from(body));
      }
    }),
    { numRuns: 25 },
  );
});

test("a payload opens only as the row it was stored in", async () => {
  const [first, second] = [draft(), draft()];
  await publisher.publish(sql, [first, second]);
  const [row] = await sql<{ body: Buffer }[]>`select body from event_payloads where id = ${first.id}`;
  const dataKey = await vault.dataKey(organizationId);
  expect(() => dataKey.open(payloadAad(second.id), row!.body)).toThrow();
});

test("however many events, it is one statement; none is none", async () => {
  const statements: string[] = [];
  const watched = connect({ url: database.url, max: 1, applicationName: "watched" });
  watched.options.debug = (_connection: number, query: string) => statements.push(query);
  await watched`select 1`;
  await publisher.publish(
    watched,
    Array.from({ length: 200 }, () => draft()),
  );
  await publisher.publish(watched, []);
  expect(statements.filter((query) => query.includes("insert"))).toHaveLength(1);
  await watched.end({ timeout: 1 });
});

test("what the surrounding transaction rolls back was never published, what it commits was", async () => {
  const [kept, dropped] = [draft(), draft()];
  await sql.begin((tx) => publisher.publish(tx, [kept]));
  await sql
    .begin(async (tx) => {
      await publisher.publish(tx, [dropped]);
      throw new Error("roll back");
    })
    .catch(() => {});
  for (const table of ["events", "event_payloads", "route_queue"]) {
    const column = table === "route_queue" ? "event_id" : "id";
    const rows =
      await sql`select ${sql(column)} id from ${sql(table)} where ${sql(column)} in ${sql([kept.id, dropped.id])}`;
    expect(rows, table).toEqual([{ id: kept.id }]);
  }
});
