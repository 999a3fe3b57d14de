import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import type { auditLog } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import {
  type Cursors,
  invalidCursor,
  type PageRead,
  type Position,
  principalOf,
  readPage,
  withinTime,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { notForAccounts } from "./not-for-accounts.ts";

type AuditRow = typeof auditLog.$inferSelect;

interface Filters {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** By number, which the primary key and the filters' indexes are ordered by; cursors hold ids. */
function beyondEntry(tx: postgres.TransactionSql, position: Position | null) {
  const seq = tx`(select seq from audit_log where id = ${position?.ids[0] ?? null}::uuid)`;
  switch (position?.direction) {
    case "newer":
      return { condition: tx`l.seq > coalesce(${seq}, 0)`, order: tx`l.seq asc` };
    case "older":
      return { condition: tx`l.seq < ${seq}`, order: tx`l.seq desc` };
    case undefined:
      return { condition: tx`true`, order: tx`l.seq desc` };
  }
}

function readEntries(
  tx: postgres.TransactionSql,
  organizationId: string,
  { actor, action, target, since, until }: Filters,
  { limit, position }: PageRead,
) {
  const { condition, order } = beyondEntry(tx, position);
  return tx<AuditRow[]>`
    select l.* from audit_log l where l.organization_id = ${organizationId} and ${condition}
      ${actor === undefined ? tx`` : tx`and l.actor = ${actor}`}
      ${action === undefined ? tx`` : tx`and l.action = ${action}`}
      ${target === undefined ? tx`` : tx`and l.target = ${target}`}
      ${withinTime(tx, "l.id", since, until)}
    order by ${order} limit ${limit}`;
}

const presentEntry = (row: AuditRow) => ({
  id: publicId("aud", row.id),
  seq: row.seq,
  actor: row.actor,
  action: row.action,
  target: row.target,
  detail: row.detail,
  created_at: row.created_at.toISOString(),
  hash: row.hash.toString("hex"),
});

/** `GET /v1/audit` */
export function createListAudit({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.audit.list, async ({ query, res }) => {
    const { organizationId, accountId } = principalOf(res);
    if (accountId !== null) return notForAccounts(res);
    const { limit, cursor, ...filters } = query;
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "audit", filters },
      query: { limit, cursor },
      read: (page) => withTenant(sql, organizationId, (tx) => readEntries(tx, organizationId, filters, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentEntry), ...links } };
  });
}
