import type { DataKey } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { type Queryable, withTenant } from "@carewire/db";
import type { attempts } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import {
  beyondId,
  type Cursors,
  hasScope,
  invalidCursor,
  type PageRead,
  principalOf,
  readPage,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { PayloadDeps } from "../events/read-payload.ts";
import { auditResponseRead } from "./audit-response-read.ts";
import { findDelivery } from "./delivery-row.ts";
import { readHeaderLines } from "./header-lines.ts";
import { noDelivery } from "./no-delivery.ts";
import { openResponseBody } from "./response-body.ts";

type AttemptRow = typeof attempts.$inferSelect;

function readAttempts(sql: Queryable, deliveryId: string, { limit, position }: PageRead) {
  const { condition, order } = beyondId(sql, "t.id", position);
  return sql<AttemptRow[]>`
    select t.* from attempts t where t.delivery_id = ${deliveryId} and ${condition} order by ${order} limit ${limit}`;
}

function presentAttempt(dataKey: DataKey | null, row: AttemptRow) {
  const body = dataKey && { response_body: openResponseBody(dataKey, row.id, row.response_body) };
  return {
    id: publicId("att", row.id),
    n: row.n,
    outcome: row.outcome,
    response_code: row.http_status,
    duration_ms: row.duration_ms,
    error_class: row.next_step === "delivered" ? null : row.outcome,
    error: row.error,
    request_headers: readHeaderLines(row.request_headers),
    response_headers: readHeaderLines(row.response_headers),
    ...body,
    next_step: row.next_step,
    reason: row.reason,
    next_retry_at: row.next_retry_at?.toISOString() ?? null,
    started_at: row.started_at.toISOString(),
    created_at: row.created_at.toISOString(),
  };
}

/** `GET /v1/deliveries/:id/attempts` */
export function createListAttempts(deps: PayloadDeps & { cursors: Cursors }) {
  const { sql, vault, cursors } = deps;
  return initServer().route(apiContract.deliveries.listAttempts, async ({ params, query, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const delivery = await withTenant(sql, organizationId, (tx) => findDelivery(tx, principal, params.id));
    if (delivery === null) return noDelivery(res);
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "attempts", filters: { delivery: delivery.id } },
      query,
      read: (page) => withTenant(sql, organizationId, (tx) => readAttempts(tx, delivery.id, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    const dataKey = hasScope(principal, "payloads:read") ? await vault.dataKey(organizationId) : null;
    const shows = dataKey !== null && rows.some((row) => row.response_body !== null);
    if (shows) await auditResponseRead(deps, principal, params.id);
    return { status: 200, body: { data: rows.map((row) => presentAttempt(dataKey, row)), ...links } };
  });
}
