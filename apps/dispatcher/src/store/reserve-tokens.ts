import type { Sql } from "@carewire/db";

/** How many requests a rate-limited endpoint wants to get now. */
export interface TokenRequest {
  subscriptionId: string;
  ratePerSecond: number;
  wanted: number;
}

export interface TokenGrant {
  subscriptionId: string;
  /** Of the wanted requests, those that may leave now. */
  granted: number;
  /** How many more may leave now. */
  left: number;
  /** Until `refill` more may leave. */
  refillMs: number;
  refill: number;
}

/**
 * Requests that may leave at once after a quiet time: those of this many seconds. With a whole second's, an endpoint that
 * can take ten a second would get twenty in its first one. At least `burstMin`, or a slow limit could never catch up on
 * a wake-up that was a little late.
 */
const burstSeconds = 0.25;
const burstMin = 2;
/** Waiting for less than this many seconds' requests would wake everybody for single ones. */
const refillSeconds = 0.1;

/**
 * Takes requests out of the rate limits of many endpoints with one statement, whoever else does the same: the generic
 * cell rate algorithm over one moment per endpoint. In any `s` seconds an endpoint grants `rate * (s + 0.25)` at most,
 * or `rate * s` and two more.
 */
export async function reserveTokens(sql: Sql, requests: TokenRequest[]): Promise<TokenGrant[]> {
  const grants = await reserve(sql, requests);
  if (grants.length === requests.length) return grants;
  // The first time, or after a crash of the database emptied the table.
  const met = new Set(grants.map((grant) => grant.subscriptionId));
  const unmet = requests.filter((request) => !met.has(request.subscriptionId));
  await sql`insert into rate_buckets (subscription_id, next_at)
    select id, '-infinity' from unnest(${unmet.map((r) => r.subscriptionId)}::uuid[]) t(id) order by id
    on conflict do nothing`;
  return [...grants, ...(await reserve(sql, unmet))];
}

const burstOf = (ratePerSecond: number): number =>
  Math.max(Math.min(ratePerSecond, burstMin), ratePerSecond * burstSeconds);

async function reserve(sql: Sql, requests: TokenRequest[]): Promise<TokenGrant[]> {
  return sql<TokenGrant[]>`
    with wanted as materialized (select * from unnest(${requests.map((r) => r.subscriptionId)}::uuid[],
      ${requests.map((r) => r.ratePerSecond)}::float8[], ${requests.map((r) => r.wanted)}::int[],
      ${requests.map((r) => burstOf(r.ratePerSecond))}::float8[]) t(id, rate, wanted, burst)),
    -- in one order for everybody, so that no two wait for each other
    bucket as materialized (select b.subscription_id id, w.rate, w.wanted, w.burst, greatest(b.next_at, now()) next_at
      from rate_buckets b join wanted w on w.id = b.subscription_id
      order by b.subscription_id for update of b),
    free as materialized (select *, greatest(0, floor(
        -- a millionth: what was reserved in several steps must not miss its last one by rounding
        (burst - extract(epoch from next_at - now())::float8 * rate) + 1e-6))::int free
      from bucket),
    granted as materialized (select *, least(wanted, free) granted, greatest(1, floor(rate * ${refillSeconds}::float8))::int refill
      from free),
    taken as (update rate_buckets b set next_at = g.next_at + g.granted / g.rate * interval '1 second'
      from granted g where b.subscription_id = g.id and g.granted > 0)
    select id "subscriptionId", granted, free - granted "left", refill,
      -- when next_at + refill requests fit into the burst again
      ceil(greatest(1, 1000 * (extract(epoch from next_at - now())::float8 + (granted + refill) / rate
        - burst / rate)))::int "refillMs"
    from granted`;
}
