import { migrations } from "@carewire/db";
import { createTestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seed } from "./seed.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

test("a second start changes nothing; a forgotten key is replaced and revoked", async () => {
  const first = await seed({ databaseUrl: database.url, remembered: {} });
  expect(await seed({ databaseUrl: database.url, remembered: first })).toEqual(first);

  const forgotten = await seed({
    databaseUrl: database.url,
    remembered: { organization_id: first.organization_id },
  });
  expect(forgotten.organization_id).toBe(first.organization_id);
  expect(forgotten.api_key).not.toBe(first.api_key);
  const keys = await database.sql`select name, revoked_at is null as active from api_keys order by name, id`;
  expect(keys).toMatchObject([
    { name: "demo", active: false },
    { name: "demo", active: true },
    { name: "demo admin", active: false },
    { name: "demo admin", active: true },
  ]);
});

test("only the admin key may publish internally and work on dead letters", async () => {
  const [demo] = await database.sql`select scopes from api_keys where name = 'demo' limit 1`;
  const [admin] = await database.sql`select scopes from api_keys where name = 'demo admin' limit 1`;
  expect(admin?.scopes).toEqual(expect.arrayContaining(["internal:publish", "dlq:admin"]));
  expect(demo?.scopes).not.toContain("internal:publish");
  expect(demo?.scopes.filter((scope: string) => scope.startsWith("dlq:"))).toEqual([]);
});
