import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrations } from "../migrate.ts";
import * as schema from "./index.ts";

interface Column {
  name: string;
  type: string;
  notNull: boolean;
  hasDefault: boolean;
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});

afterAll(() => database.drop());

const tables: PgTable[] = Object.values(schema).filter((value) => is(value, PgTable));

function columnsOf(table: PgTable): Column[] {
  const { columns, primaryKeys } = getTableConfig(table);
  const inPrimaryKey = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
  return columns
    .map((column) => ({
      name: column.name,
      type: column.getSQLType(),
      notNull: column.notNull || inPrimaryKey.has(column.name),
      hasDefault: column.hasDefault,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

async function columnsInDatabase(name: string): Promise<Column[]> {
  const rows = await database.sql<Column[]>`
    select attname as name, format_type(atttypid, atttypmod)
      as type, attnotnull as "notNull", atthasdef as "hasDefault"
    from pg_attribute where attrelid = ${name}::regclass and attnum > 0 and not attisdropped`;
  return [...rows].sort((a, b) => a.name.localeCompare(b.name));
}

describe("the drizzle schema mirrors the migrated database", () => {
  test("it has every table, and no other", async () => {
    const rows = await database.sql<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`;
    const mirrored = tables.map((table) => getTableConfig(table).name);
    expect(mirrored.sort()).toEqual(rows.map((row) => row.name).sort());
  });

  test.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
    "%s has the same columns, types, nullability and defaults",
    async (name, table) => {
      expect(columnsOf(table)).toEqual(await columnsInDatabase(name));
    },
  );
});
