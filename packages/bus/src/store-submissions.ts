import type { Queryable } from "@carewire/db";
import { packBytes, plainArray, textArray } from "./array-literal.ts";
import { toColumns } from "./event-columns.ts";
import { slotOf } from "./find-holders.ts";
import { needsOwnBody, toRequestColumns } from "./request-columns.ts";
import type { Submission } from "./submission.ts";
import type { Vault } from "./vault.ts";

/** Inserts everything whose key is new, in one statement; returns the ids of the events that were stored. */
export async function storeSubmissions(
  sql: Queryable,
  vault: Vault,
  batch: Submission[],
): Promise<Set<string>> {
  const items = toItems(batch);
  const requests = batch.flatMap((submission) => {
    const { organizationId, inbound } = submission;
    return inbound ? [{ organizationId, inbound, keepsBody: needsOwnBody(submission) }] : [];
  });
  const hashes = packBytes(items.map((item) => item.bodyHash));
  const c = await toColumns(
    vault,
    items.map((item) => item.draft),
  );
  const r = await toRequestColumns(vault, requests);
  const rows = await sql<{ id: string }[]>`
    with input as materialized (
      select t.*, substring((select ${hashes.joined}::bytea) from hash_offset for 32) body_hash,
        substring((select ${c.bodies.joined}::bytea) from body_offset for body_length) body
      from (select unnest(${plainArray(items.map((item) => item.scope))}::uuid[]) scope,
        unnest(${textArray(items.map((item) => item.key))}::text[]) key, unnest(${hashes.offsets}::int[]) hash_offset,
        unnest(${plainArray(items.map((item) => item.keyTtlDays))}::int[]) ttl_days,
        unnest(${c.ids}::uuid[]) id, unnest(${c.organizationIds}::uuid[]) organization_id,
        unnest(${c.accountIds}::uuid[]) account_id, unnest(${c.types}::text[]) type,
        unnest(${c.externalIds}::text[]) external_id, unnest(${c.subjects}::text[]) subject,
        unnest(${c.sourceServices}::text[]) source_service, unnest(${c.occurredAts}::float8[]) occurred_at,
        unnest(${c.inboundRequestIds}::uuid[]) inbound_request_id, unnest(${c.causes}::uuid[]) caused_by,
        unnest(${c.traceparents}::text[]) traceparent, unnest(${c.bodyBytes}::int[]) body_bytes,
        unnest(${c.bodies.offsets}::int[]) body_offset, unnest(${c.bodies.lengths}::int[]) body_length) t),
    claimed as (insert into idempotency (scope, key, event_id, body_hash, expires_at)
      select scope, key, id, body_hash, now() + ttl_days * interval '1 day' from input where key is not null
      on conflict (scope, key) do nothing returning event_id),
    fresh as materialized (select * from input where key is null or id in (select event_id from claimed)),
    requests as (insert into inbound_requests
        (id, organization_id, source_id, verdict, external_id, headers, body_hash, body_bytes, body)
      select r.id, r.organization_id, r.source_id, 'accepted', r.external_id, r.headers,
        substring((select ${r.hashes.joined}::bytea) from r.hash_offset for 32), r.body_bytes,
        substring((select ${r.bodies.joined}::bytea) from r.body_offset for r.body_length)
      from (select unnest(${r.ids}::uuid[]) id, unnest(${r.organizationIds}::uuid[]) organization_id,
        unnest(${r.sourceIds}::uuid[]) source_id, unnest(${r.externalIds}::text[]) external_id,
        unnest(${r.headers}::text[]) headers, unnest(${r.hashes.offsets}::int[]) hash_offset,
        unnest(${r.bodyBytes}::int[]) body_bytes, unnest(${r.bodies.offsets}::int[]) body_offset,
        unnest(${r.bodies.lengths}::int[]) body_length) r
      where r.id in (select inbound_request_id from fresh)),
    payloads as (insert into event_payloads (id, organization_id, type, external_id, occurred_at, traceparent, body)
      select id, organization_id, type, external_id, to_timestamp(occurred_at / 1000), traceparent, body from fresh),
    queued as (insert into route_queue (event_id, organization_id, account_id, type)
      select id, organization_id, account_id, type from fresh),
    stored as (insert into events (id, organization_id, account_id, type, external_id, subject, source_service,
      occurred_at, inbound_request_id, caused_by, traceparent, body_bytes)
    select id, organization_id, account_id, type, external_id, subject, source_service,
      to_timestamp(occurred_at / 1000), inbound_request_id, caused_by, traceparent, body_bytes from fresh)
    select id from input where key is not null and id not in (select event_id from claimed)`;
  // Asking for what was refused instead of what was stored: usually that is nothing, and costs nothing to send.
  const refused = new Set(rows.map((row) => row.id));
  return new Set(items.flatMap((item) => (refused.has(item.draft.id) ? [] : [item.draft.id])));
}

/** The batch's events in one order for every process: inserting the same keys in two orders would deadlock. */
function toItems(batch: Submission[]) {
  const items = batch.flatMap(({ scope, keyTtlDays, events }) =>
    events.map((event) => ({ ...event, scope, keyTtlDays, slot: slotOf(scope, event.key ?? "") })),
  );
  return items.sort((a, b) => (a.slot < b.slot ? -1 : 1));
}
