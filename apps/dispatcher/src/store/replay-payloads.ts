import type { Queryable } from "@carewire/db";

/** The sealed payloads of these events, by event; one that was erased is missing. */
export async function readSealedBodies(tx: Queryable, eventIds: string[]): Promise<Map<string, Buffer>> {
  const rows = await tx<{ id: string; body: Buffer }[]>`
    select id, body from event_payloads where id = any(${eventIds}::uuid[]) and body is not null`;
  return new Map(rows.map(({ id, body }) => [id, body]));
}
