import type { Queryable } from "@carewire/db";
import { withinTime } from "@carewire/service-kit";
import type { Access } from "../access/access.ts";
import { withinAccess } from "./entry-row.ts";

/** What narrows dead letters, besides the access. */
export interface EntryFilters {
  topic?: string | undefined;
  consumer?: string | undefined;
  cause?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  status: string;
}

/** The condition on `dead_letters l`. */
export function matching(sql: Queryable, access: Access, filters: EntryFilters) {
  const { topic, consumer, cause, since, until, status } = filters;
  return sql`${withinAccess(sql, "l", access)}
    ${status === "all" ? sql`` : status === "open" ? sql`and l.status = 'open'` : sql`and l.status = ${status}`}
    ${topic === undefined ? sql`` : sql`and l.topic = ${topic}`}
    ${consumer === undefined ? sql`` : sql`and l.consumer = ${consumer}`}
    ${cause === undefined ? sql`` : sql`and l.cause = ${cause}`}
    ${withinTime(sql, "l.id", since, until)}`;
}
