import { createHash } from "node:crypto";
import { newId } from "@carewire/envelope";
import type postgres from "postgres";
import { canonicalJson } from "./canonical-json.ts";
import type { Sql } from "./connect.ts";
import type { auditLog } from "./schema/audit.ts";

/** What an audit row may say beyond who, what and to what. Never a secret, never a payload. */
export type AuditDetail = Record<string, string | number | boolean | null | string[]>;

export interface AuditEntry {
  organizationId: string;
  /** Who did it, e.g. `key_01k…`. */
  actor: string;
  /** What was done, `<noun>.<past_tense>`: `subscription.created`. */
  action: string;
  /** What it was done to, as a public id. */
  target: string | null;
  detail: AuditDetail;
  now: Date;
}

/** Either every row follows from the one before, or the first that does not, and why. */
export type AuditVerdict =
  | { ok: true; rows: number; head: Buffer }
  | { ok: false; seq: string; reason: "gap" | "broken_link" | "altered" };

type AuditRow = typeof auditLog.$inferSelect;
type HashedPart = Omit<AuditRow, "hash" | "previous_hash">;

const firstPreviousHash = Buffer.alloc(32);
const pageRows = 1_000;

/** SHA-256 over the previous row's hash and this row in one canonical form. */
function hashRow(previousHash: Buffer, row: HashedPart): Buffer {
  const canonical = canonicalJson([
    row.organization_id,
    row.seq,
    row.id,
    row.actor,
    row.action,
    row.target,
    row.detail,
    row.created_at.toISOString(),
  ]);
  return createHash("sha256").update(previousHash).update(canonical).digest();
}

/**
 * Appends a row to the organization's hash chain, inside the transaction that does what the row tells. The lock that
 * keeps `seq` free of gaps is held until that transaction ends, so append last. Throws only with the database.
 */
export async function appendAudit(tx: postgres.TransactionSql, entry: AuditEntry): Promise<void> {
  const { organizationId } = entry;
  await tx`select pg_advisory_xact_lock(hashtextextended('audit:' || ${organizationId}::text, 0))`;
  const [last] = await tx<Pick<AuditRow, "seq" | "hash">[]>`
    select seq, hash from audit_log where organization_id = ${organizationId} order by seq desc limit 1`;
  const row: HashedPart = {
    organization_id: organizationId,
    seq: String(BigInt(last?.seq ?? 0) + 1n),
    id: newId(entry.now.getTime()),
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    detail: entry.detail,
    created_at: entry.now,
  };
  const previousHash = last?.hash ?? firstPreviousHash;
  await tx`
    insert into audit_log (organization_id, seq, id, actor, action, target, detail, created_at, previous_hash, hash)
    values (${row.organization_id}, ${row.seq}, ${row.id}, ${row.actor}, ${row.action}, ${row.target},
      ${tx.json(entry.detail)}, ${row.created_at}, ${previousHash}, ${hashRow(previousHash, row)})`;
}

/**
 * Walks the organization's chain from its first row. It cannot see that the newest rows were cut off: compare `head`
 * with one exported earlier for that.
 */
export async function verifyAuditChain(sql: Sql, organizationId: string): Promise<AuditVerdict> {
  let head: Buffer = firstPreviousHash;
  let expectedSeq = 1n;
  const pages = sql<AuditRow[]>`
    select * from audit_log where organization_id = ${organizationId} order by seq`.cursor(pageRows);
  for await (const page of pages) {
    for (const row of page) {
      if (row.seq !== String(expectedSeq)) return { ok: false, seq: row.seq, reason: "gap" };
      if (!row.previous_hash.equals(head)) return { ok: false, seq: row.seq, reason: "broken_link" };
      if (!row.hash.equals(hashRow(head, row))) return { ok: false, seq: row.seq, reason: "altered" };
      head = row.hash;
      expectedSeq++;
    }
  }
  return { ok: true, rows: Number(expectedSeq - 1n), head };
}
