import { type DeadLetterView, deadLetterStatuses } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { deadLetters } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import type postgres from "postgres";
import type { Access } from "../access/access.ts";
import { shownEventId } from "./shown-event-id.ts";

/** A dead letter, and what its event is known by. `payload_is_too_large`: for where it is read; it is left out then. */
export type EntryRow = Omit<typeof deadLetters.$inferSelect, "message_id" | "content_type"> & {
  payload_is_too_large: boolean;
  external_id: string | null;
};

/** Sealed bytes; what is larger is not opened for a list. */
export const listedPayloadBytesMax = 64 * 1024;

/** The columns of {@link EntryRow}, of `dead_letters l left join events e`. */
export function entryColumns(sql: Queryable, payloadBytesMax: number) {
  return sql`l.id, l.organization_id, l.event_id, l.delivery_id, l.inbound_request_id, l.consumer, l.topic, l.cause,
    l.error, l.attempts, l.status, l.created_at, l.resolved_at, l.resolved_by, l.resolution, l.source_id, l.retries,
    case when octet_length(l.original_payload) <= ${payloadBytesMax}::int then l.original_payload end original_payload,
    coalesce(octet_length(l.original_payload) > ${payloadBytesMax}::int, false) payload_is_too_large, e.external_id`;
}

/** The condition on a table with an organization_id, by its alias in the statement. */
export const withinAccess = (sql: Queryable, alias: string, { organizationId }: Access) =>
  organizationId === null ? sql`true` : sql`${sql(alias)}.organization_id = ${organizationId}::uuid`;

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The row id in a path: `dlq_…`, or the uuid itself. */
export const parseEntryId = (given: string): string | null =>
  parsePublicId("dlq", given) ?? (uuidPattern.test(given) ? given : null);

/** One dead letter that the access allows to see. */
export async function findEntry(
  tx: postgres.TransactionSql,
  access: Access,
  given: string,
): Promise<EntryRow | null> {
  const id = parseEntryId(given);
  if (id === null) return null;
  const [row] = await tx<EntryRow[]>`
    select ${entryColumns(tx, 0x7fffffff)} from dead_letters l left join events e on e.id = l.event_id
    where l.id = ${id}::uuid and ${withinAccess(tx, "l", access)}`;
  return row ?? null;
}

function statusOf({ id, status }: EntryRow) {
  const known = deadLetterStatuses.find((name) => name === status);
  if (known === undefined) throw new Error(`dead letter ${id} has the unknown status "${status}"`);
  return known;
}

/** How a payload is shown. */
export interface ShownPayload {
  text: string;
  masked: boolean;
}

/** A dead letter as it is shown, in seed 1's shape and more. */
export function presentEntry(row: EntryRow, { text, masked }: ShownPayload): DeadLetterView {
  return {
    id: publicId("dlq", row.id),
    event_id:
      row.event_id === null
        ? null
        : shownEventId({ id: row.event_id, external_id: row.external_id, type: row.topic }),
    topic: row.topic,
    original_payload: text,
    error: row.error,
    created_at: row.created_at.toISOString(),
    organization_id: publicId("org", row.organization_id),
    consumer: row.consumer,
    attempts: row.attempts,
    retries: row.retries,
    cause: row.cause,
    status: statusOf(row),
    masked,
    resolved_at: row.resolved_at?.toISOString() ?? null,
    resolved_by: row.resolved_by,
    resolution: row.resolution,
  };
}
