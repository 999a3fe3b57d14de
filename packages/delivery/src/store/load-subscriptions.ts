import type { Queryable } from "@carewire/db";
import type { SignatureScheme } from "@carewire/verifiers";
import type { PayloadFormat } from "../message/build-body.ts";

export interface SubscriptionRow {
  id: string;
  organization_id: string;
  account_id: string | null;
  version: number;
  url: string;
  active: boolean;
  ordering: "none" | "fifo";
  retry_policy: "none" | "exponential";
  max_retries: number;
  success_codes: "2xx" | "200";
  payload_format: PayloadFormat;
  signature_scheme: SignatureScheme;
  /** Static headers that may be shown. */
  headers: Record<string, string>;
  /** Sealed JSON of the same shape. */
  sensitive_headers: Buffer | null;
  /** Sealed; see `parseEndpointAuth` and `parseClientIdentity`. */
  endpoint_auth: Buffer | null;
  client_certificate: Buffer | null;
  /** Sealed secrets in force now, newest first, with the row ids they are sealed under. */
  secret_ids: string[];
  secrets: Buffer[];
  /** Until the first of them expires. null: none does. */
  secrets_ms: number | null;
  rate_limit_per_second: number | null;
  /** As dispatchers left it: what is kept of its circuit breaker. null: nothing is. */
  breaker: "closed" | "open" | "half_open" | null;
  breaker_ms: number | null;
  breaker_opens: number | null;
}

/** Reads subscriptions as the sender needs them. Unknown ids are missing from the answer. */
export async function loadSubscriptions(sql: Queryable, ids: string[]): Promise<SubscriptionRow[]> {
  return sql<SubscriptionRow[]>`
    select s.id, s.organization_id, s.account_id, s.version, s.url, s.active, s.ordering, s.retry_policy, s.max_retries, s.success_codes,
      s.payload_format, s.signature_scheme, s.headers, s.sensitive_headers, s.endpoint_auth,
      s.client_certificate, k.ids secret_ids, k.secrets, k.ms secrets_ms, s.rate_limit_per_second,
      e.breaker, (extract(epoch from e.breaker_until - now()) * 1000)::float8 breaker_ms, e.breaker_opens
    from subscriptions s
    left join endpoint_state e on e.subscription_id = s.id
    cross join lateral (select coalesce(array_agg(id order by id desc), '{}') ids,
        coalesce(array_agg(secret order by id desc), '{}') secrets,
        (extract(epoch from min(expires_at) - now()) * 1000)::float8 ms
      from subscription_secrets where subscription_id = s.id and (expires_at is null or expires_at > now())) k
    where s.id = any(${ids}::uuid[])`;
}
