import type { Sql } from "@carewire/db";

/** A delivery that was answered with 2xx. */
export interface Delivered {
  attemptId: string;
  deliveryId: string;
  organizationId: string;
  leaseToken: string;
  attempt: number;
  httpStatus: number;
  durationMs: number;
  requestHeaders: string;
  responseHeaders: string;
  startedAtMs: number;
}

/** Writes outcomes as the dispatcher does: attempts, queue rows under their lease, finished deliveries. */
export async function recordDelivered(sql: Sql, records: Delivered[]): Promise<void> {
  await sql`
    with o as materialized (
      select * from unnest(${records.map((r) => r.attemptId)}::uuid[], ${records.map((r) => r.deliveryId)}::uuid[],
        ${records.map((r) => r.organizationId)}::uuid[], ${records.map((r) => r.leaseToken)}::bigint[],
        ${records.map((r) => r.attempt)}::smallint[], ${records.map((r) => r.httpStatus)}::smallint[],
        ${records.map((r) => Math.round(r.durationMs))}::int[], ${records.map((r) => r.requestHeaders)}::text[],
        ${records.map((r) => r.responseHeaders)}::text[], ${records.map((r) => r.startedAtMs)}::float8[])
      t(attempt_id, id, organization_id, token, n, http_status, duration_ms, request_headers, response_headers,
        started_at_ms)),
    ledger as (insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, duration_ms,
        request_headers, response_headers, next_step, reason, started_at)
      select attempt_id, id, organization_id, n, 'http_2xx', http_status, duration_ms, request_headers,
        response_headers, 'delivered', 'the endpoint accepted it', to_timestamp(started_at_ms / 1000)
      from o on conflict (id) do nothing),
    finished as (delete from delivery_queue q using o where q.id = o.id and q.lease_token = o.token
      returning q.id, o.n)
    update deliveries d set status = 2, attempts = f.n, finished_at = now() from finished f where d.id = f.id`;
}
