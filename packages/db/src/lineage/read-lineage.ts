import type { Queryable } from "../connect.ts";
import { findLineageStart } from "./find-lineage-start.ts";
import {
  type LineageAttempt,
  type LineageDeadLetter,
  type LineageDelivery,
  type LineageQuestion,
  type LineageRequest,
  type LineageRows,
  lineageLimits,
} from "./lineage-rows.ts";
import { readLineageEvents } from "./read-lineage-events.ts";

async function readInboundRequest(sql: Queryable, id: string | null): Promise<LineageRequest | null> {
  if (id === null) return null;
  const [row] = await sql<LineageRequest[]>`
    select r.id, r.verdict, r.reason, r.received_at, s.provider,
      coalesce(e.inbound_request_id, l.inbound_request_id) repeat_of
    from inbound_requests r left join sources s on s.id = r.source_id
    left join events e on e.id = r.repeat_of left join dead_letters l on l.id = r.repeat_of where r.id = ${id}::uuid`;
  return row ?? null;
}

/** What was asked for is among the deliveries, however many there are. */
function readDeliveries(sql: Queryable, eventIds: string[], { kind, id }: LineageQuestion) {
  const asked =
    kind === "attempt" ? sql`(select delivery_id from attempts where id = ${id}::uuid)` : sql`${id}::uuid`;
  return sql<LineageDelivery[]>`
    select d.*, c.name consumer, s.account_id from deliveries d
    left join consumers c on d.destination_kind = 1 and c.id = d.destination_id
    left join subscriptions s on d.destination_kind = 0 and s.id = d.destination_id
    where d.event_id = any(${eventIds}::uuid[])
    order by (d.id = ${asked}) desc nulls last, d.id limit ${lineageLimits.deliveries + 1}`;
}

function readAttempts(sql: Queryable, deliveryIds: string[], { id }: LineageQuestion) {
  return sql<LineageAttempt[]>`
    select id, delivery_id, n, outcome, http_status, error, next_step, started_at from attempts
    where delivery_id = any(${deliveryIds}::uuid[])
    order by (id = ${id}::uuid) desc, id limit ${lineageLimits.attempts + 1}`;
}

function readDeadLetters(
  sql: Queryable,
  eventIds: string[],
  requestId: string | null,
  { id }: LineageQuestion,
) {
  return sql<LineageDeadLetter[]>`
    select id, organization_id, event_id, delivery_id, inbound_request_id, consumer, topic, cause, error, attempts,
      status, created_at, resolved_at, resolved_by, resolution, source_id, retries from dead_letters
    where event_id = any(${eventIds}::uuid[]) or inbound_request_id = ${requestId}::uuid or id = ${id}::uuid
    order by (id = ${id}::uuid) desc, id limit ${lineageLimits.deadLetters + 1}`;
}

const byId = <Row extends { id: string }>(rows: Row[], max: number): Row[] =>
  rows.slice(0, max).sort((a, b) => (a.id < b.id ? -1 : 1));

/**
 * The whole chain around one thing: the request it came with, the events, what they caused, deliveries, attempts, dead
 * letters; bounded by `lineageLimits`, and the thing itself is always part of it. Null when there is no such thing in the
 * organization (null: in any). A repeated request is shown with what came of the one that came first. Seven small
 * statements: run them in a transaction to see one moment.
 */
export async function readLineage(
  sql: Queryable,
  asked: LineageQuestion,
  organizationId: string | null,
): Promise<LineageRows | null> {
  const start = await findLineageStart(sql, asked, organizationId);
  if (start === null) return null;
  const { events, inboundRequestId, truncated } = await readLineageEvents(sql, start);
  const eventIds = events.map(({ id }) => id);
  const deliveries = await readDeliveries(sql, eventIds, asked);
  const attempts = await readAttempts(
    sql,
    deliveries.map(({ id }) => id),
    asked,
  );
  const deadLetters = await readDeadLetters(sql, eventIds, inboundRequestId, asked);
  return {
    asked,
    inboundRequest: await readInboundRequest(
      sql,
      asked.kind === "inbound_request" ? asked.id : inboundRequestId,
    ),
    events,
    deliveries: byId(deliveries, lineageLimits.deliveries),
    attempts: byId(attempts, lineageLimits.attempts),
    deadLetters: byId(deadLetters, lineageLimits.deadLetters),
    truncated:
      truncated ||
      deliveries.length > lineageLimits.deliveries ||
      attempts.length > lineageLimits.attempts ||
      deadLetters.length > lineageLimits.deadLetters,
  };
}
