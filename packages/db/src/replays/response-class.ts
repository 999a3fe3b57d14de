import type { Queryable } from "../connect.ts";

/** A contract's `response_class`. */
export type ResponseClass = "1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "none" | "timeout" | "network";

/**
 * The condition on `deliveries d` that its last answer is of this class (`none`: there was none); for `timeout` and
 * `network`, that its last attempt ended so.
 */
export function hasResponseClass(sql: Queryable, responseClass: ResponseClass) {
  switch (responseClass) {
    case "none":
      return sql`not exists (select 1 from attempts a where a.delivery_id = d.id and a.http_status is not null)`;
    case "timeout":
    case "network":
      return sql`(select a.outcome from attempts a where a.delivery_id = d.id order by a.id desc limit 1)
        like ${`${responseClass}%`}`;
    default:
      return sql`(select a.http_status from attempts a where a.delivery_id = d.id and a.http_status is not null
        order by a.id desc limit 1) / 100 = ${Number(responseClass[0])}`;
  }
}
