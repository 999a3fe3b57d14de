import type { SubmittedEvent } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { keyTtlDays } from "./store-events.ts";

/**
 * Binds an Idempotency-Key to the body of an event that is stored under its own id. `conflict`: the key stands for
 * another body. Committed before the event is: should we die in between, the caller's retry finds its own claim.
 */
export async function claimKey(
  sql: Sql,
  key: string,
  { draft, bodyHash }: SubmittedEvent,
): Promise<"claimed" | "conflict"> {
  await sql`
    insert into idempotency (scope, key, event_id, body_hash, expires_at)
    values (${draft.organizationId}, ${key}, ${draft.id}, ${bodyHash}, now() + ${keyTtlDays} * interval '1 day')
    on conflict (scope, key) do nothing`;
  const [holder] = await sql<{ body_hash: Buffer }[]>`
    select body_hash from idempotency where scope = ${draft.organizationId} and key = ${key}`;
  return holder === undefined || holder.body_hash.equals(bodyHash) ? "claimed" : "conflict";
}
