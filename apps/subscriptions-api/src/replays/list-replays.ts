import { apiContract } from "@carewire/contracts";
import { type Queryable, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import {
  beyondId,
  type Cursors,
  invalidCursor,
  type PageRead,
  type Principal,
  principalOf,
  readPage,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { ReplayDeps } from "./make-replay.ts";
import { presentReplay, type ReplayRow, replayColumns, visibleReplays } from "./replay-row.ts";

interface ReplayFilters {
  status?: string | undefined;
  subscription_id?: string | undefined;
}

/** Of a subscription: also those of several, if it is among them. */
function concerning(sql: Queryable, given: string) {
  return sql`and exists (select 1 from replay_job_endpoints p
    where p.job_id = j.id and p.subscription_id = ${parsePublicId("sub", given)})`;
}

function readReplays(
  sql: Queryable,
  principal: Principal,
  { status, subscription_id: subscriptionId }: ReplayFilters,
  { limit, position }: PageRead,
) {
  const { condition, order } = beyondId(sql, "j.id", position);
  return sql<ReplayRow[]>`
    select ${replayColumns(sql)} from replay_jobs j
    where ${visibleReplays(sql, principal)} and ${condition}
      ${status === undefined ? sql`` : sql`and j.status = ${status}`}
      ${subscriptionId === undefined ? sql`` : concerning(sql, subscriptionId)}
    order by ${order} limit ${limit}`;
}

/** `GET /v1/replays` */
export function createListReplays({ sql, clock, cursors }: ReplayDeps & { cursors: Cursors }) {
  return initServer().route(apiContract.replays.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const { limit, cursor, ...filters } = query;
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "replays", filters },
      query: { limit, cursor },
      read: (page) => withTenant(sql, organizationId, (tx) => readReplays(tx, principal, filters, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    const nowMs = clock.now();
    return { status: 200, body: { data: rows.map((row) => presentReplay(row, nowMs)), ...links } };
  });
}
