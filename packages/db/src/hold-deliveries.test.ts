import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { holdDeliveries, releaseDeliveries } from "./hold-deliveries.ts";
import { migrations } from "./migrate.ts";
import { unorderDeliveries } from "./unorder-deliveries.ts";

const organizationId = newId(Date.now());
const subscriptionId = newId(Date.now());
const otherId = newId(Date.now());
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  const { sql } = database;
  await sql`insert into organizations (id, name) values (${organizationId}, 'Bench Hospital')`;
  for (const id of [subscriptionId, otherId]) {
    await sql`insert into subscriptions (id, organization_id, name, url, shard, created_by)
      values (${id}, ${organizationId}, 'bench', 'https://example.com/', 7, 'bench')`;
    await sql`insert into subscription_patterns (organization_id, pattern, subscription_id, shard)
      values (${organizationId}, '*', ${id}, 7)`;
  }
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(
    "delete from deliveries; delete from delivery_queue; delete from attempts;" +
      "delete from fifo_queue; delete from fifo_lanes",
  );
});

/** A delivery in the queue; `lease` is when its lease runs out, relative to now. */
async function queue({
  to = subscriptionId,
  attempts = 0,
  lease,
}: {
  to?: string;
  attempts?: number;
  lease?: string;
}) {
  const { sql } = database;
  const id = newId(Date.now());
  const eventId = newId(Date.now());
  await sql`insert into deliveries (id, organization_id, event_id, destination_id)
    values (${id}, ${organizationId}, ${eventId}, ${to})`;
  await sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, attempts, due_at,
      lease_token, lease_until)
    values (${id}, ${organizationId}, ${eventId}, ${to}, 7, ${attempts}, now() + interval '1 hour',
      ${lease === undefined ? null : 1}, now() + ${lease ?? null}::interval)`;
  return id;
}

const statuses = async () =>
  Object.fromEntries(
    (await database.sql`select id, status, attempts from deliveries`).map(({ id, status, attempts }) => [
      id,
      { status, attempts },
    ]),
  );
const queued = async () => (await database.sql`select id from delivery_queue`).map(({ id }) => id);
const held = async (id: string) =>
  (await database.sql`select held from subscription_patterns where subscription_id = ${id}`)[0]?.held;

test("holding takes what waits out of the queue, also retries of tomorrow, and nobody else's", async () => {
  const waiting = await queue({ attempts: 3 });
  const others = await queue({ to: otherId });
  await holdDeliveries(database.sql, subscriptionId);
  expect(await statuses()).toEqual({
    [waiting]: { status: 1, attempts: 3 },
    [others]: { status: 0, attempts: 0 },
  });
  expect(await queued()).toEqual([others]);
  expect(await held(subscriptionId)).toBe(true);
  expect(await held(otherId)).toBe(false);
});

test("holding leaves alone what is being sent right now", async () => {
  const sending = await queue({ attempts: 1, lease: "1 minute" });
  await holdDeliveries(database.sql, subscriptionId);
  expect(await queued()).toEqual([sending]);
  expect(await statuses()).toEqual({ [sending]: { status: 0, attempts: 0 } });
});

test("holding a delivery whose lease ran out leaves its lost attempt, so that the ledger adds up", async () => {
  const lost = await queue({ attempts: 2, lease: "-1 second" });
  await holdDeliveries(database.sql, subscriptionId);
  expect(await statuses()).toEqual({ [lost]: { status: 1, attempts: 2 } });
  const attempts = await database.sql`select delivery_id, n, outcome, next_step from attempts`;
  expect(attempts).toEqual([{ delivery_id: lost, n: 2, outcome: "lost", next_step: "retry" }]);
});

test("releasing makes what is held due now, in the retry lane, with the attempts it had; a second time does nothing", async () => {
  const waiting = await queue({ attempts: 3 });
  await holdDeliveries(database.sql, subscriptionId);
  expect(await releaseDeliveries(database.sql, subscriptionId)).toBe(1);
  expect(await releaseDeliveries(database.sql, subscriptionId)).toBe(0);
  const rows =
    await database.sql`select id, destination_id, shard, lane, attempts, due_at <= now() due, lease_token
    from delivery_queue`;
  expect(rows).toEqual([
    {
      id: waiting,
      destination_id: subscriptionId,
      shard: 7,
      lane: 1,
      attempts: 3,
      due: true,
      lease_token: null,
    },
  ]);
  expect(await statuses()).toEqual({ [waiting]: { status: 0, attempts: 3 } });
  expect(await held(subscriptionId)).toBe(false);
});

test("a ping that waits is not held", async () => {
  const ping = await queue({});
  await database.sql`update delivery_queue set probe = true where id = ${ping}`;
  await holdDeliveries(database.sql, subscriptionId);
  expect(await queued()).toEqual([ping]);
  expect(await statuses()).toEqual({ [ping]: { status: 0, attempts: 0 } });
});

describe("of an ordered subscription", () => {
  /** One delivery of the subject on its way and, behind it, one that waits. */
  async function lane({ lease }: { lease?: string } = {}) {
    const { sql } = database;
    const head = await queue({ attempts: 2, ...(lease === undefined ? {} : { lease }) });
    const [next, eventId] = [newId(Date.now()), newId(Date.now())];
    await sql`insert into fifo_lanes (subscription_id, subject, organization_id, delivery_id)
      values (${subscriptionId}, 'order-1', ${organizationId}, ${head})`;
    await sql`insert into deliveries (id, organization_id, event_id, destination_id)
      values (${next}, ${organizationId}, ${eventId}, ${subscriptionId})`;
    await sql`insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
      values (${next}, ${organizationId}, ${subscriptionId}, 'order-1', ${eventId})`;
    return { head, next };
  }
  const lanes = async () =>
    (await database.sql`select delivery_id from fifo_lanes`).map((row) => row.delivery_id);
  const waiting = async () =>
    (await database.sql`select delivery_id from fifo_queue order by event_id`).map((row) => row.delivery_id);

  test("holding puts the first of a lane back before those that wait; releasing leaves them in line", async () => {
    const { head, next } = await lane();
    await holdDeliveries(database.sql, subscriptionId);
    expect(await statuses()).toEqual({
      [head]: { status: 1, attempts: 2 },
      [next]: { status: 1, attempts: 0 },
    });
    expect([await queued(), await lanes(), await waiting()]).toEqual([[], [], [head, next]]);
    await releaseDeliveries(database.sql, subscriptionId);
    expect(await statuses()).toEqual({
      [head]: { status: 0, attempts: 2 },
      [next]: { status: 0, attempts: 0 },
    });
    expect([await queued(), await lanes(), await waiting()]).toEqual([[], [], [head, next]]);
  });

  test("holding leaves the lane to what is being sent right now", async () => {
    const { head, next } = await lane({ lease: "1 minute" });
    await holdDeliveries(database.sql, subscriptionId);
    expect(await statuses()).toEqual({
      [head]: { status: 0, attempts: 0 },
      [next]: { status: 1, attempts: 0 },
    });
    expect([await queued(), await lanes(), await waiting()]).toEqual([[head], [head], [next]]);
  });

  test("ending the order makes everything due that waits, and nothing that is held", async () => {
    const { head, next } = await lane();
    await unorderDeliveries(database.sql, subscriptionId);
    expect([(await queued()).sort(), await lanes(), await waiting()]).toEqual([[head, next].sort(), [], []]);
    await lane();
    await holdDeliveries(database.sql, subscriptionId);
    await unorderDeliveries(database.sql, subscriptionId);
    expect([await queued(), await lanes(), await waiting()]).toEqual([[], [], []]);
    expect(await releaseDeliveries(database.sql, subscriptionId)).toBe(4);
    expect(await queued()).toHaveLength(4);
  });
});
