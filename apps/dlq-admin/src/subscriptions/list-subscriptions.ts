import { dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { beyondId, type PageRead } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Access } from "../access/access.ts";
import type { DlqDeps } from "../deps.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { answerPage } from "../lists/answer-page.ts";
import { containing } from "../lists/contains.ts";
import {
  presentSubscription,
  type SubscriptionRow,
  subscriptionColumns,
  subscriptionJoins,
} from "./subscription-row.ts";

interface Filters {
  active?: "true" | "false" | undefined;
  breaker?: "closed" | "open" | undefined;
  q?: string | undefined;
}

function withBreaker(tx: Queryable, breaker: Filters["breaker"]) {
  // Broken ones are few and have an index of their own.
  const broken = tx`select subscription_id from endpoint_state where breaker <> 'closed'`;
  switch (breaker) {
    case undefined:
      return tx``;
    case "open":
      return tx`and s.id in (${broken})`;
    case "closed":
      return tx`and s.id not in (${broken})`;
  }
}

function readSubscriptions(tx: Queryable, access: Access, filters: Filters, { limit, position }: PageRead) {
  const { condition, order } = beyondId(tx, "s.id", position);
  const { active, breaker, q } = filters;
  const pattern = q === undefined ? null : containing(q);
  return tx<SubscriptionRow[]>`
    select ${subscriptionColumns(tx)} from subscriptions s ${subscriptionJoins(tx)}
    where ${withinAccess(tx, "s", access)} and ${condition}
      ${active === undefined ? tx`` : tx`and s.active = ${active === "true"}`}
      ${withBreaker(tx, breaker)}
      ${pattern === null ? tx`` : tx`and (s.name ilike ${pattern} or split_part(s.url, '?', 1) ilike ${pattern})`}
    order by ${order} limit ${limit}`;
}

/** `GET /admin/subscriptions` */
export function createListSubscriptions(deps: DlqDeps) {
  return initServer().route(dlqContract.subscriptions.list, ({ query, res }) => {
    const { active, breaker, q } = query;
    const filters = { active, breaker, q };
    return answerPage(deps, res, {
      list: "subscriptions",
      query,
      filters,
      read: (tx, access, page) => readSubscriptions(tx, access, filters, page),
      idsOf: (row: SubscriptionRow) => [row.id],
      present: presentSubscription,
    });
  });
}
