import { type Clock, publicId } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createBoundedMap } from "../cache/bounded-map.ts";
import type { Logger } from "../logging/create-logger.ts";
import type { Principal } from "./principal.ts";

const minuteMs = 60_000;
const rememberedMax = 10_000;

/** What {@link createLastUsed} needs. */
export interface LastUsedOptions {
  sql: Sql;
  clock: Clock;
  logger?: Logger;
}

/**
 * Notes when keys and sessions are used, at most once a minute each and never on the request's path: `touch` returns at
 * once, and a failed note is only logged.
 */
export function createLastUsed({ sql, clock, logger }: LastUsedOptions) {
  const notedAt = createBoundedMap<string, number>(rememberedMax);

  const note = ({ apiKeyId, session }: Principal) =>
    session === undefined
      ? sql`
          update api_keys set last_used_at = now()
          where id = ${apiKeyId} and (last_used_at is null or last_used_at < now() - interval '1 minute')`
      : sql`
          update sessions set last_seen_at = ${new Date(clock.now())}
          where id = ${session.id} and last_seen_at < ${new Date(clock.now() - minuteMs)}`;

  return {
    touch(principal: Principal): void {
      const id = principal.session?.id ?? principal.apiKeyId;
      const now = clock.now();
      if (now - (notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < minuteMs) return;
      notedAt.set(id, now);
      note(principal).catch((error: unknown) => {
        notedAt.delete(id);
        logger?.warn(
          { err: error, api_key_id: publicId("key", principal.apiKeyId) },
          "last use of an API key not noted",
        );
      });
    },
  };
}
