import type { Queryable } from "../connect.ts";
import type { LineageQuestion } from "./lineage-rows.ts";

/** Where the chain around a thing is entered. At least one of the two is set. */
export interface LineageStart {
  eventId: string | null;
  inboundRequestId: string | null;
}

interface StartRow {
  event_id: string | null;
  inbound_request_id: string | null;
}

/** The event or request that a thing belongs to; null when there is no such thing, or it is another organization's. */
export async function findLineageStart(
  sql: Queryable,
  { kind, id }: LineageQuestion,
  organizationId: string | null,
): Promise<LineageStart | null> {
  const mine = organizationId === null ? sql`true` : sql`t.organization_id = ${organizationId}::uuid`;
  const [row] = await readStart();
  if (row === undefined) return null;
  return { eventId: row.event_id, inboundRequestId: row.inbound_request_id };

  function readStart() {
    switch (kind) {
      case "inbound_request":
        return sql<StartRow[]>`
          select e.id event_id, coalesce(e.inbound_request_id, l.inbound_request_id, t.id) inbound_request_id
          from inbound_requests t left join events e on e.id = t.repeat_of left join dead_letters l on l.id = t.repeat_of
          where t.id = ${id}::uuid and ${mine}`;
      case "event":
        return sql<StartRow[]>`select t.id event_id, t.inbound_request_id from events t
          where t.id = ${id}::uuid and ${mine}`;
      case "delivery":
        return sql<StartRow[]>`select t.event_id, null::uuid inbound_request_id from deliveries t
          where t.id = ${id}::uuid and ${mine}`;
      case "attempt":
        return sql<StartRow[]>`select d.event_id, null::uuid inbound_request_id from attempts t
          join deliveries d on d.id = t.delivery_id where t.id = ${id}::uuid and ${mine}`;
      case "dead_letter":
        return sql<StartRow[]>`select t.event_id, t.inbound_request_id from dead_letters t
          where t.id = ${id}::uuid and ${mine}`;
    }
  }
}
