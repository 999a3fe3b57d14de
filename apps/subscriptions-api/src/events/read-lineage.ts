import { lineageItemsMax } from "@carewire/contracts";
import type { attempts, deliveries } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { deliveryStatus } from "../deliveries/delivery-status.ts";
import { type EventRow, seesInternal, shownEventId, visibleEvents } from "./event-row.ts";

type AttemptRow = typeof attempts.$inferSelect;
type DeliveryRow = typeof deliveries.$inferSelect & { consumer: string | null };

const attemptsMax = 1_000;

async function readInboundRequest(tx: postgres.TransactionSql, event: EventRow) {
  if (event.inbound_request_id === null) return null;
  const [row] = await tx<{ id: string; provider: string | null; verdict: string; received_at: Date }[]>`
    select r.id, s.provider, r.verdict, r.received_at
    from inbound_requests r left join sources s on s.id = r.source_id
    where r.id = ${event.inbound_request_id} and r.organization_id = ${event.organization_id}`;
  if (row === undefined) return null;
  return { ...row, id: publicId("inr", row.id), received_at: row.received_at.toISOString() };
}

async function readCause(
  tx: postgres.TransactionSql,
  principal: Principal,
  event: EventRow,
): Promise<string | null> {
  if (event.caused_by === null) return null;
  const [row] = await tx<EventRow[]>`
    select e.* from events e where ${visibleEvents(tx, principal)} and e.id = ${event.caused_by}`;
  return row === undefined ? null : shownEventId(row);
}

async function readCaused(tx: postgres.TransactionSql, principal: Principal, event: EventRow) {
  const rows = await tx<EventRow[]>`
    select e.* from events e where ${visibleEvents(tx, principal)} and e.caused_by = ${event.id}
    order by e.id limit ${lineageItemsMax}`;
  return rows.map((row) => ({ id: shownEventId(row), type: row.type }));
}

/** Deliveries to consumers are internal; those to subscriptions of the organization are not an account's business. */
function readDeliveryRows(tx: postgres.TransactionSql, principal: Principal, event: EventRow) {
  return tx<DeliveryRow[]>`
    select d.*, c.name as consumer from deliveries d
    left join consumers c on d.destination_kind = 1 and c.id = d.destination_id
    left join subscriptions s on d.destination_kind = 0 and s.id = d.destination_id
    where d.event_id = ${event.id} and d.organization_id = ${event.organization_id}
      ${seesInternal(principal) ? tx`` : tx`and d.destination_kind = 0`}
      ${principal.accountId === null ? tx`` : tx`and s.account_id = ${principal.accountId}`}
    order by d.id limit ${lineageItemsMax}`;
}

function presentAttempt(row: AttemptRow) {
  return {
    id: publicId("att", row.id),
    n: row.n,
    outcome: row.outcome,
    response_code: row.http_status,
    started_at: row.started_at.toISOString(),
  };
}

async function readDeliveries(tx: postgres.TransactionSql, principal: Principal, event: EventRow) {
  const rows = await readDeliveryRows(tx, principal, event);
  const tries = await tx<AttemptRow[]>`
    select * from attempts where delivery_id = any(${rows.map((row) => row.id)}::uuid[])
    order by id limit ${attemptsMax}`;
  return rows.map((row) => ({
    id: publicId("dlv", row.id),
    subscription_id: row.destination_kind === 0 ? publicId("sub", row.destination_id) : null,
    consumer: row.consumer,
    status: deliveryStatus(row.status, row.attempts),
    attempts: tries.filter((attempt) => attempt.delivery_id === row.id).map(presentAttempt),
  }));
}

/** Where an event came from and what became of it: inbound request → event → deliveries → attempts. */
export async function readLineage(tx: postgres.TransactionSql, principal: Principal, event: EventRow) {
  const [inboundRequest, causedBy, caused, found] = await Promise.all([
    readInboundRequest(tx, event),
    readCause(tx, principal, event),
    readCaused(tx, principal, event),
    readDeliveries(tx, principal, event),
  ]);
  return { inbound_request: inboundRequest, caused_by: causedBy, caused, deliveries: found };
}
