import type { Sql } from "@carewire/db";
import type { Admission, Offer, Slot } from "./admission/admission.ts";
import { firstLaneOf } from "./admission/lane-turn.ts";
import type { Deliverer } from "./deliver.ts";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import type { DirtyShards } from "./shards/dirty-shards.ts";
import { createLaneCursors, type LaneCursors } from "./shards/lane-cursors.ts";
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

/** Of a claim's room, kept for retries and replays while there are any: one in eight. */
const laterShare = 8;

/** One claimer per process: claims while there are dirty shards and free slots, and sleeps otherwise. */
export function createClaimLoop(deps: ClaimLoopDeps): ClaimLoop {
  const { sql, dirty, admission, deliverer, metrics, leaseSeconds } = deps;
  const lanes = [0, 1, 2].map((lane) => createLaneCursors(lane));
  const [freshLane, retryLane, replayLane] = lanes as [LaneCursors, LaneCursors, LaneCursors];
  let running: Promise<void> | null = null;
  let sending: Promise<void> = Promise.resolve();
  let stopped = false;
  let full = false;
  let claims = 0;

  /** There is something to look at, and room for what may be found. */
  function nextOffer(): Offer | null {
    if (dirty.fresh() === 0 && dirty.later() === 0) return null;
    const offer = admission.offer(dirty.has);
    if (!offer || dirty.fresh() > 0 || offer.laterMax > 0) return offer;
    admission.withdraw(offer);
    return null;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      if (dirty.fresh() === 0 && dirty.later() === 0) return;
      if (!full) await deps.pace();
      // The next answer pokes again.
      const offer = stopped ? null : nextOffer();
      if (!offer) return;
      const fresh = dirty.takeFresh();
      const later = offer.laterMax > 0 ? dirty.takeLater() : [];
      const lookAgain = async (error: unknown): Promise<void> => {
        for (const shard of fresh) dirty.markFresh(shard);
        for (const shard of later) dirty.markLater(shard);
        await deps.onError(error);
      };
      try {
        const { claim, slots } = await claimOnce(fresh, later, offer);
        // The next claim is made while this one is sent, but no more than that: larger claims cost less.
        await sending;
        sending = deliverer.deliver(claim, slots).catch((error) => lookAgain(error).then(poke));
      } catch (error) {
        admission.withdraw(offer);
        await lookAgain(error);
      }
    }
  }

  async function claimOnce(
    fresh: number[],
    later: number[],
    offer: Offer,
  ): Promise<{ claim: Claim; slots: Slot[] }> {
    const { deliveriesMax, laterMax } = offer;
    const freshMax = later.length > 0 ? deliveriesMax - Math.ceil(deliveriesMax / laterShare) : deliveriesMax;
    const firstLane = fresh.length > 0 && later.length > 0 ? firstLaneOf(claims++) : 0;
    const endTimer = metrics.claimSeconds.startTimer();
    const claim = await claimDeliveries(sql, {
      firstLane,
      fresh: freshLane.after(fresh),
      retries: retryLane.after(later),
      replays: replayLane.after(later),
      freshMax,
      laterMax,
      deliveriesMax,
      slots: offer.slots,
      slotsDefault: offer.slotsDefault,
      leaseSeconds,
    });
    endTimer();
    const freshRows = claim.deliveries.filter(({ lane }) => lane === 0).length;
    const laterRows = claim.deliveries.length - freshRows;
    const aheadRows = claim.deliveries.filter(({ lane }) => lane > 0 && lane === firstLane).length;
    const freshCut = freshRows >= Math.min(freshMax, deliveriesMax - aheadRows);
    const laterCut = laterRows >= Math.min(laterMax, deliveriesMax - freshRows);
    full = claim.deliveries.length >= deliveriesMax;
    const slots = admission.claimed(offer, claim.deliveries);
    for (const shard of freshLane.visited(fresh, claim.deliveries, freshCut)) dirty.markFresh(shard);
    // A lane that came first out of turn saw a part of what it has; the usual order sees to the rest.
    if (firstLane !== 0) for (const shard of later) dirty.markLater(shard);
    else
      for (const lane of [retryLane, replayLane]) {
        for (const shard of lane.visited(later, claim.deliveries, laterCut)) dirty.markLater(shard);
      }
    markThoseWithMore(claim, offer, new Set(later));
    metrics.claimedDeliveries.inc(claim.deliveries.length);
    deps.onClaimed(claim.deliveries.length);
    return { claim, slots };
  }

  /** An endpoint that gave all it was asked for may have more. */
  function markThoseWithMore(claim: Claim, offer: Offer, later: ReadonlySet<number>): void {
    for (const [subscriptionId, { rows, freshRows, shard }] of countByEndpoint(claim)) {
      const offered = offer.slots.get(subscriptionId) ?? offer.slotsDefault;
      if (rows < offered || !admission.hasRoom(subscriptionId)) continue;
      if (freshRows > 0) dirty.markFresh(shard);
      if (later.has(shard)) dirty.markLater(shard);
    }
  }

  function poke(): void {
    if (running || stopped || (dirty.fresh() === 0 && dirty.later() === 0)) return;
    running = run().finally(() => {
      running = null;
      // Marked while the last round was ending.
      const offer = nextOffer();
      if (!offer) return;
      admission.withdraw(offer);
      poke();
    });
  }

  return {
    poke,
    saturated: () => full,
    async stop() {
      stopped = true;
      await running;
      await sending;
    },
  };
}

function countByEndpoint(claim: Claim): Map<string, { rows: number; freshRows: number; shard: number }> {
  const counts = new Map<string, { rows: number; freshRows: number; shard: number }>();
  for (const { subscriptionId, shard, lane } of claim.deliveries) {
    let count = counts.get(subscriptionId);
    if (!count) {
      count = { rows: 0, freshRows: 0, shard };
      counts.set(subscriptionId, count);
    }
    count.rows++;
    if (lane === 0) count.freshRows++;
  }
  return counts;
}
