import { wakeChannel } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { streamShard } from "@carewire/delivery";
import type { Clock } from "@carewire/envelope";
import type { DispatcherDeps } from "./dispatcher-deps.ts";
import { splitByDestination } from "./route-loop.ts";
import { createDirtyShards, type DirtyShards } from "./shards/dirty-shards.ts";
import { createDueTimes } from "./shards/due-times.ts";
import { createMembership, type Membership } from "./shards/membership.ts";
import type { ShardHints } from "./wake/redis-hints.ts";

export interface DueWorkDeps {
  sql: Sql;
  /** Sends NOTIFY when there is no Redis to hand shards over. */
  wakeSql: Sql;
  /** Only goes forward. */
  monotonic: Clock;
  instanceId: string;
  silenceSecondsMax: number;
  createHints: DispatcherDeps["createHints"];
  pokeClaims(): void;
  /** The last claim was full: more was due than could be taken. */
  saturated(): boolean;
}

/** Knows which shards have due work and who looks after them, and tells whoever does. */
export interface DueWork {
  dirty: DirtyShards;
  membership: Membership;
  /** The shard may have due work: now, or `delayMs` from now. */
  wakeShard(shard: number, delayMs: number): void;
  /** Looks at those of the shards that are ours. */
  markOwn(shards: readonly number[]): void;
  /** First attempts became due, so many in each shard; the consumers' shard is among them. */
  onDue(deliveriesByShard: Map<number, number>): void;
  /** Retries or replays became due in this shard. */
  onLater(shard: number): void;
  /** Enough is routed and due already: routing waits while claims cannot keep up. */
  isAhead(): boolean;
  /** Deliveries were claimed. True when routing may go on because of it. */
  caughtUp(deliveries: number): boolean;
  /** Looks at the shards whose retries have become due. */
  tick(): void;
  /** The safety net: called often enough, every shard we own is looked at again every few seconds, hint or no hint. */
  sweep(): void;
  /** Begins to take and give hints through Redis. */
  connect(): void;
  close(): Promise<void>;
}

const routedAheadMax = 20_000;
/** Looked at with one claim: most of its cost is the same however few they are. */
const sweepShards = 8;

export function createDueWork(deps: DueWorkDeps): DueWork {
  const { sql, wakeSql, instanceId, silenceSecondsMax, pokeClaims } = deps;
  const dirty = createDirtyShards();
  const dueTimes = createDueTimes({ clock: deps.monotonic });
  const membership = createMembership({ sql, instanceId, silenceSecondsMax, onGained: mark });
  let hints: ShardHints | null = null;
  let routedAhead = 0;
  let swept = 0;

  function mark(shards: readonly number[]): void {
    for (const shard of shards) dirty.mark(shard);
    pokeClaims();
  }

  function wakeOthers(shards: readonly number[]): void {
    const others = shards.filter((shard) => !membership.owns(shard));
    if (others.length === 0) return;
    if (hints?.available()) hints.hint(others);
    else notify(`shards:${others.join(",")}`);
  }

  function notify(payload: string): void {
    wakeSql.notify(wakeChannel, payload).catch(() => {});
  }

  return {
    dirty,
    membership,
    wakeShard(shard, delayMs) {
      if (delayMs > 0) dueTimes.add(shard, delayMs);
      else mark([shard]);
    },
    markOwn: (shards) => mark(shards.filter(membership.owns)),
    onDue(deliveriesByShard) {
      const { shards, consumers, streams } = splitByDestination(deliveriesByShard);
      for (const shard of shards.filter(membership.owns)) {
        routedAhead += deliveriesByShard.get(shard) ?? 0;
        dirty.markFresh(shard);
      }
      pokeClaims();
      if (consumers) notify("consumers");
      if (streams) notify("streams");
      wakeOthers(shards);
    },
    onLater(shard) {
      if (shard === streamShard) {
        notify("streams");
        return;
      }
      if (!membership.owns(shard)) {
        wakeOthers([shard]);
        return;
      }
      dirty.markLater(shard);
      pokeClaims();
    },
    isAhead: () => routedAhead >= routedAheadMax && deps.saturated(),
    caughtUp(deliveries) {
      const wasAhead = routedAhead >= routedAheadMax;
      // Others may have claimed what was routed here: counted down only, it would end too high for good.
      routedAhead = deps.saturated() ? Math.max(0, routedAhead - deliveries) : 0;
      return wasAhead && routedAhead < routedAheadMax;
    },
    tick: () => mark(dueTimes.takeDue()),
    sweep() {
      const owned = membership.owned();
      const shards = owned.slice(swept, swept + sweepShards);
      swept = swept + sweepShards < owned.length ? swept + sweepShards : 0;
      mark(shards);
    },
    connect() {
      hints = deps.createHints?.((shard) => mark([shard])) ?? null;
    },
    async close() {
      await hints?.close();
    },
  };
}
