import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { endRevoked } from "./credential-check.ts";
import { createOpenConnections, type OpenConnections } from "./open-connections.ts";
import { createTailFeed, type TailFeed } from "./tail/tail-feed.ts";

/** What keeps this process's open connections going. */
export interface Live {
  tails: OpenConnections;
  feed: TailFeed;
  /** Ends every connection and all work for them. */
  close(): Promise<void>;
}

export interface LiveDeps {
  /** As the platform: what is looked for is looked for once, whoever waits for it. */
  sql: Sql;
  clock: Clock;
  onError(where: string, error: unknown): void;
}

const beatMs = 10_000;
const limits = { processMax: 512, organizationMax: 32 };

/** Builds {@link Live}. */
export function createLive({ sql, clock, onError }: LiveDeps): Live {
  const tails = createOpenConnections(limits);
  const feed = createTailFeed({ sql, clock, onError: (error) => onError("tail", error) });

  async function beat(): Promise<void> {
    for (const { stream } of tails.all()) stream.beat();
    await endRevoked(sql, tails.all(), clock.now());
  }

  const timer = setInterval(() => void beat().catch((error) => onError("beat", error)), beatMs);
  return {
    tails,
    feed,
    async close() {
      clearInterval(timer);
      feed.close();
      tails.close();
    },
  };
}
