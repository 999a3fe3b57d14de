import type { DeliveryStatus } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { withinTime } from "../lists/beyond.ts";
import { storedStatus } from "./delivery-status.ts";

export interface DeliveryFilters {
  subscription_id?: string | undefined;
  status?: DeliveryStatus | undefined;
  type?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  response_class?: string | undefined;
}

function withStatus(sql: Sql, status: DeliveryStatus) {
  switch (status) {
    case "pending":
      return sql`and d.status = ${storedStatus.pending} and d.attempts = 0`;
    case "retrying":
      return sql`and d.status = ${storedStatus.pending} and d.attempts > 0`;
    default:
      return sql`and d.status = ${storedStatus[status]}`;
  }
}

function withResponseClass(sql: Sql, responseClass: string) {
  if (responseClass === "none") return sql`and a.http_status is null`;
  const hundreds = Number(responseClass[0]) * 100;
  return sql`and a.http_status between ${hundreds} and ${hundreds + 99}`;
}

/** The conditions of a list's filters, on `deliveries d` and its joins; the subscription is not among them. */
export function filterDeliveries(sql: Sql, filters: DeliveryFilters) {
  const { status, type, since, until, response_class: responseClass } = filters;
  return sql`
    ${status === undefined ? sql`` : withStatus(sql, status)}
    ${type === undefined ? sql`` : sql`and e.type = ${type}`}
    ${responseClass === undefined ? sql`` : withResponseClass(sql, responseClass)}
    ${withinTime(sql, "d.id", since, until)}`;
}
