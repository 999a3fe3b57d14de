import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createVault } from "./create-vault.ts";
import { eraseOrganization } from "./erase-organization.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

it("erasing an organization leaves nothing it sealed readable, no key that works, and a line in its trail", async () => {
  const { sql } = database;
  const keyEncryptionKeys = [{ id: "k1", key: createSecretKey(randomBytes(32)) }];
  let nowMs = 0;
  const vault = createVault({ sql, keyEncryptionKeys, monotonicMs: () => nowMs, sealsPerKeyMax: 1 });
  const [organizationId, other] = [randomUUID(), randomUUID()];
  for (const id of [organizationId, other]) {
    await sql`insert into organizations (id, name) values (${id}, 'Test clinic')`;
    await sql`insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
      values (${randomUUID()}, ${id}, 'x', 'x', ${randomBytes(32)}, '{}', 'test')`;
  }
  const blobs = [];
  for (let n = 0; n < 3; n++) blobs.push(await vault.seal(organizationId, "row", Buffer.from("secret")));
  const kept = await vault.seal(other, "row", Buffer.from("kept"));

  const erasure = { organizationId, actor: "operator", reason: "contract ended", now: new Date() };
  expect(await eraseOrganization(sql, erasure)).toBe(3);
  nowMs = 60_000;
  for (const blob of blobs) {
    await expect(vault.open(organizationId, "row", blob)).rejects.toMatchObject({ code: "data_key_missing" });
  }
  expect((await vault.open(other, "row", kept)).toString()).toBe("kept");
  const live = await sql`select organization_id from api_keys where revoked_at is null`;
  expect(live).toEqual([{ organization_id: other }]);
  expect(await sql`select actor, action, detail from audit_log`).toEqual([
    { actor: "operator", action: "organization.erased", detail: { reason: "contract ended", data_keys: 3 } },
  ]);
});
