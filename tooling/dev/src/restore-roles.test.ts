import { readFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./paths.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

test("the guide to restoring makes every role that policies and grants of a dump name, before it restores", async () => {
  const named = await database.sql<{ name: string }[]>`
    select distinct rolname name from pg_roles where oid in (
      select unnest(polroles) from pg_policy
      union select (aclexplode(relacl)).grantee from pg_class
      union select (aclexplode(proacl)).grantee from pg_proc)
    and not rolsuper and rolname !~ '^pg_' order by name`;
  const guide = readFileSync(join(root, "docs", "backup-and-upgrade.md"), "utf8");
  const [, restoring = ""] = guide.split("## Restoring a dump");
  const [before = ""] = restoring.split("pg_restore");
  const made = [...before.matchAll(/create role (\w+)/g)].map(([, name]) => name);
  expect(named.map(({ name }) => name)).toEqual(made.sort());
});
