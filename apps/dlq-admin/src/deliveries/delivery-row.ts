import type { Queryable } from "@carewire/db";
import type { deliveries } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import { deliveryStatus, deliveryTrigger } from "@carewire/service-kit";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { shownEventId } from "../entries/shown-event-id.ts";

/** A delivery with its event, where it goes, what its queue row knows, and its last answer. */
export type DeliveryRow = typeof deliveries.$inferSelect & {
  type: string;
  external_id: string | null;
  subscription_name: string | null;
  consumer: string | null;
  due_at: Date | null;
  http_status: number | null;
};

const kinds = { subscription: 0, consumer: 1 } as const;

/** The columns of {@link DeliveryRow}, of `deliveries d` and {@link deliveryJoins}. */
export const deliveryColumns = (sql: Queryable) => sql`
  d.*, e.type, e.external_id, s.name subscription_name, c.name consumer,
  case when q.lease_until is null then q.due_at end due_at, a.http_status`;

export const deliveryJoins = (sql: Queryable) => sql`
  join events e on e.id = d.event_id
  left join subscriptions s on s.id = d.destination_id and d.destination_kind = ${kinds.subscription}
  left join consumers c on c.id = d.destination_id and d.destination_kind = ${kinds.consumer}
  left join delivery_queue q on q.id = d.id
  left join lateral (select http_status from attempts
    where delivery_id = d.id and http_status is not null order by id desc limit 1) a on true`;

/** One delivery that the access allows to see. */
export async function findDelivery(
  tx: Queryable,
  access: Access,
  given: string,
): Promise<DeliveryRow | null> {
  const id = parsePublicId("dlv", given);
  if (id === null) return null;
  const [row] = await tx<DeliveryRow[]>`
    select ${deliveryColumns(tx)} from deliveries d ${deliveryJoins(tx)}
    where d.id = ${id}::uuid and ${withinAccess(tx, "d", access)}`;
  return row ?? null;
}

/** A delivery as lists show it. */
export function presentDelivery(row: DeliveryRow) {
  const status = deliveryStatus(row.status, row.attempts);
  const isConsumer = row.destination_kind === kinds.consumer;
  return {
    id: publicId("dlv", row.id),
    organization_id: publicId("org", row.organization_id),
    subscription_id: isConsumer ? null : publicId("sub", row.destination_id),
    consumer: row.consumer,
    destination_name: isConsumer ? row.consumer : row.subscription_name,
    event_id: shownEventId({ id: row.event_id, external_id: row.external_id, type: row.type }),
    event_type: row.type,
    status,
    response_code: row.http_status,
    attempts: row.attempts,
    next_retry_at: status === "retrying" ? (row.due_at?.toISOString() ?? null) : null,
    finished_at: row.finished_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    trigger: deliveryTrigger(row.trigger),
  };
}
