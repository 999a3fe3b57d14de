import { appendAudit, connect, migrations, type Sql, verifyAuditChain } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hotPathSettings } from "../store/hot-path-settings.ts";
import { expireHistory } from "./expire-history.ts";
import type { Retention } from "./retention-env.ts";

/** Before the days whose partitions every database has: making those expire takes longer than the rest of a test. */
const now = new Date("2021-06-15T09:00:00Z");
const organizationId = newId(now.getTime());
const retention: Retention = {
  payloadDays: 10,
  attemptDays: 20,
  eventDays: 30,
  inboundDays: 40,
  auditDays: 50,
};
const never: Retention = {
  payloadDays: null,
  attemptDays: null,
  eventDays: null,
  inboundDays: null,
  auditDays: null,
};

let database: TestDatabase;
let sql: Sql;
let errors: string[];

beforeEach(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.url, max: 3, applicationName: "retention", settings: hotPathSettings });
  errors = [];
  await sql`insert into organizations (id, name) values (${organizationId}, 'Bench Hospital')`;
});
afterEach(async () => {
  await sql.end();
  await database.drop();
});

const expire = (settings = retention) =>
  expireHistory({ sql, retention: settings, onError: (where) => errors.push(where) }, now);

const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

const dayPartition = (days: number) =>
  sql`select carewire_create_partitions(${daysAgo(days)}::date, ${daysAgo(days)}::date)`;

interface Seeded {
  event: string;
  delivery: string;
}

