import { dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { auditLog } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import { beyondId, type PageRead, withinTime } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Access } from "../access/access.ts";
import type { DlqDeps } from "../deps.ts";
import { answerPage } from "../lists/answer-page.ts";

type AuditRow = typeof auditLog.$inferSelect;

interface Filters {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** Entries that one page looks at. */
const lookedAtMax = 20_000;

/** The next entries by id, which is by time; the id is unique over all chains. */
function lookAt(tx: Queryable, { organizationId }: Access, filters: Filters, { position }: PageRead) {
  const { condition, order } = beyondId(tx, "l.id", position);
  return tx`
    select l.* from audit_log l
    where ${condition} ${withinTime(tx, "l.id", filters.since, filters.until)}
      ${organizationId === null ? tx`` : tx`and l.organization_id = ${organizationId}::uuid`}
    order by ${order} limit ${lookedAtMax}`;
}

function readEntries(tx: Queryable, access: Access, filters: Filters, page: PageRead) {
  const { actor, action, target } = filters;
  return tx<AuditRow[]>`
    select l.* from (${lookAt(tx, access, filters, page)}) l
    where true ${actor === undefined ? tx`` : tx`and l.actor = ${actor}`}
      ${action === undefined ? tx`` : tx`and l.action = ${action}`}
      ${target === undefined ? tx`` : tx`and l.target = ${target}`}
    order by ${beyondId(tx, "l.id", page.position).order} limit ${page.limit}`;
}

async function readHorizon(tx: Queryable, access: Access, filters: Filters, page: PageRead) {
  const [row] = await tx<{ id: string }[]>`
    select id from (${lookAt(tx, access, filters, page)}) l offset ${lookedAtMax - 1} limit 1`;
  return row === undefined ? null : [row.id];
}

const presentEntry = (row: AuditRow) => ({
  id: publicId("aud", row.id),
  organization_id: publicId("org", row.organization_id),
  seq: row.seq,
  actor: row.actor,
  action: row.action,
  target: row.target,
  detail: row.detail,
  created_at: row.created_at.toISOString(),
  hash: row.hash.toString("hex"),
});

/** `GET /admin/audit` */
export function createListAudit(deps: DlqDeps) {
  return initServer().route(dlqContract.audit.list, ({ query, res }) => {
    const { limit: _limit, cursor: _cursor, organization_id: _organization, ...filters } = query;
    return answerPage(deps, res, {
      list: "audit",
      query,
      filters,
      read: (tx, access, page) => readEntries(tx, access, filters, page),
      horizon: (tx, access, page) => readHorizon(tx, access, filters, page),
      idsOf: (row: AuditRow) => [row.id],
      present: presentEntry,
    });
  });
}
