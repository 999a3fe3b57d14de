import { payloadAad, type Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { roomEventSchema } from "../providers/livekit/event-schemas.ts";

/**
 * What the newest event of a room said of it: who the call's customer is stands in the room's metadata, and nowhere else.
 * Undefined when that event is not kept any more.
 */
export async function roomMetadataOf(
  { sql, vault }: { sql: Sql; vault: Vault },
  organizationId: string,
  liveKitEventId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string; body: Buffer }[]>`
    select p.id, p.body from sources s
    join idempotency i on i.scope = s.id and i.key = ${liveKitEventId}
    join event_payloads p on p.id = i.event_id
    where s.organization_id = ${organizationId} and s.provider = 'livekit' limit 1`;
  if (row === undefined) return undefined;
  const dataKey = await vault.dataKey(organizationId);
  const text = dataKey.open(payloadAad(row.id), row.body).toString();
  return roomEventSchema.safeParse(JSON.parse(text)).data?.room.metadata;
}
