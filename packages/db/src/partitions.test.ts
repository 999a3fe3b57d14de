import { newId } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrations } from "./migrate.ts";
import { createPartitions, dropPartition, expiredPartitions, expiryOf, historyTables } from "./partitions.ts";

// SQLSTATE 55P03.
const lockNotAvailable = "55P03";
const day = (text: string) => new Date(`${text}T00:00:00Z`);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

const namesOf = async (table: string) =>
  (
    await database.sql<{ name: string }[]>`
      select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = ${table}::regclass order by 1`
  ).map(({ name }) => name);

describe("day partitions", () => {
  test("are made for every history table, once", async () => {
    const made = await createPartitions(database.sql, day("2031-03-01"), { daysAhead: 2 });
    expect(made).toBe(3 * historyTables.length);
    expect(await createPartitions(database.sql, day("2031-03-01"), { daysAhead: 2 })).toBe(0);
    for (const table of historyTables) {
      expect(await namesOf(table)).toEqual(
        expect.arrayContaining([`${table}_20310301`, `${table}_20310303`]),
      );
    }
  });

  test("are not made for a day that began in the default partition, and the other days are", async () => {
    const id = newId(Date.UTC(2032, 0, 2, 12));
    await database.sql`insert into event_payloads (id, organization_id, type, occurred_at)
      values (${id}, ${id}, 'order.paid', now())`;
    const made = await createPartitions(database.sql, day("2032-01-01"), { daysAhead: 2 });
    expect(made).toBe(3 * historyTables.length - 1);
    expect(await namesOf("event_payloads")).not.toContain("event_payloads_20320102");
    expect(await database.sql`select 1 from event_payloads where id = ${id}`).toHaveLength(1);
  });

  test("expire when their last moment is old enough, not before", async () => {
    await createPartitions(database.sql, day("2020-05-01"), { daysAhead: 3 });
    const cut = expiryOf(new Date("2020-06-02T23:59:59Z"), 30);
    expect(cut).toEqual(day("2020-05-03"));
    const expired = await expiredPartitions(database.sql, "events", cut);
    expect(expired).toEqual([
      { name: "events_20200501", day: day("2020-05-01") },
      { name: "events_20200502", day: day("2020-05-02") },
    ]);
  });

  test("are dropped by name, and a second time does nothing", async () => {
    await createPartitions(database.sql, day("2019-01-01"), { daysAhead: 0 });
    await dropPartition(database.sql, "attempts_20190101");
    await dropPartition(database.sql, "attempts_20190101");
    expect(await namesOf("attempts")).not.toContain("attempts_20190101");
  });

  test.each(["subscriptions", "events", "events_default", "pg_class"])(
    "dropping %s is refused",
    async (name) => {
      await expect(dropPartition(database.sql, name)).rejects.toThrow("not a day partition");
    },
  );

  test("dropping one waits its turn while others use the table, and holds nobody up", async () => {
    await createPartitions(database.sql, day("2018-01-01"), { daysAhead: 0 });
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const reading = database.sql.begin(async (tx) => {
      await tx`select 1 from events limit 1`;
      begun.resolve();
      await ended.promise;
    });
    await begun.promise;
    let isFree = false;
    const drop = async (): Promise<void> => {
      const wasFree = isFree;
      try {
        await dropPartition(database.sql, "events_20180101");
      } catch (error) {
        // It gives way for good after some seconds.
        if (wasFree || (error as { code?: string }).code !== lockNotAvailable) throw error;
        await drop();
      }
    };
    const dropping = drop();
    await eventually(async () => {
      const [row] = await database.sql`select count(*)::int n from pg_stat_activity
        where datname = current_database() and query like '%carewire_drop_partition%' and wait_event_type = 'Lock'`;
      return row?.n > 0;
    });
    // Behind a drop that waited without end this would wait for `reading`, which ends only after it.
    await database.sql`select 1 from events limit 1`;
    isFree = true;
    ended.resolve();
    await Promise.all([reading, dropping]);
    expect(await namesOf("events")).not.toContain("events_20180101");
  });
});
