import type { Queryable } from "@carewire/db";
import type { endpointState, subscriptions } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";

type Endpoint = Pick<
  typeof endpointState.$inferSelect,
  "breaker_until" | "failing_since" | "last_success_at" | "last_failure_at" | "in_flight_limit"
>;

/** A subscription, its organization, and how its endpoint is doing. Nothing that is sealed is read. */
export type SubscriptionRow = Omit<
  typeof subscriptions.$inferSelect,
  "sensitive_headers" | "endpoint_auth" | "client_certificate"
> &
  Endpoint & {
    organization_name: string;
    breaker: string | null;
    consecutive_failures: number | null;
  };

/** The columns of {@link SubscriptionRow}, of `subscriptions s` and {@link subscriptionJoins}. */
export const subscriptionColumns = (sql: Queryable) => sql`
  s.id, s.organization_id, s.account_id, s.name, s.description, s.url, s.events, s.active, s.disabled_reason,
  s.retry_policy, s.max_retries, s.payload_format, s.signature_scheme, s.success_codes, s.shard, s.filter,
  s.rate_limit_per_second, s.ordering, s.created_by, s.created_at, s.updated_at, o.name organization_name, t.breaker,
  t.breaker_until, t.consecutive_failures, t.failing_since, t.last_success_at, t.last_failure_at, t.in_flight_limit`;

export const subscriptionJoins = (sql: Queryable) => sql`
  join organizations o on o.id = s.organization_id left join endpoint_state t on t.subscription_id = s.id`;

const breakers = ["closed", "open", "half_open"] as const;

const timestamp = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Where deliveries go, without what may be a secret in the address. */
function shownUrl(stored: string): string {
  const url = new URL(stored);
  return url.search === "" ? `${url.origin}${url.pathname}` : `${url.origin}${url.pathname}?…`;
}

/** A subscription as lists show it. */
export const presentSubscription = (row: SubscriptionRow) => ({
  id: publicId("sub", row.id),
  organization_id: publicId("org", row.organization_id),
  organization_name: row.organization_name,
  account_id: row.account_id === null ? null : publicId("acc", row.account_id),
  name: row.name,
  url: shownUrl(row.url),
  events: row.events,
  active: row.active,
  disabled_reason: row.disabled_reason,
  payload_format: row.payload_format,
  signature_scheme: row.signature_scheme,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  breaker: breakers.find((breaker) => breaker === row.breaker) ?? ("closed" as const),
  breaker_until: timestamp(row.breaker_until),
  consecutive_failures: row.consecutive_failures ?? 0,
  failing_since: timestamp(row.failing_since),
  last_success_at: timestamp(row.last_success_at),
  last_failure_at: timestamp(row.last_failure_at),
  in_flight_limit: row.in_flight_limit,
});
