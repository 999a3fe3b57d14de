import { apiContract } from "@carewire/contracts";
import { type Queryable, type Sql, withTenant } from "@carewire/db";
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
import { notForAccounts } from "./not-for-accounts.ts";

type AuditRow = typeof auditLog.$inferSelect;

interface Filters {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** Entries looked at for one page at most: behind a filter that hardly anything passes, a page comes back short. */
export const lookedAtMax = 20_000;

/** By number, which the primary key and the filters' indexes are ordered by; cursors hold ids. */
function beyondEntry(tx: Queryable, position: Position | null) {
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

/** The one filter that an index is read by; a target has fewer entries than who did things to it. */
function indexedFilter(tx: Queryable, { actor, target }: Filters) {
  if (target !== undefined) return tx`and l.target = ${target}`;
  return actor === undefined ? tx`` : tx`and l.actor = ${actor}`;
}

/** The chain's next entries, or those of one target or actor. */
function lookAt(tx: Queryable, organizationId: string, filters: Filters, position: Position | null) {
  const { condition, order } = beyondEntry(tx, position);
  return tx`
    select l.* from audit_log l
    where l.organization_id = ${organizationId} and ${condition} ${indexedFilter(tx, filters)}
    order by ${order} limit ${lookedAtMax}`;
}

/** Up to `limit` entries that pass the filters, among the next {@link lookedAtMax}. */
function readEntries(tx: Queryable, organizationId: string, filters: Filters, { limit, position }: PageRead) {
  const { actor, action, since, until } = filters;
  return tx<AuditRow[]>`
    select l.* from (${lookAt(tx, organizationId, filters, position)}) l
    where true ${actor === undefined ? tx`` : tx`and l.actor = ${actor}`}
      ${action === undefined ? tx`` : tx`and l.action = ${action}`}
      ${withinTime(tx, "l.id", since, until)}
    order by ${beyondEntry(tx, position).order} limit ${limit}`;
}

/** The last entry that {@link readEntries} looked at, when there may be further ones; else null. */
async function readHorizon(tx: Queryable, organizationId: string, filters: Filters, { position }: PageRead) {
  const [row] = await tx<{ id: string }[]>`
    select id from (${lookAt(tx, organizationId, filters, position)}) l offset ${lookedAtMax - 1} limit 1`;
  return row === undefined ? null : [row.id];
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
      horizon: (page) =>
        withTenant(sql, organizationId, (tx) => readHorizon(tx, organizationId, filters, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentEntry), ...links } };
  });
}
