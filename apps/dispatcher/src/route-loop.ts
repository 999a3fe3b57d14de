import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { routeBatch } from "./store/route.ts";

export interface RouteLoop {
  /** Routes what waits, as soon as possible. Cheap to call at any time. */
  poke(): void;
  stop(): Promise<void>;
}

export interface RouteLoopDeps {
  sql: Sql;
  /** Resolves when the next batch may begin; see `createPace`. A full batch is followed by the next one at once. */
  pace(): Promise<void>;
  /** Enough is routed and due already: the hot table stays small while claims cannot keep up. */
  paused(): boolean;
  /** Deliveries were inserted: wake whoever looks after their shards. */
  onRouted(deliveriesByShard: Map<number, number>, events: number): void;
  onError(error: unknown): Promise<void>;
  failpoint(name: string): void;
}

const eventsMax = 500;

/** One router per process: turns waiting events into due deliveries. */
export function createRouteLoop({
  sql,
  pace,
  paused,
  onRouted,
  onError,
  failpoint,
}: RouteLoopDeps): RouteLoop {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  async function run(): Promise<void> {
    let full = false;
    while (again && !stopped && !paused()) {
      if (!full) await pace();
      if (stopped) return;
      again = false;
      try {
        const { events, deliveriesByShard } = await routeBatch(sql, eventsMax);
        if (events > 0) {
          failpoint("dispatch.after_route");
          onRouted(deliveriesByShard, events);
        }
        full = events === eventsMax;
        if (full) again = true;
      } catch (error) {
        again = true;
        await onError(error);
      }
    }
  }

  function start(): void {
    if (running || stopped) return;
    running = run().finally(() => {
      running = null;
      // Asked for while the last round was ending.
      if (again && !paused()) start();
    });
  }

  return {
    poke() {
      again = true;
      start();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Splits routed deliveries into those for subscriptions, by shard, and whether any are for consumers. */
export function splitByDestination(deliveriesByShard: Map<number, number>): {
  shards: number[];
  consumers: boolean;
} {
  const shards = [...deliveriesByShard.keys()].filter((shard) => shard !== consumerShard);
  return { shards, consumers: deliveriesByShard.has(consumerShard) };
}
