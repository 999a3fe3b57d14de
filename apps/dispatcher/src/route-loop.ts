import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { streamShard } from "@carewire/delivery";
import type { RoutedOffer, Slot } from "./admission/admission.ts";
import type { ClaimedPlace } from "./admission/slot.ts";
import { createRounds, type Rounds } from "./schedule/rounds.ts";
import { shardCount } from "./shards/ownership.ts";
import type { Claim } from "./store/claim.ts";
import { type Routed, routeBatch } from "./store/route.ts";

export interface RouteLoopDeps {
  sql: Sql;
  /** Resolves when the next batch may begin; see `createPace`. */
  pace(): Promise<void>;
  /** Enough is routed and due already: the hot table stays small while claims cannot keep up. */
  paused(): boolean;
  leasing: Leasing;
  /** Events were routed: wake whoever goes on with them. */
  onRouted(routed: Routed): void;
  onError(error: unknown): Promise<void>;
  failpoint(name: string): void;
}

/** How what is routed and fits into free slots is leased and sent at once. */
export interface Leasing {
  isRoomy(): boolean;
  /** Null: nothing may be leased now. */
  offer(): RoutedOffer | null;
  ownedShards(): readonly number[];
  leaseSeconds: number;
  leased(offer: RoutedOffer, deliveries: readonly ClaimedPlace[]): Slot[];
  /** Nothing came of an offer. */
  withdraw(offer: RoutedOffer): void;
  /** An offer was taken up or withdrawn: whoever counted on its room may look again. */
  onSettled(): void;
  /** More was routed to an endpoint that was offered nothing; see `Admission`. */
  asksLater(subscriptionId: string): boolean;
  deliver(claim: Claim, slots: Slot[]): Promise<void>;
}

const eventsMax = 500;
/** By so many a batch grows again after it had to become smaller. */
const eventsMore = 10;
/** So long routing waits for room, milliseconds: consumers, streams and other processes may have some. */
const roomWaitMs = 50;
const roomLookMs = 2;

// SQLSTATE 57014, query_canceled: by the statement's time limit.
const isOutOfTime = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "57014";

/** One router per process: turns waiting events into due deliveries, and sends at once what there is room for. */
export function createRouteLoop(deps: RouteLoopDeps): Rounds {
  const { sql, pace, paused, onRouted, onError, failpoint, leasing } = deps;
  let sending: Promise<void> = Promise.resolve();
  /** An event may go to 100,000 subscriptions: what the largest batch makes need not fit into one statement's time. */
  let eventsAtOnce = eventsMax;

  async function waitForRoom(): Promise<void> {
    for (let waitedMs = 0; waitedMs < roomWaitMs && !leasing.isRoomy(); waitedMs += roomLookMs) {
      await new Promise((resolve) => setTimeout(resolve, roomLookMs));
    }
  }

  async function routeOne(
    offer: RoutedOffer | null,
  ): Promise<{ routed: Routed; slots: Slot[]; isFull: boolean }> {
    const batchMax = Math.min(eventsAtOnce, offer?.deliveriesMax ?? eventsAtOnce);
    const { leaseSeconds } = leasing;
    const lease = offer ? { ...offer, leaseSeconds, shards: leasing.ownedShards() } : undefined;
    try {
      const routed = await routeBatch(sql, batchMax, lease);
      eventsAtOnce = Math.min(eventsMax, eventsAtOnce + eventsMore);
      const slots = offer ? leasing.leased(offer, routed.leased.deliveries) : [];
      return { routed, slots, isFull: routed.events === batchMax };
    } catch (error) {
      // The same events come first again: as many of them would never be routed, and nothing behind them.
      if (isOutOfTime(error)) eventsAtOnce = Math.max(1, batchMax >> 1);
      if (offer) leasing.withdraw(offer);
      throw error;
    } finally {
      if (offer) leasing.onSettled();
    }
  }

  async function round(): Promise<boolean> {
    await waitForRoom();
    const { routed, slots, isFull } = await routeOne(leasing.offer());
    if (routed.events > 0) {
      failpoint("dispatch.after_route");
      const { deliveriesByShard } = routed;
      for (const [id, shard] of routed.blocked) {
        if (!leasing.asksLater(id)) deliveriesByShard.set(shard, (deliveriesByShard.get(shard) ?? 0) + 1);
      }
      onRouted(routed);
    }
    if (slots.length > 0) {
      // The next batch is routed while this one is sent, but no more than that: larger batches cost less.
      await sending;
      sending = leasing.deliver(routed.leased, slots).catch(onError);
    }
    return isFull;
  }
  return createRounds({ pace, paused, round, onError });
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
