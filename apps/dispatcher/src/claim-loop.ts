import type { Sql } from "@carewire/db";
import type { Admission, Offer } from "./admission/admission.ts";
import type { Deliverer } from "./deliver.ts";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import type { DirtyShards } from "./shards/dirty-shards.ts";
import { type Claim, claimDeliveries } from "./store/claim.ts";

export interface ClaimLoop {
  /** Looks for due work as soon as there is room. Cheap to call at any time. */
  poke(): void;
  /** The last claim was full: more was due than could be taken. */
  saturated(): boolean;
  /** Claims nothing more; resolves when the running claim is on its way. */
  stop(): Promise<void>;
}

export interface ClaimLoopDeps {
  sql: Sql;
  dirty: DirtyShards;
  admission: Admission;
  deliverer: Deliverer;
  metrics: DispatcherMetrics;
  leaseSeconds: number;
  /** Resolves when the next claim may begin; see `createPace`. A full claim is followed by the next one at once. */
  pace(): Promise<void>;
  /** Called with the number of deliveries claimed. */
  onClaimed(deliveries: number): void;
  /** The database refused or vanished; the loop tries again after this resolves. */
  onError(error: unknown): Promise<void>;
}

const startCursor = "00000000-0000-0000-0000-000000000000";

/** One claimer per process: claims while there are dirty shards and free slots, and sleeps otherwise. */
export function createClaimLoop(deps: ClaimLoopDeps): ClaimLoop {
  const { sql, dirty, admission, deliverer, metrics, leaseSeconds } = deps;
  const cursors = new Map<number, string>();
  let running: Promise<void> | null = null;
  let stopped = false;
  let full = false;

  async function run(): Promise<void> {
    while (!stopped && dirty.size() > 0) {
      if (!full) await deps.pace();
      if (stopped) return;
      const offer = admission.offer();
      // The next answer pokes again.
      if (!offer) return;
      const shards = dirty.take();
      try {
        await claimOnce(shards, offer);
      } catch (error) {
        for (const shard of shards) dirty.mark(shard);
        await deps.onError(error);
      }
    }
  }

  async function claimOnce(shards: number[], offer: Offer): Promise<void> {
    const endTimer = metrics.claimSeconds.startTimer();
    const claim = await claimDeliveries(sql, {
      shards,
      cursors: shards.map((shard) => cursors.get(shard) ?? startCursor),
      deliveriesMax: offer.deliveriesMax,
      slots: offer.slots,
      slotsDefault: offer.slotsDefault,
      leaseSeconds,
    });
    endTimer();
    full = claim.deliveries.length >= offer.deliveriesMax;
    const slots = admission.claimed(offer, claim.deliveries);
    remark(shards, claim, offer);
    metrics.claimedDeliveries.inc(claim.deliveries.length);
    deps.onClaimed(claim.deliveries.length);
    await deliverer.deliver(claim, slots);
  }

  /** Keeps those shards dirty that this claim did not look at to their end. */
  function remark(shards: number[], claim: Claim, offer: Offer): void {
    const reached = full ? lastReached(shards, claim) : null;
    shards.forEach((shard, i) => {
      if (reached && i > reached.index) {
        dirty.mark(shard);
      } else if (reached && i === reached.index) {
        cursors.set(shard, reached.subscriptionId);
        dirty.mark(shard);
      } else if (cursors.delete(shard)) {
        // It began in the middle: the endpoints before its cursor come next.
        dirty.mark(shard);
      }
    });
    for (const [subscriptionId, { rows, shard }] of countByEndpoint(claim)) {
      // It gave all it was asked for, so it may have more.
      const offered = offer.slots.get(subscriptionId) ?? offer.slotsDefault;
      if (rows >= offered && admission.hasRoom(subscriptionId)) dirty.mark(shard);
    }
  }

  function poke(): void {
    if (running || stopped || dirty.size() === 0) return;
    running = run().finally(() => {
      running = null;
      // Marked while the last round was ending.
      if (dirty.size() > 0 && admission.offer()) poke();
    });
  }

  return {
    poke,
    saturated: () => full,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** How far a full claim came. It visits shards in the given order, and in each the endpoints by ascending id. */
function lastReached(shards: number[], claim: Claim): { index: number; subscriptionId: string } | null {
  const positions = new Map(shards.map((shard, i) => [shard, i]));
  let index = -1;
  let subscriptionId = startCursor;
  for (const delivery of claim.deliveries) {
    const position = positions.get(delivery.shard) ?? -1;
    if (position < index || (position === index && delivery.subscriptionId <= subscriptionId)) continue;
    index = position;
    subscriptionId = delivery.subscriptionId;
  }
  return index < 0 ? null : { index, subscriptionId };
}

function countByEndpoint(claim: Claim): Map<string, { rows: number; shard: number }> {
  const counts = new Map<string, { rows: number; shard: number }>();
  for (const { subscriptionId, shard } of claim.deliveries) {
    const count = counts.get(subscriptionId);
    if (count) count.rows++;
    else counts.set(subscriptionId, { rows: 1, shard });
  }
  return counts;
}
