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

/**
 * Writes many outcomes in one statement: attempts, the queue rows (deleted or rescheduled) and the finished
 * deliveries. Every change is fenced by the lease token: an outcome that comes after its lease was taken over
 * leaves its attempt row and changes nothing else. Returns how many outcomes were still in force.
 */
export async function recordAttempts(sql: Queryable, records: AttemptRecord[]): Promise<number> {
  const [row] = await sql<{ applied: number }[]>`
    with o as materialized (
      select * from unnest(${records.map((r) => r.attemptId)}::uuid[], ${records.map((r) => r.deliveryId)}::uuid[],
        ${records.map((r) => r.organizationId)}::uuid[], ${records.map((r) => r.leaseToken)}::bigint[],
        ${records.map((r) => r.attempt)}::smallint[], ${records.map((r) => r.retries)}::smallint[],
        ${records.map((r) => r.outcome)}::text[], ${records.map((r) => r.httpStatus)}::smallint[],
        ${records.map((r) => Math.round(r.durationMs))}::int[], ${records.map((r) => r.error)}::text[],
        ${records.map((r) => r.requestHeaders)}::text[], ${records.map((r) => r.responseHeaders)}::text[],
        ${sql.typed(
          records.map((r) => r.responseBody),
          byteaArray,
        )}::bytea[], ${records.map((r) => r.nextStep)}::text[],
        ${records.map((r) => r.reason)}::text[],
        ${records.map((r) => (r.delayMs === null ? null : Math.round(r.delayMs)))}::bigint[],
        ${records.map((r) => r.startedAtMs)}::float8[], ${records.map((r) => finalStatus[r.nextStep])}::smallint[])
      t(attempt_id, id, organization_id, token, n, retries, outcome, http_status, duration_ms, error,
        request_headers, response_headers, response_body, next_step, reason, delay_ms, started_at_ms, final)),
    ledger as (insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, duration_ms, error,
        request_headers, response_headers, response_body, next_step, reason, next_retry_at, started_at)
      select attempt_id, id, organization_id, n, outcome, http_status, duration_ms, error,
        request_headers, response_headers, response_body, next_step, reason,
        now() + delay_ms * interval '1 millisecond', to_timestamp(started_at_ms / 1000)
      from o on conflict (id) do nothing),
    -- any: the plan is kept while tables grow from nothing, and may not choose to read all of one for each batch
    finished as (delete from delivery_queue q using o
      where q.id = any(array(select id from o where final is not null)) and q.id = o.id and q.lease_token = o.token
      returning q.id, o.final, o.n),
    rescheduled as (update delivery_queue q set due_at = now() + o.delay_ms * interval '1 millisecond',
        lane = greatest(q.lane, 1), retries = o.retries, lease_token = null, lease_until = null
      from o where q.id = any(array(select id from o where final is null)) and q.id = o.id and q.lease_token = o.token
      returning q.id, o.n),
    closed as (update deliveries d set status = f.final, attempts = f.n, finished_at = now()
      from finished f where d.id = any(array(select id from finished)) and d.id = f.id),
    counted as (update deliveries d set attempts = r.n from rescheduled r
      where d.id = any(array(select id from rescheduled)) and d.id = r.id)
    select ((select count(*) from finished) + (select count(*) from rescheduled))::int applied`;
  return row?.applied ?? 0;
}
