import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { hashApiKey } from "@carewire/service-kit";

/** A live key that somebody wants to sign in with. */
export interface SigningKey {
  id: string;
  organization_id: string;
  account_id: string | null;
  name: string;
  scopes: string[];
}

/** The key, unless it is unknown, revoked or expired. */
export async function findKey(
  { sql, clock }: { sql: Sql; clock: Clock },
  given: string,
): Promise<SigningKey | null> {
  const [row] = await sql<SigningKey[]>`
    select id, organization_id, account_id, name, scopes from api_keys
    where key_hash = ${hashApiKey(given)} and revoked_at is null
      and (expires_at is null or expires_at > ${new Date(clock.now())})`;
  return row ?? null;
}
