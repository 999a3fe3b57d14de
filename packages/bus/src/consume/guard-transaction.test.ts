import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guardTransaction } from "./guard-transaction.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

test("an open guard is the transaction itself: tagged statements, helpers and savepoints", async () => {
  await database.sql.begin(async (inner) => {
    const { tx } = guardTransaction(inner);
    expect(await tx`select ${1}::int one where 2 in ${tx([2, 3])}`).toEqual([{ one: 1 }]);
    expect(await tx.unsafe("select 2 two")).toEqual([{ two: 2 }]);
    expect(await tx.savepoint((savepoint) => savepoint`select 3 three`)).toEqual([{ three: 3 }]);
    expect(await tx`select ${tx.json({ a: 1 })}::jsonb j`).toEqual([{ j: { a: 1 } }]);
  });
});

test("a closed guard refuses every way to run a statement, savepoints opened before included", async () => {
  await database.sql.begin(async (inner) => {
    const guard = guardTransaction(inner);
    await guard.tx.savepoint(async (savepoint) => {
      guard.close();
      expect(() => savepoint`select 1`).toThrow(/transaction has ended/);
    });
    expect(() => guard.tx`select 1`).toThrow(/transaction has ended/);
    expect(() => guard.tx.unsafe("select 1")).toThrow(/transaction has ended/);
    expect(() => guard.tx.savepoint(async () => {})).toThrow(/transaction has ended/);
  });
});
