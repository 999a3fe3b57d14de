import { connect, migrations, type Sql } from "@carewire/db";
import { eventTypes, type LeaveApprovedPayload, newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { applyLeave } from "../testing/apply-leave.ts";

const leave: LeaveApprovedPayload = {
  leave_id: "leave_1",
  user_id: "user_1",
  organization_id: "org_9",
  starts_on: "2026-03-02",
  ends_on: "2026-03-04",
  approved_by: "user_3",
  approved_at: "2026-02-20T09:00:00Z",
};

let database: TestDatabase;
let sql: Sql;
let organizationId: string;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 6, applicationName: "apply-leave-test" });
});
beforeEach(() => {
  organizationId = newId(Date.now());
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const apply = (change: Partial<LeaveApprovedPayload> = {}): Promise<void> =>
  applyLeave(sql, organizationId, { ...leave, ...change });

/** Days in the roster, each as `<user> <day> <leave>`. */
async function roster(of = organizationId): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select user_id || ' ' || day || ' ' || leave_id as text from roster_days where organization_id = ${of} order by 1`;
  return rows.map(({ text }) => text);
}

async function told(of = organizationId): Promise<Record<string, unknown>[]> {
  const rows = await sql<{ type: string; subject: string; body: Buffer }[]>`
    select e.type, e.subject, p.body from events e join event_payloads p on p.id = e.id
    where e.organization_id = ${of} order by e.id`;
  return rows.map(({ type, subject, body }) => {
    const data = JSON.parse(body.toString()) as Record<string, unknown>;
    expect([type, subject]).toEqual(["leave.approved", data.leave_id]);
    expect(eventTypes.get(type)?.schema.safeParse(data).success).toBe(true);
    return data;
  });
}

const daysOf = (leaveId: string, ...days: number[]): string[] =>
  days.map((day) => `user_1 2026-03-0${day} ${leaveId}`);

test("a leave is in the roster on each of its days, first and last included, and told once", async () => {
  await apply();
  await apply();
  expect(await roster()).toEqual(daysOf("leave_1", 2, 3, 4));
  expect(await told()).toEqual([leave]);
});

test("a leave approved again with other days has those and no others", async () => {
  await apply();
  await apply({ starts_on: "2026-03-03", ends_on: "2026-03-05", approved_at: "2026-02-21T09:00:00Z" });
  expect(await roster()).toEqual(daysOf("leave_1", 3, 4, 5));
  expect((await told()).map(({ ends_on }) => ends_on)).toEqual(["2026-03-04", "2026-03-05"]);
});

test("an earlier approval that arrives late changes nothing and is not told", async () => {
  await apply();
  await apply({ ends_on: "2026-03-09", approved_at: "2026-02-19T09:00:00Z" });
  expect(await roster()).toEqual(daysOf("leave_1", 2, 3, 4));
  expect(await told()).toHaveLength(1);
});

test("a leave that goes to somebody else leaves nothing with the first", async () => {
  await apply();
  await apply({ user_id: "user_2", approved_at: "2026-02-21T09:00:00Z" });
  expect(await roster()).toEqual(["2", "3", "4"].map((day) => `user_2 2026-03-0${day} leave_1`));
});

test("two leaves that overlap keep their own days: shortening one leaves the other whole", async () => {
  await apply();
  await apply({ leave_id: "leave_2", starts_on: "2026-03-03", ends_on: "2026-03-05" });
  await apply({ ends_on: "2026-03-02", approved_at: "2026-02-21T09:00:00Z" });
  expect(await roster()).toEqual([...daysOf("leave_1", 2), ...daysOf("leave_2", 3, 4, 5)]);
});

test("the same leave of another organization is another leave", async () => {
  const other = newId(Date.now());
  await apply();
  await applyLeave(sql, other, { ...leave, ends_on: "2026-03-02" });
  expect([(await roster()).length, (await roster(other)).length]).toEqual([3, 1]);
});

test.each(["UTC", "Europe/Paris", "America/Sao_Paulo", "Pacific/Apia", "Pacific/Kiritimati"])(
  "days are days in the time zone %s too, also those of 23 and 25 hours",
  async (timeZone) => {
    const url = new URL(database.serviceUrl);
    url.searchParams.set("TimeZone", timeZone);
    const there = connect({ url: url.href, max: 1, applicationName: "time-zone-test" });
    const [zone] = await there`select current_setting('TimeZone') as name`;
    expect(zone?.name).toBe(timeZone);
    await applyLeave(there, organizationId, { ...leave, starts_on: "2026-03-01", ends_on: "2026-11-30" });
    const [row] = await there<{ days: number; first: string; last: string }[]>`
      select count(*)::int days, min(day)::text first, max(day)::text last from roster_days
      where organization_id = ${organizationId}`;
    expect(row).toEqual({ days: 275, first: "2026-03-01", last: "2026-11-30" });
    await there.end();
  },
);

const version = fc.record({
  leave_id: fc.constantFrom("leave_1", "leave_2"),
  starts_on: fc.constantFrom("2026-03-01", "2026-03-02"),
  ends_on: fc.constantFrom("2026-03-02", "2026-03-04"),
  approved_at: fc.constantFrom("2026-02-20T09:00:00Z", "2026-02-20T10:00:00+01:00", "2026-02-21T09:00:00Z"),
});
const orders = fc.array(version, { minLength: 1, maxLength: 6 }).chain((versions) => {
  const repeated = [...versions, ...versions];
  const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
  return fc.tuple(order, order);
});

test("repeats, any order and concurrency end in the same roster, and no version is told twice", async () => {
  await fc.assert(
    fc.asyncProperty(orders, async ([first, second]) => {
      const [one, other] = [newId(Date.now()), newId(Date.now())];
      for (const change of first) await applyLeave(sql, one, { ...leave, ...change });
      await Promise.all(second.map((change) => applyLeave(sql, other, { ...leave, ...change })));
      expect(await roster(other)).toEqual(await roster(one));
      for (const organization of [one, other]) {
        const versions = (await told(organization)).map((data) => JSON.stringify(data));
        expect(new Set(versions).size).toBe(versions.length);
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);