/** One row in every history table, of that age; in default partitions unless its day's were made. */
async function seed(age: number, { status = 2, queued = false } = {}): Promise<Seeded> {
  const at = daysAgo(age);
  const [event, delivery, attempt, inbound] = Array.from({ length: 4 }, () => newId(at.getTime())) as [
    string,
    string,
    string,
    string,
  ];
  const destination = newId(now.getTime());
  await sql`insert into events (id, organization_id, type, source_service, occurred_at, body_bytes, created_at)
    values (${event}, ${organizationId}, 'order.paid', 'test', ${at}, 2, ${at})`;
  await sql`insert into event_payloads (id, organization_id, type, occurred_at, body)
    values (${event}, ${organizationId}, 'order.paid', ${at}, 'sealed')`;
  await sql`insert into deliveries (id, organization_id, event_id, destination_id, status, attempts, created_at)
    values (${delivery}, ${organizationId}, ${event}, ${destination}, ${status}, 2, ${at})`;
  await sql`insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at,
      created_at)
    values (${attempt}, ${delivery}, ${organizationId}, 1, 'http_5xx', 'retry', 'test', ${at}, ${at})`;
  await sql`insert into inbound_requests (id, organization_id, source_id, verdict, headers, body_hash, body_bytes,
      received_at)
    values (${inbound}, ${organizationId}, ${destination}, 'accepted', '{}', 'x', 2, ${at})`;
  if (queued) {
    await sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      values (${delivery}, ${organizationId}, ${event}, ${destination}, 1)`;
  }
  return { event, delivery };
}

const agesIn = async (table: string) =>
  (await sql<{ id: string }[]>`select id from ${sql(table)} order by id`).map(({ id }) =>
    Math.round((now.getTime() - Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)) / 86_400_000),
  );

async function everyAge() {
  const tables = ["event_payloads", "attempts", "events", "deliveries", "inbound_requests"];
  return Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await agesIn(table)])));
}

const ages = [45, 35, 25, 15, 5];
const kept = {
  event_payloads: [5],
  attempts: [15, 5],
  events: [25, 15, 5],
  deliveries: [25, 15, 5],
  inbound_requests: [35, 25, 15, 5],
};

test("rows go when they are older than their kind's lifetime, by dropping their day", async () => {
  for (const age of ages) await dayPartition(age);
  for (const age of ages) await seed(age);
  await expire();
  expect(errors).toEqual([]);
  expect(await everyAge()).toEqual(kept);
  const [row] = await sql`select to_regclass('events_20210511') gone, to_regclass('events_20210521') still`;
  expect(row).toMatchObject({ gone: null, still: "events_20210521" });
});

test("so do rows whose day never had a partition", async () => {
  for (const age of ages) await seed(age);
  await expire();
  expect(errors).toEqual([]);
  expect(await everyAge()).toEqual(kept);
});

test("a row that came in lately stays for its lifetime, however old the clock that made its id says it is", async () => {
  for (const age of ages) await seed(age);
  const arrived = async (at: Date) => {
    await sql`update events set created_at = ${at}`;
    await sql`update deliveries set created_at = ${at}`;
    await sql`update attempts set created_at = ${at}`;
    await sql`update inbound_requests set received_at = ${at}`;
  };
  await arrived(daysAgo(1));
  await expire();
  expect(errors).toEqual([]);
  const all = [...ages];
  expect(await everyAge()).toEqual({
    event_payloads: all,
    attempts: all,
    events: all,
    deliveries: all,
    inbound_requests: all,
  });
  await arrived(daysAgo(45));
  await expire();
  expect(await everyAge()).toEqual(kept);
});

test("a payload whose event is gone goes by the age of its id", async () => {
  for (const age of ages) await seed(age);
  await sql`delete from events`;
  await expire();
  expect(await agesIn("event_payloads")).toEqual(kept.event_payloads);
});

test("nothing goes while every lifetime is never", async () => {
  for (const age of [45, 35]) await dayPartition(age);
  for (const age of ages) await seed(age);
  await expire(never);
  expect((await everyAge()).event_payloads).toEqual(ages);
});

test.each([true, false])(
  "a delivery that is held while its payload goes fails visibly (its day has a partition: %s)",
  async (hasPartition) => {
    if (hasPartition) await dayPartition(15);
    const { delivery } = await seed(15, { status: 1 });
    const young = await seed(5, { status: 1 });
    // The attempt that says so is made now, years before this test's.
    await expire({ ...retention, attemptDays: null });
    expect(
      await sql`select id, status, attempts, finished_at is not null finished from deliveries order by id`,
    ).toEqual([
      { id: delivery, status: 3, attempts: 3, finished: true },
      { id: young.delivery, status: 1, attempts: 2, finished: false },
    ]);
    expect(
      await sql`select delivery_id, n, next_step from attempts where outcome = 'payload_erased'`,
    ).toEqual([{ delivery_id: delivery, n: 3, next_step: "failed" }]);
  },
);

test("a day of deliveries that are still queued waits for their end, a week at most", async () => {
  for (const age of [35, 38]) await dayPartition(age);
  const { delivery } = await seed(35, { status: 0, queued: true });
  await seed(38, { status: 0, queued: true });
  await expire();
  expect(await everyAge()).toMatchObject({ deliveries: [35], events: [35], event_payloads: [] });
  await sql`delete from delivery_queue where id = ${delivery}`;
  await expire();
  expect(await everyAge()).toMatchObject({ deliveries: [], events: [] });
});

test("what is held when its day goes fails first, and is not what the day waits for", async () => {
  await dayPartition(35);
  await seed(35, { status: 1 });
  await expire({ ...retention, payloadDays: null });
  expect(await agesIn("deliveries")).toEqual([]);
});

test("a partition in use is left for the next time, and the rest goes on", async () => {
  for (const age of ages) await dayPartition(age);
  for (const age of ages) await seed(age);
  const settings = { idle_in_transaction_session_timeout: 0 };
  const blocker = connect({ url: database.url, max: 1, applicationName: "blocker", settings });
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const reading = blocker.begin(async (tx) => {
    await tx`select 1 from event_payloads limit 1`;
    begun.resolve();
    await held.promise;
  });
  await Promise.race([begun.promise, reading]);
  await expire();
  held.resolve();
  await reading;
  await blocker.end();
  expect(errors).toEqual(["expire event_payloads"]);
  expect(await everyAge()).toEqual({ ...kept, event_payloads: ages });
  await expire();
  expect(await everyAge()).toEqual(kept);
});

test("bulk jobs, sessions and access links that are over are removed, those in force are not", async () => {
  const key = newId(now.getTime());
  await sql`insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${key}, ${organizationId}, 'x', 'x', 'x', '{}', 'test')`;
  for (const [age, name] of [
    [8, "old"],
    [1, "young"],
  ] as const) {
    const [id, ended] = [newId(now.getTime()), sql`now() - ${age} * interval '1 day'`];
    await sql`insert into dead_letter_jobs
      (id, organization_id, action, filter, reason, matched, status, created_by, finished_at)
      values (${id}, ${organizationId}, 'retry', '{}', 'x', 1, 'done', ${name}, now() - ${age * 10} * interval '1 day')`;
    await sql`insert into access_links (id, organization_id, api_key_id, token_hash, scopes, created_by, expires_at)
      values (${id}, ${organizationId}, ${key}, ${name}, '{}', ${name}, ${ended})`;
    await sql`insert into sessions (id, organization_id, api_key_id, token_hash, scopes, expires_at)
      values (${id}, ${organizationId}, ${key}, ${name}, '{}', ${ended})`;
  }
  await sql`insert into dead_letter_jobs (id, organization_id, action, filter, reason, matched, created_by, updated_at)
    values (${newId(now.getTime())}, ${organizationId}, 'retry', '{}', 'x', 1, 'running', now() - interval '1 year')`;
  await expire();
  expect(errors).toEqual([]);
  const jobs = await sql`select created_by from dead_letter_jobs order by created_by`;
  expect(jobs.map(({ created_by }) => created_by)).toEqual(["running", "young"]);
  expect(await sql`select created_by from access_links`).toEqual([{ created_by: "young" }]);
  expect(await sql`select convert_from(token_hash, 'utf8') name from sessions`).toEqual([{ name: "young" }]);
});

test("one process does the work, the others leave it alone", async () => {
  await seed(45);
  const other = connect({ url: database.url, max: 1, applicationName: "other" });
  await other`select pg_advisory_lock(720211066)`;
  await expire();
  expect(await agesIn("events")).toEqual([45]);
  await other.end();
  await expire();
  expect(await agesIn("events")).toEqual([]);
});

test("the audit trail is cut by age and still verifies", async () => {
  for (const age of [70, 60, 40, 1]) {
    await sql.begin((tx) =>
      appendAudit(tx, {
        organizationId,
        actor: "test",
        action: "thing.done",
        target: null,
        detail: {},
        now: daysAgo(age),
      }),
    );
  }
  await expire();
  expect(await verifyAuditChain(sql, organizationId)).toMatchObject({ ok: true, rows: 2, headSeq: "4" });
});

test("one round removes every key that is over: a busy day leaves more of them than one statement takes", async () => {
  await sql`insert into idempotency (scope, key, event_id, body_hash, expires_at)
    select ${organizationId}, n::text, ${organizationId}, 'x', now() - interval '1 hour' from generate_series(1, 25000) n`;
  await expire();
  expect(errors).toEqual([]);
  expect(await sql`select key from idempotency limit 1`).toEqual([]);
});

test("keys of all ages side by side: what is over is found without looking at the rest", async () => {
  await sql`insert into idempotency (scope, key, event_id, body_hash, expires_at)
    select ${organizationId}, n::text, ${organizationId}, 'x', now() + case n % 100 when 0 then -1 else 1 end * interval '1 hour'
    from generate_series(1, 20000) n`;
  await sql`analyze idempotency`;
  const [plan] = await sql`explain (format json)
    select ctid from idempotency where expires_at < now() order by expires_at limit 10000`;
  expect(JSON.stringify(plan)).toContain('"Node Type":"Index Scan"');
});

test("what cannot be removed keeps nothing else from going", async () => {
  await sql`insert into idempotency (scope, key, event_id, body_hash, expires_at)
    values (${organizationId}, 'old', ${organizationId}, 'x', now() - interval '1 hour')`;
  await sql`insert into rate_buckets (subscription_id, next_at)
    values (${newId(now.getTime())}, now() - interval '1 day')`;
  await sql.unsafe(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create trigger refuse before delete on idempotency execute function refuse()`);
  await expire();
  expect(errors).toEqual(["expire idempotency"]);
  expect(await sql`select 1 from rate_buckets`).toEqual([]);
});

