import { type DataKey, payloadAad } from "@carewire/bus";
import { type Sql, withTenant } from "@carewire/db";
import { bodyOf, buildEvent, buildTail, type PayloadFormat } from "@carewire/delivery";
import type { DeliveryRow } from "./delivery-row.ts";

interface ContentRow {
  body: Buffer;
  occurred_at: Date;
  payload_format: PayloadFormat;
}

/**
 * The body a delivery has in its subscription's format as it is now, made by the code that sends it: what was signed,
 * byte for byte, unless the format was changed since. Null when the payload is not kept any more. Its caller has put the
 * read on the audit chain.
 */
export async function readRequestBody(
  sql: Sql,
  dataKey: DataKey,
  { event_id, destination_id, organization_id, external_id, type }: DeliveryRow,
): Promise<string | null> {
  const [row] = await withTenant(
    sql,
    organization_id,
    (tx) => tx<ContentRow[]>`
      select p.body, e.occurred_at, s.payload_format from events e
      join event_payloads p on p.id = e.id join subscriptions s on s.id = ${destination_id}
      where e.id = ${event_id} and p.body is not null`,
  );
  if (row === undefined) return null;
  const event = buildEvent({
    id: event_id,
    organizationId: organization_id,
    externalId: external_id,
    type,
    occurredAtMs: row.occurred_at.getTime(),
    data: dataKey.open(payloadAad(event_id), row.body),
  });
  return bodyOf(event, row.payload_format, buildTail(row.payload_format, destination_id)).toString("utf8");
}
