import { createHash } from "node:crypto";
import type { Sql } from "@carewire/db";
import { keyTtlDays } from "../events/store-events.ts";

/** The id that a replay with this Idempotency-Key is made under, or that the key stands for another request. */
export type ClaimedReplay = { ok: true; id: string } | { ok: false };

/** The Idempotency-Key of a request, which the contract has checked. */
export const idempotencyKeyOf = (headers: { "idempotency-key"?: string | string[] }): string | undefined =>
  headers["idempotency-key"]?.toString();

/** A request that asks for a replay. */
export interface ReplayRequest {
  organizationId: string;
  /** The header's value; without one every request is a new one. */
  key: string | undefined;
  /** What the request is, path included, to tell a repeated one from another one under the same key. */
  content: unknown[];
  /** The id to use when the key is new. */
  newId: string;
}

/**
 * Binds an Idempotency-Key to the id of the delivery or job it is to make. Committed before that is made: should we die
 * in between, the caller's retry finds the same id and makes it then. `sql` must not be a tenant's transaction.
 */
export async function claimReplayKey(
  sql: Sql,
  { organizationId, key, content, newId }: ReplayRequest,
): Promise<ClaimedReplay> {
  if (key === undefined) return { ok: true, id: newId };
  const bodyHash = createHash("sha256").update(JSON.stringify(content)).digest();
  const name = `replay:${key}`;
  await sql`
    insert into idempotency (scope, key, event_id, body_hash, expires_at)
    values (${organizationId}, ${name}, ${newId}, ${bodyHash}, now() + ${keyTtlDays} * interval '1 day')
    on conflict (scope, key) do nothing`;
  const [holder] = await sql<{ event_id: string; body_hash: Buffer }[]>`
    select event_id, body_hash from idempotency where scope = ${organizationId} and key = ${name}`;
  if (holder === undefined) return { ok: true, id: newId };
  return holder.body_hash.equals(bodyHash) ? { ok: true, id: holder.event_id } : { ok: false };
}