test("keys, secrets, rate limits and replay jobs that are over are removed, those in force are not", async () => {
  const subscription = newId(now.getTime());
  await sql`insert into subscriptions (id, organization_id, name, url, shard, created_by)
    values (${subscription}, ${organizationId}, 'x', 'https://example.com', 1, 'test')`;
  for (const [age, name] of [
    [8, "old"],
    [1, "young"],
  ] as const) {
    await sql`insert into subscription_secrets (id, organization_id, subscription_id, secret, expires_at)
      values (${newId(now.getTime())}, ${organizationId}, ${subscription}, ${name}, now() - ${age} * interval '1 day')`;
    await sql`insert into idempotency (scope, key, event_id, body_hash, expires_at)
      values (${organizationId}, ${name}, ${subscription}, 'x', now() + ${5 - age} * interval '1 day')`;
    await sql`insert into rate_buckets (subscription_id, next_at)
      values (${newId(now.getTime())}, now() + ${5 - age} * interval '1 day')`;
    await sql`insert into replay_jobs (id, organization_id, kind, filter, total, total_is, until_id, created_by, status, finished_at)
      values (${newId(now.getTime())}, ${organizationId}, 'filter', '{}', 1, 'exact', ${subscription}, ${name}, 'done',
        now() - ${age * 10} * interval '1 day')`;
  }
  await sql`insert into subscription_secrets (id, organization_id, subscription_id, secret)
    values (${newId(now.getTime())}, ${organizationId}, ${subscription}, 'current')`;
  await expire();
  expect(errors).toEqual([]);
  const secrets = await sql`select convert_from(secret, 'utf8') name from subscription_secrets order by id`;
  expect(secrets.map(({ name }) => name)).toEqual(["young", "current"]);
  expect(await sql`select key from idempotency`).toEqual([{ key: "young" }]);
  expect(await sql`select 1 from rate_buckets`).toHaveLength(1);
  expect(await sql`select created_by from replay_jobs`).toEqual([{ created_by: "young" }]);
});

