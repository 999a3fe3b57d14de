import { apiContract } from "@carewire/contracts";
import { type Queryable, type Sql, withTenant } from "@carewire/db";
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
import { presentSubscription, type SubscriptionRow, visibleSubscriptions } from "./subscription-row.ts";

function readSubscriptions(sql: Queryable, principal: Principal, { limit, position }: PageRead) {
  const { condition, order } = beyondId(sql, "s.id", position);
  return sql<SubscriptionRow[]>`
    select s.* from subscriptions s where ${visibleSubscriptions(sql, principal)} and ${condition}
    order by ${order} limit ${limit}`;
}

/** `GET /v1/subscriptions` */
export function createListSubscriptions({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.subscriptions.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const outcome = await readPage({
      cursors,
      scope: { organizationId: principal.organizationId, list: "subscriptions", filters: {} },
      query,
      read: (page) =>
        withTenant(sql, principal.organizationId, (tx) => readSubscriptions(tx, principal, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentSubscription), ...links } };
  });
}
