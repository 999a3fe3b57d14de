import type { Queryable } from "@carewire/db";
import { toColumns } from "./event-columns.ts";
import type { EventDraft } from "./event-draft.ts";
import type { Vault } from "./vault.ts";

export interface Publisher {
  /**
   * Stores events for routing, inside the caller's transaction and with one statement however many there are.
   * Nothing else happens here: no Redis, no fan-out. Wake the dispatcher after the commit (`Waker.wake`); a
   * forgotten wake-up costs latency only.
   */
  publish(tx: Queryable, drafts: EventDraft[]): Promise<void>;
}

export function createPublisher({ vault }: { vault: Vault }): Publisher {
  return {
    async publish(tx, drafts) {
      if (drafts.length === 0) return;
      const c = await toColumns(vault, drafts);
      await tx`
        with input as materialized (
          select t.*, substring((select ${c.bodies.joined}::bytea) from body_offset for body_length) body
          from (select unnest(${c.ids}::uuid[]) id, unnest(${c.organizationIds}::uuid[]) organization_id,
            unnest(${c.accountIds}::uuid[]) account_id, unnest(${c.types}::text[]) type,
            unnest(${c.externalIds}::text[]) external_id, unnest(${c.subjects}::text[]) subject,
            unnest(${c.sourceServices}::text[]) source_service, unnest(${c.occurredAts}::float8[]) occurred_at,
            unnest(${c.inboundRequestIds}::uuid[]) inbound_request_id, unnest(${c.causes}::uuid[]) caused_by,
            unnest(${c.traceparents}::text[]) traceparent, unnest(${c.bodyBytes}::int[]) body_bytes,
            unnest(${c.bodies.offsets}::int[]) body_offset, unnest(${c.bodies.lengths}::int[]) body_length) t),
        payloads as (insert into event_payloads (id, organization_id, type, external_id, occurred_at, traceparent, body)
          select id, organization_id, type, external_id, to_timestamp(occurred_at / 1000), traceparent, body from input),
        queued as (insert into route_queue (event_id, organization_id, account_id, type)
          select id, organization_id, account_id, type from input)
        insert into events (id, organization_id, account_id, type, external_id, subject, source_service,
          occurred_at, inbound_request_id, caused_by, traceparent, body_bytes)
        select id, organization_id, account_id, type, external_id, subject, source_service,
          to_timestamp(occurred_at / 1000), inbound_request_id, caused_by, traceparent, body_bytes from input`;
    },
  };
}
