import type { Queryable } from "@carewire/db";
import type { EntryRow } from "./entry-row.ts";

/**
 * Whether a dead letter's payload must be JSON: that of an event always; that of a request which an ingress could not map
 * when it was sent as JSON. Of a request that is not kept any more nobody knows.
 */
export async function isJsonEntry(
  sql: Queryable,
  { source_id: sourceId, inbound_request_id: requestId, organization_id: organizationId }: EntryRow,
): Promise<boolean> {
  if (sourceId === null) return true;
  const [request] = await sql<{ content_type: string | null }[]>`
    select headers::jsonb ->> 'content-type' content_type from inbound_requests
    where id = ${requestId}::uuid and organization_id = ${organizationId}::uuid`;
  return request !== undefined && /[/+]json\b/i.test(request.content_type ?? "");
}
