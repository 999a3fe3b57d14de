import type { Clock } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createBoundedMap } from "../cache/bounded-map.ts";
import type { Logger } from "../logging/create-logger.ts";

const minuteMs = 60_000;
const rememberedKeysMax = 10_000;

/** What {@link createLastUsed} needs. */
export interface LastUsedOptions {
  sql: Sql;
  clock: Clock;
  logger?: Logger;
}

/**
 * Notes when keys are used, at most once a minute per key and never on the request's path: `touch` returns at once,
 * and a failed note is only logged.
 */
export function createLastUsed({ sql, clock, logger }: LastUsedOptions) {
  const notedAt = createBoundedMap<string, number>(rememberedKeysMax);
  return {
    touch(apiKeyId: string): void {
      const now = clock.now();
      if (now - (notedAt.get(apiKeyId) ?? Number.NEGATIVE_INFINITY) < minuteMs) return;
      notedAt.set(apiKeyId, now);
      sql`
        update api_keys set last_used_at = now()
        where id = ${apiKeyId} and (last_used_at is null or last_used_at < now() - interval '1 minute')
      `.catch((error: unknown) => {
        notedAt.delete(apiKeyId);
        logger?.warn({ err: error, api_key_id: apiKeyId }, "last use of an API key not noted");
      });
    },
  };
}
