import type { DataKey } from "@carewire/bus";
import {
  type CustomHeaders,
  customHeaders,
  noCustomHeaders,
  parseSensitiveHeaders,
} from "../message/custom-headers.ts";
import type { SubscriptionRow } from "../store/load-subscriptions.ts";

/** A subscription's static headers, opened. Throws when they cannot be read. */
export function openHeaders(
  row: Pick<SubscriptionRow, "id" | "headers" | "sensitive_headers">,
  dataKey: DataKey,
): CustomHeaders {
  if (row.sensitive_headers === null) {
    return Object.keys(row.headers).length === 0 ? noCustomHeaders : customHeaders(row.headers, {});
  }
  const aad = `subscriptions:${row.id}:sensitive_headers`;
  return customHeaders(row.headers, parseSensitiveHeaders(row.id, dataKey.open(aad, row.sensitive_headers)));
}
