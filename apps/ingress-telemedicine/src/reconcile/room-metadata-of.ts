import { type DataKey, payloadAad, type Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { roomEventSchema } from "../providers/livekit/event-schemas.ts";

/** Newest events of participants that are looked at besides the room's own: each of them names the whole room. */
const participantEventsMax = 5;

/**
 * What the newest event of a room said of it that said anything: who the call's customer is stands in the room's metadata,
 * and events about media do not carry it. Undefined when none of those is kept any more, or opens.
 */
export async function roomMetadataOf(
  { sql, vault }: { sql: Sql; vault: Vault },
  organizationId: string,
  { roomSid, eventId }: { roomSid: string; eventId: string },
): Promise<string | undefined> {
  const rows = await sql<{ id: string; body: Buffer }[]>`
    with told as (
      select ${eventId}::text event_id, 0 nth
      union all (
        select event_id, row_number() over (order by state_at desc) from telemedicine_participants
        where organization_id = ${organizationId} and room_sid = ${roomSid}
        order by state_at desc limit ${participantEventsMax}))
    select p.id, p.body from told
    join sources s on s.organization_id = ${organizationId} and s.provider = 'livekit'
    join idempotency i on i.scope = s.id and i.key = told.event_id
    join event_payloads p on p.id = i.event_id and p.body is not null
    order by told.nth`;
  for (const { id, body } of rows) {
    const dataKey = await vault.dataKey(organizationId);
    const metadata = readMetadata(dataKey, id, body);
    if (metadata) return metadata;
  }
  return undefined;
}

/** Undefined as well for what does not open, or is no event: its room has to end all the same. */
function readMetadata(dataKey: DataKey, id: string, body: Buffer): string | undefined {
  try {
    const text = dataKey.open(payloadAad(id), body).toString();
    return roomEventSchema.safeParse(JSON.parse(text)).data?.room.metadata;
  } catch {
    return undefined;
  }
}
