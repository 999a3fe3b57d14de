import type { DeliveryStatus, DeliveryTrigger } from "@carewire/contracts";
import { hasResponseClass, type Queryable, type ResponseClass } from "@carewire/db";
import { withinTime } from "@carewire/service-kit";
import { storedStatus, storedTrigger } from "./delivery-status.ts";

/** What narrows a list, beside the subscription, the event and the replay job it is of. */
export interface DeliveryFilters {
  status?: DeliveryStatus | undefined;
  type?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  response_class?: ResponseClass | undefined;
  trigger?: DeliveryTrigger | undefined;
}

function withStatus(sql: Queryable, status: DeliveryStatus) {
  switch (status) {
    case "pending":
      return sql`and d.status = ${storedStatus.pending} and d.attempts = 0`;
    case "retrying":
      return sql`and d.status = ${storedStatus.pending} and d.attempts > 0`;
    default:
      return sql`and d.status = ${storedStatus[status]}`;
  }
}

/** The conditions of a list's filters that `deliveries d` and what belongs to it decide. */
export function filterDeliveries(sql: Queryable, filters: DeliveryFilters) {
  const { status, type, trigger, response_class: responseClass } = filters;
  return sql`
    ${status === undefined ? sql`` : withStatus(sql, status)}
    ${trigger === undefined ? sql`` : sql`and d.trigger = ${storedTrigger[trigger]}`}
    ${type === undefined ? sql`` : sql`and exists (select 1 from events e where e.id = d.event_id and e.type = ${type})`}
    ${responseClass === undefined ? sql`` : sql`and ${hasResponseClass(sql, responseClass)}`}`;
}

/** The conditions of `since` and `until` on the id of `deliveries d`. */
export const createdWithin = (sql: Queryable, { since, until }: DeliveryFilters) =>
  withinTime(sql, "d.id", since, until);
