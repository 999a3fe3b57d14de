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
          from unnest(${c.ids}::uuid[], ${c.organizationIds}::uuid[], ${c.accountIds}::uuid[],
            ${c.types}::text[], ${c.externalIds}::text[], ${c.subjects}::text[], ${c.sourceServices}::text[],
            ${c.occurredAts}::float8[], ${c.inboundRequestIds}::uuid[], ${c.causes}::uuid[],
            ${c.traceparents}::text[], ${c.bodyBytes}::int[], ${c.bodies.offsets}::int[], ${c.bodies.lengths}::int[])
            t(id, organization_id, account_id, type, external_id, subject, source_service, occurred_at,
              inbound_request_id, caused_by, traceparent, body_bytes, body_offset, body_length)),
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
