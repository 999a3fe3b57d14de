import type { Queryable } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import type { Principal, ProblemItem } from "@carewire/service-kit";
import { visibleSubscriptions } from "../subscriptions/subscription-row.ts";
import type { ReplayEndpoint } from "./count-replays.ts";

/** The subscriptions a replay may concern, or why it cannot be made. */
export type FoundEndpoints = { ok: true; endpoints: ReplayEndpoint[] } | { ok: false; errors: ProblemItem[] };

const endpointsMax = 10_000;

const columns = (sql: Queryable) =>
  sql`s.id, s.account_id as "accountId", s.filter is not null as "isFiltered"`;

/** All subscriptions the caller can see. */
export async function findAllEndpoints(sql: Queryable, principal: Principal): Promise<FoundEndpoints> {
  const endpoints = await sql<ReplayEndpoint[]>`
    select ${columns(sql)} from subscriptions s where ${visibleSubscriptions(sql, principal)}
    order by s.id limit ${endpointsMax + 1}`;
  if (endpoints.length <= endpointsMax) return { ok: true, endpoints };
  const message = `name the subscriptions: there are more than ${endpointsMax}`;
  return { ok: false, errors: [{ path: "filter.subscription_id", message, code: "too_many" }] };
}

/** The subscriptions with these public ids, every one of which the caller must be able to see. */
export async function findEndpoints(
  sql: Queryable,
  principal: Principal,
  given: string[],
): Promise<FoundEndpoints> {
  const ids = given.flatMap((id) => parsePublicId("sub", id) ?? []);
  const endpoints = await sql<ReplayEndpoint[]>`
    select ${columns(sql)} from subscriptions s
    where ${visibleSubscriptions(sql, principal)} and s.id = any(${ids}::uuid[]) order by s.id`;
  if (endpoints.length === given.length) return { ok: true, endpoints };
  const message = "There is no such subscription, or one of them is not there.";
  return {
    ok: false,
    errors: [{ path: "filter.subscription_id", message, code: "unknown_subscription" }],
  };
}
