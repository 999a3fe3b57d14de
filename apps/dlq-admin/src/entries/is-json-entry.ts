import type { Queryable } from "@carewire/db";
import type { EntryRow } from "./entry-row.ts";

/**
 * Whether a dead letter's payload must be JSON: that of an event always; that of a request which an ingress could not map
 * when it was sent as JSON. The letter says what that was; those of old versions do not, and their request may be gone.
 */
export async function isJsonEntry(
  sql: Queryable,
  { id, source_id: sourceId, organization_id: organizationId }: EntryRow,
): Promise<boolean> {
  if (sourceId === null) return true;
  const [request] = await sql<{ content_type: string | null }[]>`
    select coalesce(l.content_type, q.headers::jsonb ->> 'content-type') content_type
    from dead_letters l left join inbound_requests q on q.id = l.inbound_request_id and q.organization_id = l.organization_id
    where l.id = ${id}::uuid and l.organization_id = ${organizationId}::uuid`;
  return /[/+]json\b/i.test(request?.content_type ?? "");
}
