import type { Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { endRevoked } from "./credential-check.ts";
import { createStreamHub, type StreamHub } from "./delivery/stream-hub.ts";
import type { StreamSettings } from "./delivery/stream-settings.ts";
import { createOpenConnections, type OpenConnections } from "./open-connections.ts";
import { createTailFeed, type TailFeed } from "./tail/tail-feed.ts";

/** What keeps this process's open connections going. */
export interface Live {
  tails: OpenConnections;
  feed: TailFeed;
  streams: OpenConnections;
  hub: StreamHub;
  settings: StreamSettings;
  /** In [0, 1). */
  random(): number;
  start(): Promise<void>;
  /** Ends every connection and all work for them. */
  close(): Promise<void>;
}

export interface LiveDeps {
  /** As the platform: what is looked for is looked for once, whoever waits for it. */
  sql: Sql;
  vault: Vault;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  settings: StreamSettings;
  /** How often connections are looked at and told that they live; default 10,000. */
  beatMs?: number;
  onError(where: string, error: unknown): void;
}

const beatMsDefault = 10_000;
const limits = { processMax: 512, organizationMax: 32 };

/** Builds {@link Live}. */
export function createLive(deps: LiveDeps): Live {
  const { sql, clock, settings, onError } = deps;
  const tails = createOpenConnections(limits);
  const streams = createOpenConnections(limits);
  const feed = createTailFeed({ sql, clock, onError: (error) => onError("tail", error) });
  const hub = createStreamHub(deps);
  let timer: NodeJS.Timeout | undefined;

  async function beat(): Promise<void> {
    for (const { stream } of tails.all()) stream.beat();
    await endRevoked(sql, [...tails.all(), ...streams.all()], clock.now());
    await hub.beat();
  }

  return {
    ...{ tails, feed, streams, hub, settings, random: deps.random },
    async start() {
      timer = setInterval(
        () => void beat().catch((error) => onError("beat", error)),
        deps.beatMs ?? beatMsDefault,
      );
      await hub.start();
    },
    async close() {
      clearInterval(timer);
      feed.close();
      tails.close();
      await hub.close();
    },
  };
}
