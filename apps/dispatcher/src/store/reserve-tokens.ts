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
  /** Taken besides, while the limit does not bind: so many more may leave without asking, for `aheadMs`. */
  ahead: number;
  /** How many more may leave now. */
  left: number;
  /** Until `refill` more may leave. */
  refillMs: number;
  refill: number;
}

/**
 * Requests that may leave at once after a quiet time: those of this many seconds, with what was taken ahead a quarter of a
 * second's. With a whole second's, an endpoint that can take ten a second would get twenty in its first one. At least
 * `burstMin`, or a slow limit could never catch up on a wake-up that was a little late.
 */
const burstSeconds = 0.2;
const burstMin = 2;
/** How long what was taken ahead may be used, from before it was asked for. It is as much as the rate allows in that time. */
export const aheadMs = 50;
/** Waiting for less than this many seconds' requests would wake everybody for single ones. */
const refillSeconds = 0.1;

/**
 * Takes requests out of the rate limits of many endpoints with one statement, whoever else does the same: the generic
 * cell rate algorithm over one moment per endpoint. In any `s` seconds an endpoint is sent `rate * (s + 0.25)` at most,
 * or `rate * s` and two more. Nothing is taken ahead from a bucket that is not more than half full, so what is never used
 * is missed by nobody.
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
      ${requests.map((r) => burstOf(r.ratePerSecond))}::float8[],
      ${requests.map((r) => Math.floor((r.ratePerSecond * aheadMs) / 1_000))}::int[]) t(id, rate, wanted, burst, ahead)),
    -- in one order for everybody, so that no two wait for each other
    bucket as materialized (select b.subscription_id id, w.rate, w.wanted, w.burst, w.ahead, greatest(b.next_at, now()) next_at
      from rate_buckets b join wanted w on w.id = b.subscription_id
      order by b.subscription_id for update of b),
    free as materialized (select *, greatest(0, floor(
        -- a millionth: what was reserved in several steps must not miss its last one by rounding
        (burst - extract(epoch from next_at - now())::float8 * rate) + 1e-6))::int free
      from bucket),
    granted as materialized (select id, rate, burst, next_at, free, least(wanted, free) granted,
        case when free - wanted - ahead > burst / 2 then ahead else 0 end ahead,
        greatest(1, floor(rate * ${refillSeconds}::float8))::int refill
      from free),
    taken as (update rate_buckets b set next_at = g.next_at + (g.granted + g.ahead) / g.rate * interval '1 second'
      from granted g where b.subscription_id = g.id and g.granted > 0)
    select id "subscriptionId", granted, ahead, free - granted - ahead "left", refill,
      -- when next_at + refill requests fit into the burst again
      ceil(greatest(1, 1000 * (extract(epoch from next_at - now())::float8 + (granted + ahead + refill) / rate
        - burst / rate) - 1e-6))::int "refillMs"
    from granted`;
}
