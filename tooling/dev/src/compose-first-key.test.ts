import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scopes } from "@carewire/contracts";
import { migrations } from "@carewire/db";
import { createAuthenticator, principalOf } from "@carewire/service-kit";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./paths.ts";

const organizationId = "0199c0de-0000-7000-8000-000000000001";
const example = readFileSync(join(root, ".env.example"), "utf8");
const [, makeKey = ""] = /^# {3}(KEY=.*); echo "\$KEY"$/m.exec(example) ?? [];
const [, statement = ""] = /psql -U carewire -c ("insert into api_keys .*")$/m.exec(example) ?? [];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

/** Who the services take the holder of a key for; throws what the authenticator passes on as an error. */
async function principalBehind(key: string) {
  const clock = { now: () => Date.now() };
  const { authenticate } = createAuthenticator({ sql: database.sql, clock });
  const response = { locals: {} } as Parameters<typeof authenticate>[1];
  const request = { headers: { authorization: `Bearer ${key}` } } as Parameters<typeof authenticate>[0];
  await authenticate(request, response, () => {});
  return principalOf(response);
}

const shell = (script: string) => execFileSync("sh", ["-c", script], { encoding: "utf8" });

test("the commands of .env.example make a first API key with every scope, and show it neither to psql nor to PostgreSQL", async () => {
  const [key = "", made = ""] = shell(`${makeKey}; printf '%s\\n' "$KEY" ${statement}`).split("\n");
  expect(made).not.toContain(key.slice("cw_live_".length + 8));
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'Ours')`;
  await database.sql.unsafe(made.replace("<uuid of the organization>", organizationId));
  const [row] = await database.sql`select prefix, scopes from api_keys`;
  expect(row).toEqual({ prefix: key.slice(0, "cw_live_".length + 8), scopes: [...scopes] });
  expect(await principalBehind(key)).toMatchObject({ organizationId });
});
