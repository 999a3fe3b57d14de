import { type EventDraft, operationalEvent, type Publisher, urlOrigin } from "@carewire/bus";
import type { Queryable, Sql } from "@carewire/db";
import type { KeptBreaker } from "../admission/isolation.ts";
import type { HealthChange } from "../health/health-changes.ts";

/** What is written down about one endpoint. */
export interface HealthRow extends HealthChange {
  /** null: this process does not know it any more. */
  kept: KeptBreaker | null;
}

interface Warned {
  subscriptionId: string;
  organizationId: string;
  accountId: string | null;
  url: string;
  failingSince: Date | null;
  warnings: number;
  /** By the database's clock. */
  now: Date;
}

/**
 * Writes down what happened at many endpoints, and tells the owners of those that work again after they were warned.
 * Moments are sent as so long ago and kept by the database's clock, breakers as the time left: what processes whose
 * clocks disagree find out is put together. Returns how many owners were told.
 */
export async function saveHealth(
  deps: { sql: Sql; publisher: Publisher },
  rows: HealthRow[],
  nowMs: number,
): Promise<number> {
  if (rows.length === 0) return 0;
  return deps.sql.begin(async (tx) => {
    // One that is being deleted is waited for and left out, before its state is locked: deleting locks in this order too.
    await tx`select from subscriptions where id = any(${rows.map((row) => row.subscriptionId)}::uuid[])
      order by id for key share`;
    // All rows, in the order in which they are written: two processes must not wait for each other.
    const before = await tx<Warned[]>`
      select e.subscription_id "subscriptionId", e.organization_id "organizationId", s.account_id "accountId", s.url,
        e.failing_since "failingSince", e.warnings, now() "now"
      from endpoint_state e join subscriptions s on s.id = e.subscription_id
      where e.subscription_id = any(${rows.map((row) => row.subscriptionId)}::uuid[])
      order by e.subscription_id for update of e`;
    await write(tx, rows, nowMs);
    const successes = new Map(rows.map((row) => [row.subscriptionId, ageOf(row.succeededAtMs, nowMs)]));
    const drafts = before.flatMap((row) => recovery(row, successes.get(row.subscriptionId) ?? null, nowMs));
    await deps.publisher.publish(tx, drafts);
    return drafts.length;
  });
}

/** Milliseconds; never negative, for a clock may have been set back meanwhile. */
const ageOf = (atMs: number | null, nowMs: number): number | null =>
  atMs === null ? null : Math.max(0, nowMs - atMs);

async function write(tx: Queryable, rows: HealthRow[], nowMs: number): Promise<void> {
  const moved = rows.filter((row) => row.breakerMoved && row.kept !== null).map((row) => row.subscriptionId);
  await tx`
    insert into endpoint_state as e (subscription_id, organization_id, consecutive_failures, failing_since,
      last_success_at, last_failure_at, breaker, breaker_until, breaker_opens, in_flight_limit)
    select i.id, s.organization_id, i.failures, now() - i.first_failure_ms * interval '1 millisecond',
      now() - i.succeeded_ms * interval '1 millisecond', now() - i.last_failure_ms * interval '1 millisecond',
      coalesce(i.breaker, 'closed'), now() + i.remaining_ms * interval '1 millisecond', coalesce(i.opens, 0), i.in_flight_limit
    from unnest(${rows.map((r) => r.subscriptionId)}::uuid[], ${rows.map((r) => r.failures)}::int[],
      ${rows.map((r) => ageOf(r.firstFailureAtMs, nowMs))}::float8[],
      ${rows.map((r) => ageOf(r.succeededAtMs, nowMs))}::float8[],
      ${rows.map((r) => ageOf(r.lastFailureAtMs, nowMs))}::float8[],
      ${rows.map((r) => r.kept?.state ?? null)}::text[], ${rows.map((r) => r.kept?.remainingMs ?? null)}::float8[],
      ${rows.map((r) => r.kept?.opens ?? null)}::smallint[], ${rows.map((r) => r.kept?.limit ?? null)}::smallint[])
      i(id, failures, first_failure_ms, succeeded_ms, last_failure_ms, breaker, remaining_ms, opens, in_flight_limit)
    join subscriptions s on s.id = i.id
    order by i.id
    on conflict (subscription_id) do update set
      consecutive_failures = excluded.consecutive_failures
        + case when excluded.last_success_at is null then e.consecutive_failures else 0 end,
      failing_since = case when excluded.last_success_at is null then coalesce(e.failing_since, excluded.failing_since)
        else excluded.failing_since end,
      warnings = case when excluded.last_success_at is null then e.warnings else 0 end,
      last_success_at = greatest(e.last_success_at, excluded.last_success_at),
      last_failure_at = greatest(e.last_failure_at, excluded.last_failure_at),
      in_flight_limit = coalesce(excluded.in_flight_limit, e.in_flight_limit),
      breaker = case when e.subscription_id = any(${moved}::uuid[]) then excluded.breaker else e.breaker end,
      breaker_until = case when e.subscription_id = any(${moved}::uuid[]) then excluded.breaker_until else e.breaker_until end,
      breaker_opens = case when e.subscription_id = any(${moved}::uuid[]) then excluded.breaker_opens else e.breaker_opens end,
      updated_at = now()`;
}

/** Its owner was warned, so its owner hears that it works again. */
function recovery(row: Warned, recoveredMs: number | null, nowMs: number): EventDraft[] {
  if (recoveredMs === null || row.warnings === 0 || row.failingSince === null) return [];
  return [
    operationalEvent({
      type: "endpoint.recovered",
      organizationId: row.organizationId,
      accountId: row.accountId,
      subscriptionId: row.subscriptionId,
      payload: {
        url_origin: urlOrigin(row.url),
        failing_since: row.failingSince.toISOString(),
        recovered_at: new Date(row.now.getTime() - recoveredMs).toISOString(),
      },
      sourceService: "dispatcher",
      nowMs,
    }),
  ];
}
