import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVault, type VaultOptions } from "./create-vault.ts";

const keyOf = (id: string) => ({ id, key: createSecretKey(randomBytes(32)) });
const firstKey = keyOf("first");
const secret = Buffer.from("what only the owner may read");
const aad = "event_payloads:1";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

async function createOrganization(): Promise<string> {
  const id = randomUUID();
  await database.sql`insert into organizations (id, name) values (${id}, 'Test clinic')`;
  return id;
}

const vaultWith = (options: Partial<VaultOptions> = {}) =>
  createVault({ sql: database.sql, keyEncryptionKeys: [firstKey], ...options });

const rowsOf = (organizationId: string) =>
  database.sql<{ version: number; key_encryption_key_id: string; wrapped_key: Buffer }[]>`
    select * from data_keys where organization_id = ${organizationId} order by version`;

describe("the vault", () => {
  it("opens in one process what another sealed", async () => {
    const organizationId = await createOrganization();
    const blob = await vaultWith().seal(organizationId, aad, secret);
    expect(await vaultWith().open(organizationId, aad, blob)).toEqual(secret);
  });

  it("agrees on one data key when many processes need the first one at once", async () => {
    const organizationId = await createOrganization();
    const vaults = Array.from({ length: 8 }, () => vaultWith());
    const blobs = await Promise.all(vaults.map((vault) => vault.seal(organizationId, aad, secret)));
    const opened = await Promise.all(
      blobs.map((blob, i) => vaults[(i + 1) % 8]!.open(organizationId, aad, blob)),
    );
    expect(opened.every((bytes) => bytes.equals(secret))).toBe(true);
    expect(await rowsOf(organizationId)).toHaveLength(1);
  });

  it("reads the database once for callers that arrive together, and not at all afterwards", async () => {
    const organizationId = await createOrganization();
    const queries: string[] = [];
    const sql = postgres(database.url, { max: 2, debug: (_connection, query) => queries.push(query) });
    const vault = vaultWith({ sql });
    await Promise.all(Array.from({ length: 20 }, () => vault.dataKey(organizationId)));
    const ofFirstUse = queries.filter((query) => query.includes("data_keys")).length;
    await vault.seal(organizationId, aad, secret);
    await sql.end();
    expect(ofFirstUse).toBe(3);
    expect(queries.filter((query) => query.includes("data_keys"))).toHaveLength(3);
  });

  it("does not open an organization's bytes for another organization", async () => {
    const [mine, theirs] = [await createOrganization(), await createOrganization()];
    const vault = vaultWith();
    const blob = await vault.seal(mine, aad, secret);
    await vault.seal(theirs, aad, secret);
    await expect(vault.open(theirs, aad, blob)).rejects.toMatchObject({ code: "not_authentic" });
  });

  it("does not open a row's bytes in another row, nor changed bytes", async () => {
    const organizationId = await createOrganization();
    const vault = vaultWith();
    const blob = await vault.seal(organizationId, aad, secret);
    await expect(vault.open(organizationId, "event_payloads:2", blob)).rejects.toMatchObject({
      code: "not_authentic",
    });
    blob[blob.length - 1]! ^= 1;
    await expect(vault.open(organizationId, aad, blob)).rejects.toMatchObject({ code: "not_authentic" });
  });

  it("says of an organization that is gone that it has no data key", async () => {
    await expect(vaultWith().dataKey(randomUUID())).rejects.toMatchObject({ code: "data_key_missing" });
  });

  it("does not unwrap a data key that was copied to another organization's row", async () => {
    const [mine, theirs] = [await createOrganization(), await createOrganization()];
    await vaultWith().dataKey(mine);
    await database.sql`
      insert into data_keys select ${theirs}, version, key_encryption_key_id, wrapped_key
      from data_keys where organization_id = ${mine}`;
    await expect(vaultWith().dataKey(theirs)).rejects.toMatchObject({ code: "not_authentic" });
  });

  it("cannot open anything an organization sealed once its data keys are dropped, within a minute", async () => {
    const organizationId = await createOrganization();
    let nowMs = 0;
    const vault = vaultWith({ monotonicMs: () => nowMs });
    const blob = await vault.seal(organizationId, aad, secret);
    await database.sql`delete from data_keys where organization_id = ${organizationId}`;
    nowMs = 60_000;
    await expect(vault.open(organizationId, aad, blob)).rejects.toMatchObject({ code: "data_key_missing" });
    expect(await rowsOf(organizationId)).toEqual([]);
    await vault.seal(organizationId, aad, secret);
    await expect(vault.open(organizationId, aad, blob)).rejects.toMatchObject({ code: "not_authentic" });
  });

  it("keeps opening old bytes after a new key encryption key was put in front", async () => {
    const [before, after] = [await createOrganization(), await createOrganization()];
    const blob = await vaultWith().seal(before, aad, secret);
    const rotated = vaultWith({ keyEncryptionKeys: [keyOf("second"), firstKey] });
    expect(await rotated.open(before, aad, blob)).toEqual(secret);
    await rotated.dataKey(after);
    expect((await rowsOf(after)).map((row) => row.key_encryption_key_id)).toEqual(["second"]);
  });

  it("says so when the key encryption key of a data key is not configured any more", async () => {
    const organizationId = await createOrganization();
    const blob = await vaultWith().seal(organizationId, aad, secret);
    const forgetful = vaultWith({ keyEncryptionKeys: [keyOf("second")] });
    await expect(forgetful.open(organizationId, aad, blob)).rejects.toMatchObject({
      code: "key_encryption_key_missing",
    });
  });

  it("moves to the next data key before random IVs could repeat, and others follow", async () => {
    const organizationId = await createOrganization();
    const vault = vaultWith({ sealsPerKeyMax: 2 });
    const other = vaultWith();
    await other.dataKey(organizationId);
    const blobs = [];
    for (let i = 0; i < 5; i++) blobs.push(await vault.seal(organizationId, aad, secret));
    expect(blobs.map((blob) => blob.readUInt16BE(1))).toEqual([1, 1, 2, 2, 3]);
    for (const blob of blobs) expect(await other.open(organizationId, aad, blob)).toEqual(secret);
  });

  it("finds a data key another process has just made, also for a batch that opens synchronously", async () => {
    const organizationId = await createOrganization();
    let nowMs = 0;
    const reader = vaultWith({ monotonicMs: () => nowMs });
    await reader.dataKey(organizationId);
    const writer = vaultWith({ sealsPerKeyMax: 1 });
    await writer.seal(organizationId, aad, secret);
    const blob = await writer.seal(organizationId, aad, secret);
    expect(blob.readUInt16BE(1)).toBe(2);
    nowMs = 1_000;
    const before = await reader.dataKey(organizationId);
    expect(() => before.open(aad, blob)).toThrow(expect.objectContaining({ code: "data_key_missing" }));
    expect((await reader.dataKey(organizationId)).open(aad, blob)).toEqual(secret);
  });

  it("never uses an IV twice", async () => {
    const dataKey = await vaultWith().dataKey(await createOrganization());
    const ivs = Array.from({ length: 3_000 }, () =>
      dataKey.seal(aad, secret).subarray(3, 15).toString("hex"),
    );
    expect(new Set(ivs).size).toBe(3_000);
  });

  it("refuses to be built without a key encryption key", () => {
    expect(() => vaultWith({ keyEncryptionKeys: [] })).toThrow("at least one key encryption key");
  });
});
