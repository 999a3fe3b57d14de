import type { Repeatable } from "../http/send-with-retries.ts";

/** What the client knows of one operation of the API. */
export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `:name` stands for a part that callers give. */
  path: string;
  /** Where what callers give goes. */
  payload: "body" | "query" | "none";
  /** What may be sent again; `with_key`: always, because an idempotency key goes along. */
  repeat: Repeatable | "with_key";
  /** Its answer is a page with a cursor to the next. */
  isList: boolean;
}