test("a dead letter's payload and its corrections go once it has been closed for that long; the letter stays, and an open one as it is", async () => {
  const close = async (status: string, days: number | null) => {
    const id = newId(daysAgo(60).getTime());
    await sql`insert into dead_letters
        (id, organization_id, topic, cause, error, original_payload, status, created_at, resolved_at)
      values (${id}, ${organizationId}, 'x', 'schema', 'x', 'sealed', ${status}, ${daysAgo(60)},
        ${days === null ? null : daysAgo(days)})`;
    await sql`insert into dead_letter_retries (id, organization_id, dead_letter_id, payload, requested_by)
      values (${newId(now.getTime())}, ${organizationId}, ${id}, 'sealed', 'test')`;
    return id;
  };
  const erasedBefore = await close("resolved", 11);
  await sql`update dead_letters set original_payload = null where id = ${erasedBefore}`;
  const gone = [erasedBefore, await close("resolved", 11), await close("discarded", 11)];
  const kept = [await close("open", null), await close("retrying", null), await close("resolved", 9)];
  const letters = async () =>
    sql`select l.id, l.original_payload is null and r.payload is null empty
      from dead_letters l join dead_letter_retries r on r.dead_letter_id = l.id order by l.id`;
  await expire(never);
  expect((await letters()).some(({ empty }) => empty)).toBe(false);
  await expire();
  expect(errors).toEqual([]);
  const expected = [...gone.map((id) => ({ id, empty: true })), ...kept.map((id) => ({ id, empty: false }))];
  expect([...(await letters())]).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
});

test("more of them than one statement takes all go", async () => {
  await sql`insert into dead_letters (id, organization_id, topic, cause, error, original_payload, status, resolved_at)
    select uuidv7(), ${organizationId}, 'x', 'schema', 'x', 'sealed', 'resolved', ${daysAgo(11)}
    from generate_series(1, 2500)`;
  await expire();
  const [left] = await sql`select count(*)::int n, count(original_payload)::int payloads from dead_letters`;
  expect(left).toEqual({ n: 2500, payloads: 0 });
});
