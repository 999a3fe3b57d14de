import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { streamShard } from "@carewire/delivery";
import { createRounds, type Rounds } from "./schedule/rounds.ts";
import { shardCount } from "./shards/ownership.ts";
import { type Routed, routeBatch } from "./store/route.ts";

export interface RouteLoopDeps {
  sql: Sql;
  /** Resolves when the next batch may begin; see `createPace`. */
  pace(): Promise<void>;
  /** Enough is routed and due already: the hot table stays small while claims cannot keep up. */
  paused(): boolean;
  /** Events were routed: wake whoever goes on with them. */
  onRouted(routed: Routed): void;
  onError(error: unknown): Promise<void>;
  failpoint(name: string): void;
}

const eventsMax = 500;

/** One router per process: turns waiting events into due deliveries. */
export function createRouteLoop({ sql, onRouted, failpoint, ...schedule }: RouteLoopDeps): Rounds {
  async function round(): Promise<boolean> {
    const routed = await routeBatch(sql, eventsMax);
    if (routed.events > 0) {
      failpoint("dispatch.after_route");
      onRouted(routed);
    }
    return routed.events === eventsMax;
  }
  return createRounds({ ...schedule, round });
}

/** Splits routed deliveries into those to send, by shard, and whether any are for consumers or for streams. */
export function splitByDestination(deliveriesByShard: Map<number, number>): {
  shards: number[];
  consumers: boolean;
  streams: boolean;
} {
  const shards = [...deliveriesByShard.keys()].filter((shard) => shard < shardCount);
  return {
    shards,
    consumers: deliveriesByShard.has(consumerShard),
    streams: deliveriesByShard.has(streamShard),
  };
}
