import { parsePublicId, publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { shownEventId } from "../events/event-row.ts";
import { findEvent } from "../events/find-event.ts";

/** What led to a read, as public ids; null is what nobody knows. */
export interface ReadCause {
  delivery: string | null;
  event: string | null;
}

interface CauseRow {
  delivery_id: string;
  event_id: string;
  external_id: string | null;
  type: string;
}

const unknown: ReadCause = { delivery: null, event: null };

/** Deliveries to the caller's subscriptions; two rows are enough to know that there is no telling which. */
function findDeliveries(
  tx: postgres.TransactionSql,
  { organizationId, accountId }: Principal,
  column: "id" | "event_id",
  id: string,
) {
  return tx<CauseRow[]>`
    select d.id as delivery_id, d.event_id, e.external_id, e.type
    from deliveries d join events e on e.id = d.event_id
    ${accountId === null ? tx`` : tx`join subscriptions s on s.id = d.destination_id and s.account_id = ${accountId}`}
    where d.organization_id = ${organizationId} and d.destination_kind = 0 and ${tx(`d.${column}`)} = ${id} limit 2`;
}

const causeOf = (row: CauseRow): ReadCause => ({
  delivery: publicId("dlv", row.delivery_id),
  event: shownEventId({ id: row.event_id, external_id: row.external_id, type: row.type }),
});

/**
 * What a reader says led it here: a delivery's id, or the message id it came with. Believed only when it is the
 * caller's; a message that went to several subscriptions names its event and no delivery.
 */
export async function findCause(
  tx: postgres.TransactionSql,
  principal: Principal,
  given: string | undefined,
): Promise<ReadCause> {
  if (given === undefined) return unknown;
  const deliveryId = parsePublicId("dlv", given);
  if (deliveryId !== null) {
    const [delivery] = await findDeliveries(tx, principal, "id", deliveryId);
    return delivery === undefined ? unknown : causeOf(delivery);
  }
  const event = await findEvent(tx, principal, given);
  if (event === null) return unknown;
  const [delivery, another] = await findDeliveries(tx, principal, "event_id", event.id);
  if (delivery === undefined || another !== undefined) return { delivery: null, event: shownEventId(event) };
  return causeOf(delivery);
}
