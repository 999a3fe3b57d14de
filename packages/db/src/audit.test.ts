import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditDetail, appendAudit, verifyAuditChain } from "./audit.ts";
import { migrations } from "./migrate.ts";

const startMs = Date.UTC(2026, 10, 20, 12, 0, 0, 123);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});

afterAll(() => database.drop());

function append(organizationId: string, n: number, detail: AuditDetail = { n }): Promise<void> {
  return database.sql.begin((tx) =>
    appendAudit(tx, {
      organizationId,
      actor: "key_a",
      action: "subscription.created",
      target: `sub_${n}`,
      detail,
      now: new Date(startMs + n),
    }),
  );
}

async function chainOf(rows: number): Promise<string> {
  const organizationId = newId(startMs);
  for (let n = 1; n <= rows; n++) await append(organizationId, n);
  return organizationId;
}

describe("the audit chain", () => {
  test("is whole after concurrent appends: no gap, every link in place", async () => {
    const organizationId = newId(startMs);
    await Promise.all(Array.from({ length: 20 }, (_, n) => append(organizationId, n)));
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({ ok: true, rows: 20 });
    const rows = await database.sql<{ seq: string }[]>`
      select seq from audit_log where organization_id = ${organizationId} order by seq`;
    expect(rows.map((row) => Number(row.seq))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  test("leaves no gap when a transaction is rolled back", async () => {
    const organizationId = await chainOf(1);
    const failed = database.sql.begin(async (tx) => {
      const now = new Date(startMs);
      await appendAudit(tx, { organizationId, actor: "a", action: "x.done", target: null, detail: {}, now });
      throw new Error("rolled back");
    });
    await expect(failed).rejects.toThrow("rolled back");
    await append(organizationId, 2);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({ ok: true, rows: 2 });
  });

  test("survives what jsonb does to a detail: key order, nesting, unicode", async () => {
    const organizationId = newId(startMs);
    await append(organizationId, 1, { zebra: 1.5, a: ["é", "\u{1F600}"], ab: null, flag: false });
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({ ok: true, rows: 1 });
  });

  test("of one organization does not depend on another's", async () => {
    const first = await chainOf(2);
    const second = await chainOf(3);
    await database.sql`delete from audit_log where organization_id = ${first} and seq = 1`;
    expect(await verifyAuditChain(database.sql, second)).toMatchObject({ ok: true, rows: 3 });
  });

  test("that is empty verifies", async () => {
    expect(await verifyAuditChain(database.sql, newId(startMs))).toMatchObject({ ok: true, rows: 0 });
  });
});

describe("verification names the first bad row", () => {
  test.each([
    ["actor", "actor = 'key_b'"],
    ["action", "action = 'subscription.deleted'"],
    ["target", "target = null"],
    ["detail", `detail = '{"n": 99}'`],
    ["time", "created_at = created_at + interval '1 ms'"],
    ["id", "id = gen_random_uuid()"],
    ["hash", "hash = sha256('x')"],
  ])("when its %s was changed", async (_column, change) => {
    const organizationId = await chainOf(4);
    await database.sql.unsafe(`update audit_log set ${change} where organization_id = $1 and seq = 3`, [
      organizationId,
    ]);
    expect(await verifyAuditChain(database.sql, organizationId)).toEqual({
      ok: false,
      seq: "3",
      reason: "altered",
    });
  });

  test("when a row was removed", async () => {
    const organizationId = await chainOf(4);
    await database.sql`delete from audit_log where organization_id = ${organizationId} and seq = 2`;
    expect(await verifyAuditChain(database.sql, organizationId)).toEqual({
      ok: false,
      seq: "3",
      reason: "gap",
    });
  });

  test("when a row was rewritten together with its own hash", async () => {
    const organizationId = await chainOf(3);
    const forged = newId(startMs);
    await append(forged, 1, { n: 1, forged: true });
    await database.sql`
      update audit_log a set hash = f.hash, detail = f.detail from audit_log f
      where f.organization_id = ${forged} and f.seq = 1 and a.organization_id = ${organizationId} and a.seq = 1`;
    const verdict = await verifyAuditChain(database.sql, organizationId);
    expect(verdict).toMatchObject({ ok: false, seq: "1" });
  });
});
