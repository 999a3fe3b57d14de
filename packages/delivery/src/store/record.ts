import type { EventDraft } from "@carewire/bus";
import type { Queryable } from "@carewire/db";

/** What became of one attempt, ready to be written. */
export interface AttemptRecord {
  /** Made once per outcome: sending the same batch again after a lost connection changes nothing. */
  attemptId: string;
  deliveryId: string;
  organizationId: string;
  leaseToken: string;
  attempt: number;
  /** Steps of the retry schedule used up after this attempt. */
  retries: number;
  outcome: string;
  httpStatus: number | null;
  durationMs: number;
  error: string | null;
  requestHeaders: string;
  responseHeaders: string | null;
  /** Sealed. */
  responseBody: Buffer | null;
  nextStep: "delivered" | "failed" | "retry" | "disable";
  reason: string;
  /** Until the next attempt; null when there is none. */
  delayMs: number | null;
  startedAtMs: number;
  /** Tells the owner how the delivery ended; stored together with the outcome, see `recordAnnounced`. */
  announces?: EventDraft;
}

/** Type id, pg_type.dat: left to guess by the first value, the driver would take a list of bodies for one body. */
const byteaArray = 1001;

/** The delivery's final status for a next step, as stored; null = it stays open. */
const finalStatus = { delivered: 2, failed: 3, disable: 3, retry: null } as const;

export interface RecordOptions {
  /** The batch was sent before and nobody knows whether it was committed: what is written already is left as it is. */
  repeated?: boolean;
}

/**
 * Writes many outcomes in one statement: attempts, the queue rows (deleted or rescheduled) and what that makes of the
 * deliveries. Every change is fenced by the lease token: an outcome that comes after its lease was taken over leaves its
 * attempt row and changes nothing else. Returns how many outcomes were still in force. Throws when a batch that is not
 * said to be repeated is one: to look for what is written already costs a tenth of the whole.
 */
export async function recordAttempts(
  sql: Queryable,
  records: AttemptRecord[],
  { repeated = false }: RecordOptions = {},
): Promise<number> {
  const ids = records.map((r) => r.deliveryId);
  // As parameters they spare the statement all days but those: to open one costs as much as an outcome, or more.
  const inOrder = ids.toSorted();
  const [oldest, newest] = [inOrder[0] ?? null, inOrder.at(-1) ?? null];
  // Unnested in a select list: as functions of one `from`, all lists are put together before the first row is read.
  const [row] = await sql<{ applied: number }[]>`
    with o as materialized (
      select unnest(${records.map((r) => r.attemptId)}::uuid[]) attempt_id,
        unnest(${ids}::uuid[]) id,
        unnest(${records.map((r) => r.organizationId)}::uuid[]) organization_id,
        unnest(${records.map((r) => r.leaseToken)}::bigint[]) token,
        unnest(${records.map((r) => r.attempt)}::smallint[]) n,
        unnest(${records.map((r) => r.retries)}::smallint[]) retries,
        unnest(${records.map((r) => r.outcome)}::text[]) outcome,
        unnest(${records.map((r) => r.httpStatus)}::smallint[]) http_status,
        unnest(${records.map((r) => Math.round(r.durationMs))}::int[]) duration_ms,
        unnest(${records.map((r) => r.error)}::text[]) error,
        unnest(${records.map((r) => r.requestHeaders)}::text[]) request_headers,
        unnest(${records.map((r) => r.responseHeaders)}::text[]) response_headers,
        unnest(${sql.typed(
          records.map((r) => r.responseBody),
          byteaArray,
        )}::bytea[]) response_body,
        unnest(${records.map((r) => r.nextStep)}::text[]) next_step,
        unnest(${records.map((r) => r.reason)}::text[]) reason,
        unnest(${records.map((r) => (r.delayMs === null ? null : Math.round(r.delayMs)))}::bigint[]) delay_ms,
        unnest(${records.map((r) => r.startedAtMs)}::float8[]) started_at_ms,
        unnest(${records.map((r) => finalStatus[r.nextStep])}::smallint[]) final),
    ledger as (insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, duration_ms, error,
        request_headers, response_headers, response_body, next_step, reason, next_retry_at, started_at)
      select attempt_id, id, organization_id, n, outcome, http_status, duration_ms, error,
        request_headers, response_headers, response_body, next_step, reason,
        now() + delay_ms * interval '1 millisecond', to_timestamp(started_at_ms / 1000)
      from o ${repeated ? sql`on conflict (id) do nothing` : sql``}),
    -- any: the plan is kept while tables grow from nothing, and may not choose to read all of one for each batch
    finished as (delete from delivery_queue q using o
      where q.id = any(array(select id from o where final is not null)) and q.id = o.id and q.lease_token = o.token
      returning q.id, o.final, o.n),
    rescheduled as (update delivery_queue q set due_at = now() + o.delay_ms * interval '1 millisecond',
        lane = greatest(q.lane, 1), retries = o.retries, lease_token = null, lease_until = null
      from o where q.id = any(array(select id from o where final is null)) and q.id = o.id and q.lease_token = o.token
      returning q.id, o.n),
    settled as materialized (
      select id, n, final from finished union all select id, n, null from rescheduled),
    history as (update deliveries d set attempts = s.n, status = coalesce(s.final, d.status),
        finished_at = case when s.final is not null then now() end
      from settled s where d.id between ${oldest}::uuid and ${newest}::uuid
        and d.id = any(array(select id from settled)) and d.id = s.id)
    select count(*)::int applied from settled`;
  return row?.applied ?? 0;
}
