import type { DataKey, Vault } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import type { attempts } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { beyondId } from "../lists/beyond.ts";
import type { Cursors } from "../lists/cursor.ts";
import { invalidCursor } from "../lists/invalid-cursor.ts";
import { type PageRead, readPage } from "../lists/page.ts";
import { findDelivery } from "./delivery-row.ts";
import { noDelivery } from "./no-delivery.ts";
import { openResponseBody } from "./response-body.ts";

type AttemptRow = typeof attempts.$inferSelect;

function readAttempts(sql: Sql, deliveryId: string, { limit, position }: PageRead) {
  const { condition, order } = beyondId(sql, "t.id", position);
  return sql<AttemptRow[]>`
    select t.* from attempts t where t.delivery_id = ${deliveryId} and ${condition} order by ${order} limit ${limit}`;
}

/** Headers are kept as the `name: value` lines that the dispatcher wrote. */
function readHeaders(lines: string | null): Record<string, string> | null {
  if (lines === null) return null;
  return Object.fromEntries(
    lines.split("\n").flatMap((line) => {
      const colon = line.indexOf(": ");
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)]];
    }),
  );
}

function presentAttempt(dataKey: DataKey, row: AttemptRow) {
  return {
    id: publicId("att", row.id),
    n: row.n,
    outcome: row.outcome,
    response_code: row.http_status,
    duration_ms: row.duration_ms,
    error: row.error,
    request_headers: readHeaders(row.request_headers),
    response_headers: readHeaders(row.response_headers),
    response_body: openResponseBody(dataKey, row.id, row.response_body),
    next_step: row.next_step,
    reason: row.reason,
    next_retry_at: row.next_retry_at?.toISOString() ?? null,
    started_at: row.started_at.toISOString(),
    created_at: row.created_at.toISOString(),
  };
}

/** `GET /v1/deliveries/:id/attempts` */
export function createListAttempts({ sql, vault, cursors }: { sql: Sql; vault: Vault; cursors: Cursors }) {
  return initServer().route(apiContract.deliveries.listAttempts, async ({ params, query, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const delivery = await findDelivery(sql, principal, params.id);
    if (delivery === null) return noDelivery(res);
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "attempts", filters: { delivery: delivery.id } },
      query,
      read: (page) => readAttempts(sql, delivery.id, page),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    const dataKey = await vault.dataKey(organizationId);
    return { status: 200, body: { data: rows.map((row) => presentAttempt(dataKey, row)), ...links } };
  });
}
