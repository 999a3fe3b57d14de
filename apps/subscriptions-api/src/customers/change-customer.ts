import { isDeepStrictEqual } from "node:util";
import type { Personal } from "./customer-row.ts";

/** An event about a customer: ids, a region, and the names of fields, never what is in them. */
export interface CustomerNews {
  type: "customer.created" | "customer.updated" | "customer.address_changed";
  data: Record<string, unknown>;
}

/** `US-TX` for the first address; null without one. */
export function regionCodeOf({ addresses: [first] }: Pick<Personal, "addresses">): string | null {
  return first === undefined ? null : `${first.country}-${first.region}`;
}

/** What subscribers are told when a customer becomes `next`; nothing when that changes nothing. */
export function changeCustomer(customerId: string, before: Personal | null, next: Personal): CustomerNews[] {
  const customer = { customer_id: customerId };
  const region_code = regionCodeOf(next);
  if (before === null) return [{ type: "customer.created", data: { ...customer, region_code } }];
  const news: CustomerNews[] = [];
  const fields = (["email", "name"] as const).filter((field) => before[field] !== next[field]);
  if (fields.length > 0) news.push({ type: "customer.updated", data: { ...customer, fields } });
  if (!isDeepStrictEqual(before.addresses, next.addresses)) {
    const data = { ...customer, region_code, previous_region_code: regionCodeOf(before) };
    news.push({ type: "customer.address_changed", data });
  }
  return news;
}
