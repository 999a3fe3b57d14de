import type { Clock } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createBoundedMap } from "../cache/bounded-map.ts";
import { createSingleFlight } from "../cache/single-flight.ts";
import type { Principal } from "./principal.ts";

/** What the database knows about a live key. `expiresAt` is Unix milliseconds. */
export interface FoundApiKey {
  principal: Principal;
  expiresAt: number | null;
}

interface ApiKeyRow {
  id: string;
  organization_id: string;
  account_id: string | null;
  name: string;
  scopes: string[];
  expires_at: Date | null;
}

interface CachedApiKey extends FoundApiKey {
  readAt: number;
}

/** Below a second, so that a revoked key is refused within one. */
const cacheMs = 900;
const cachedKeysMax = 10_000;

function toFound(row: ApiKeyRow): FoundApiKey {
  return {
    principal: {
      apiKeyId: row.id,
      organizationId: row.organization_id,
      accountId: row.account_id,
      scopes: row.scopes,
      name: row.name,
    },
    expiresAt: row.expires_at?.getTime() ?? null,
  };
}

/**
 * Looks keys up by their hash: `find(hash)` resolves with the key unless it is unknown or revoked. Answers are reused
 * for 900 ms, unknown keys are not remembered, and requests that ask for the same key meanwhile share one query.
 */
export function createApiKeyFinder({ sql, clock }: { sql: Sql; clock: Clock }) {
  const cached = createBoundedMap<string, CachedApiKey>(cachedKeysMax);
  const share = createSingleFlight<FoundApiKey | null>();

  const ask = async (cacheKey: string, hash: Buffer): Promise<FoundApiKey | null> => {
    const readAt = clock.now();
    const [row] = await sql<ApiKeyRow[]>`
      select id, organization_id, account_id, name, scopes, expires_at
      from api_keys where key_hash = ${hash} and revoked_at is null`;
    if (row === undefined) {
      cached.delete(cacheKey);
      return null;
    }
    const found = toFound(row);
    cached.set(cacheKey, { ...found, readAt });
    return found;
  };

  return {
    async find(hash: Buffer): Promise<FoundApiKey | null> {
      const cacheKey = hash.toString("latin1");
      const hit = cached.get(cacheKey);
      const age = hit === undefined ? Number.NaN : clock.now() - hit.readAt;
      if (hit !== undefined && age >= 0 && age < cacheMs) return hit;
      return share(cacheKey, () => ask(cacheKey, hash));
    },
  };
}
