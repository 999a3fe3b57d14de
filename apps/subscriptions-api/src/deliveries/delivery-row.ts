import type { Queryable } from "@carewire/db";
import type { deliveries } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import { type EventRow, shownEventId } from "../events/event-row.ts";
import { deliveryStatus, deliveryTrigger, storedStatus } from "./delivery-status.ts";

/** A delivery with its event, what its queue row knows, and its last answered attempt. */
export type DeliveryRow = Omit<typeof deliveries.$inferSelect, "destination_kind"> & {
  type: EventRow["type"];
  external_id: EventRow["external_id"];
  due_at: Date | null;
  http_status: number | null;
  answered_attempt_id: string | null;
  answered_body: Buffer | null;
};

/**
 * The columns of {@link DeliveryRow}, from `deliveries d` and its joins. A delivery that is being tried right now is
 * due at no time.
 */
export function deliveryColumns(sql: Queryable) {
  return sql`
    d.id, d.organization_id, d.event_id, d.destination_id, d.status, d.attempts, d.finished_at, d.created_at,
    d.trigger, d.replay_of, d.replay_job_id, e.type, e.external_id, case when q.lease_until is null then q.due_at end as due_at,
    a.http_status, a.id as answered_attempt_id, a.response_body as answered_body`;
}

export function deliveryJoins(sql: Queryable) {
  return sql`
    join events e on e.id = d.event_id
    left join delivery_queue q on q.id = d.id
    left join lateral (select id, http_status, response_body from attempts
      where delivery_id = d.id and http_status is not null order by id desc limit 1) a on true`;
}

/** The condition on `deliveries d`: subscriptions only, and those of the caller's account when it has one. */
export function visibleKind(sql: Queryable, principal: Principal) {
  const ofAccount = sql`and exists (select 1 from subscriptions s
    where s.id = d.destination_id and s.account_id = ${principal.accountId})`;
  return sql`d.destination_kind = 0 ${principal.accountId === null ? sql`` : ofAccount}`;
}

/** {@link visibleKind}, in the caller's organization. */
export function visibleDeliveries(sql: Queryable, principal: Principal) {
  return sql`d.organization_id = ${principal.organizationId} and ${visibleKind(sql, principal)}`;
}

/** The caller's delivery with this public id, or null. */
export async function findDelivery(
  sql: Queryable,
  principal: Principal,
  given: string,
): Promise<DeliveryRow | null> {
  const id = parsePublicId("dlv", given);
  if (id === null) return null;
  const [row] = await sql<DeliveryRow[]>`
    select ${deliveryColumns(sql)} from deliveries d ${deliveryJoins(sql)}
    where d.id = ${id} and ${visibleDeliveries(sql, principal)}`;
  return row ?? null;
}

const timestamp = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A delivery as it is shown in lists (seed 2, `WebhookDelivery`). */
export function presentDelivery(row: DeliveryRow) {
  const status = deliveryStatus(row.status, row.attempts);
  return {
    id: publicId("dlv", row.id),
    subscription_id: publicId("sub", row.destination_id),
    event_id: shownEventId({ id: row.event_id, external_id: row.external_id, type: row.type }),
    event_type: row.type,
    status,
    response_code: row.http_status,
    attempts: row.attempts,
    next_retry_at: status === "retrying" ? timestamp(row.due_at) : null,
    delivered_at: row.status === storedStatus.delivered ? timestamp(row.finished_at) : null,
    created_at: row.created_at.toISOString(),
    trigger: deliveryTrigger(row.trigger),
    replay_of: row.replay_of === null ? null : publicId("dlv", row.replay_of),
    replay_id: row.replay_job_id === null ? null : publicId("rpl", row.replay_job_id),
  };
}
