import type { EventTypeView } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { eventTypes } from "@carewire/db/schema";
import { thinView } from "@carewire/envelope";
import { patternsFor } from "./patterns-for.ts";

/** An event type of an organization's own, as stored. */
export type EventTypeRow = typeof eventTypes.$inferSelect;

/** The organization's own event type of this name, or null; with `for update` locked until the transaction ends. */
export async function findOwnType(
  tx: Queryable,
  organizationId: string,
  type: string,
  lock: "for update" | null = null,
): Promise<EventTypeRow | null> {
  // No name of ours has other characters, and Postgres refuses a NUL in text.
  if (!/^[\x21-\x7e]{1,128}$/.test(type)) return null;
  const [row] = await tx<EventTypeRow[]>`
    select * from event_types where organization_id = ${organizationId} and type = ${type}
    ${lock === null ? tx`` : tx`for update`}`;
  return row ?? null;
}

/** An organization's own event type as it is shown. */
export function presentOwnType(row: EventTypeRow): EventTypeView {
  const { type, domain, description, schema, example } = row;
  return {
    type,
    source: "organization",
    domain,
    description,
    schema,
    example,
    thin: example === null ? null : thinView(type, example),
    patterns: patternsFor(type),
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
