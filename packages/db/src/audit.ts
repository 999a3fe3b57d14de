import { createHash } from "node:crypto";
import { newId } from "@carewire/envelope";
import type postgres from "postgres";
import { canonicalJson } from "./canonical-json.ts";
import type { Queryable, Sql } from "./connect.ts";
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

/** Either every row follows from the one before, or the first that does not, and why; `rows` were in order. */
export type AuditVerdict =
  | { ok: true; rows: number; head: Buffer; headSeq: string }
  | { ok: false; rows: number; seq: string; reason: "gap" | "broken_link" | "altered" };

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

/** Which part of a chain to look at. */
export interface AuditRange {
  /** Starts behind this row, whose own hash is then taken for granted; default: where the chain begins. */
  afterSeq?: string;
  /** Rows at most; default: all of them. */
  rowsMax?: number;
}

interface Anchor {
  seq: string;
  hash: Buffer;
}

type WalkedRow = AuditRow & { anchor_seq: string | null; anchor_hash: Buffer | null };

/**
 * Walks the organization's chain: from its first row, from the one after those that retention took away, or from
 * `afterSeq`. It cannot see that the newest rows were cut off: compare `head` with one exported earlier for that.
 */
export async function verifyAuditChain(
  sql: Queryable,
  organizationId: string,
  { afterSeq, rowsMax = Number.MAX_SAFE_INTEGER }: AuditRange = {},
): Promise<AuditVerdict> {
  // Anchor and rows in one statement: rows that are trimmed meanwhile must not look like a gap.
  const pages = sql<WalkedRow[]>`
    select l.*, a.seq as anchor_seq, a.hash as anchor_hash from audit_log l
    left join lateral (
      select seq, hash from audit_anchors where organization_id = l.organization_id and ${afterSeq ?? null}::bigint is null
      union all
      select seq, hash from audit_log where organization_id = l.organization_id and seq = ${afterSeq ?? null}::bigint) a on true
    where l.organization_id = ${organizationId} and l.seq > coalesce(${afterSeq ?? null}::bigint, 0)
    order by l.seq limit ${rowsMax}`.cursor(pageRows);
  let previous: Anchor = { seq: afterSeq ?? "0", hash: firstPreviousHash };
  let rows = 0;
  for await (const page of pages) {
    for (const row of page) {
      if (rows === 0) previous = anchorOf(row) ?? previous;
      const fault = faultOf(row, previous);
      if (fault !== null) return { ok: false, rows, seq: row.seq, reason: fault };
      previous = row;
      rows++;
    }
  }
  return { ok: true, rows, head: previous.hash, headSeq: previous.seq };
}

const anchorOf = ({ anchor_seq: seq, anchor_hash: hash }: WalkedRow): Anchor | null =>
  seq === null || hash === null ? null : { seq, hash };

function faultOf(row: AuditRow, previous: Anchor): "gap" | "broken_link" | "altered" | null {
  if (BigInt(row.seq) !== BigInt(previous.seq) + 1n) return "gap";
  if (!row.previous_hash.equals(previous.hash)) return "broken_link";
  return row.hash.equals(hashRow(previous.hash, row)) ? null : "altered";
}

/**
 * Removes audit rows written before `before`, of every organization, at most 10,000 per organization and call; the
 * newest row of a chain always stays. What is left verifies from where it was cut. Returns how many rows went.
 */
export async function trimAudit(sql: Sql, before: Date): Promise<number> {
  // Every chain's oldest row, by a loose scan of the primary key.
  const due = await sql<{ organization_id: string }[]>`
    with recursive chain as (
      (select organization_id, created_at from audit_log order by organization_id, seq limit 1)
      union all
      select next.* from chain cross join lateral (
        select organization_id, created_at from audit_log where organization_id > chain.organization_id
        order by organization_id, seq limit 1) next)
    select organization_id from chain where created_at < ${before}`;
  let trimmed = 0;
  for (const { organization_id: organizationId } of due) {
    const [row] = await sql<
      { trimmed: number }[]
    >`select carewire_trim_audit(${organizationId}, ${before}) trimmed`;
    trimmed += row?.trimmed ?? 0;
  }
  return trimmed;
}
