import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditDetail, appendAudit, trimAudit, verifyAuditChain } from "./audit.ts";
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

/** What an administrator of the whole server can do to rows that triggers protect. */
function tamper(statement: string, organizationId: string) {
  return database.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx.unsafe(statement, [organizationId]);
  });
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
    await tamper("delete from audit_log where organization_id = $1 and seq = 1", first);
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
    await tamper(`update audit_log set ${change} where organization_id = $1 and seq = 3`, organizationId);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({
      ok: false,
      seq: "3",
      reason: "altered",
    });
  });

  test("when a row was removed", async () => {
    const organizationId = await chainOf(4);
    await tamper("delete from audit_log where organization_id = $1 and seq = 2", organizationId);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({
      ok: false,
      seq: "3",
      reason: "gap",
    });
  });

  test("when a row was rewritten together with its own hash", async () => {
    const organizationId = await chainOf(3);
    const forged = newId(startMs);
    await append(forged, 1, { n: 1, forged: true });
    await tamper(
      `update audit_log a set hash = f.hash, detail = f.detail from audit_log f
       where f.organization_id = '${forged}' and f.seq = 1 and a.organization_id = $1 and a.seq = 1`,
      organizationId,
    );
    const verdict = await verifyAuditChain(database.sql, organizationId);
    expect(verdict).toMatchObject({ ok: false, seq: "1" });
  });
});

describe("the audit log is append-only", () => {
  test.each([
    ["update", "update audit_log set actor = 'x' where organization_id = $1"],
    ["delete", "delete from audit_log where organization_id = $1"],
    ["truncate", "truncate audit_log"],
  ])("even its owner is refused an %s", async (_name, statement) => {
    const organizationId = await chainOf(2);
    const parameters = statement.includes("$1") ? [organizationId] : [];
    await expect(database.sql.unsafe(statement, parameters)).rejects.toThrow("append-only");
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({ ok: true, rows: 2 });
  });

  test.each(["carewire_tenant", "carewire_system"])(
    "%s may neither change nor remove rows, nor say where a chain begins",
    async (role) => {
      const organizationId = await chainOf(2);
      const as = (statement: string) =>
        database.sql.begin(async (tx) => {
          await tx`select set_config('role', ${role}, true), set_config('carewire.organization_id', ${organizationId}, true)`;
          return tx.unsafe(statement);
        });
      for (const statement of [
        "update audit_log set actor = 'x'",
        "delete from audit_log",
        "truncate audit_log",
        "update audit_anchors set seq = 2",
        `insert into audit_anchors (organization_id, seq, hash) values ('${organizationId}', 2, '')`,
      ]) {
        await expect(as(statement)).rejects.toThrow("permission denied");
      }
      expect(await as("select 1 from audit_log where organization_id is not null")).not.toHaveLength(0);
    },
  );
});

describe("trimming by age", () => {
  const before = new Date(startMs + 4);

  test("takes the oldest rows, keeps the rest verifiable, and the chain goes on", async () => {
    const organizationId = await chainOf(6);
    expect(await trimAudit(database.sql, before)).toBeGreaterThanOrEqual(3);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({
      ok: true,
      rows: 3,
      headSeq: "6",
    });
    await append(organizationId, 7);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({ ok: true, rows: 4 });
    expect(await trimAudit(database.sql, before)).toBe(0);
  });

  test("always leaves the newest row, so that numbers and hashes go on from it", async () => {
    const organizationId = await chainOf(2);
    await trimAudit(database.sql, new Date(startMs + 60_000));
    await append(organizationId, 3);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({
      ok: true,
      rows: 2,
      headSeq: "3",
    });
  });

  test("does not hide that a kept row was changed or removed", async () => {
    const [changed, removed] = [await chainOf(6), await chainOf(6)];
    await trimAudit(database.sql, before);
    await tamper("update audit_log set actor = 'x' where organization_id = $1 and seq = 4", changed);
    await tamper("delete from audit_log where organization_id = $1 and seq = 4", removed);
    expect(await verifyAuditChain(database.sql, changed)).toMatchObject({ seq: "4", reason: "altered" });
    expect(await verifyAuditChain(database.sql, removed)).toMatchObject({ seq: "5", reason: "gap" });
  });
});

test("a long chain can be verified part by part", async () => {
  const organizationId = await chainOf(5);
  const first = await verifyAuditChain(database.sql, organizationId, { rowsMax: 2 });
  expect(first).toMatchObject({ ok: true, rows: 2, headSeq: "2" });
  const rest = await verifyAuditChain(database.sql, organizationId, { afterSeq: "2" });
  expect(rest).toMatchObject({ ok: true, rows: 3, headSeq: "5" });
  await tamper("update audit_log set detail = '{}' where organization_id = $1 and seq = 4", organizationId);
  expect(await verifyAuditChain(database.sql, organizationId, { rowsMax: 2 })).toMatchObject({ ok: true });
  expect(await verifyAuditChain(database.sql, organizationId, { afterSeq: "2" })).toMatchObject({ seq: "4" });
});
