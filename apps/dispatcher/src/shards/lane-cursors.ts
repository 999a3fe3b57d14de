import type { ClaimedDelivery, ShardCursor } from "../store/claim.ts";

/** Where the claims of one lane go on, so that a claim cut short by lack of room is continued and not begun anew. */
export interface LaneCursors {
  after(shards: number[]): ShardCursor[];
  /**
   * Takes note of a claim over these shards, visited in this order and in each the endpoints by ascending id. Returns
   * the shards that must be looked at again: if it was cut short those it did not see to their end, and those it
   * did not begin at their start.
   */
  visited(shards: number[], deliveries: readonly ClaimedDelivery[], cutShort: boolean): number[];
}

const start = "00000000-0000-0000-0000-000000000000";

export function createLaneCursors(lane: number): LaneCursors {
  const cursors = new Map<number, string>();

  return {
    after: (shards) => shards.map((shard) => ({ shard, after: cursors.get(shard) ?? start })),
    visited(shards, deliveries, cutShort) {
      const reached = cutShort ? lastReached(lane, shards, deliveries) : null;
      // Nothing of this lane: the lanes before it took all the room.
      if (cutShort && !reached) return shards;
      return shards.filter((shard, i) => {
        if (reached && i > reached.index) return true;
        if (reached && i === reached.index) {
          cursors.set(shard, reached.subscriptionId);
          return true;
        }
        return cursors.delete(shard);
      });
    },
  };
}

function lastReached(
  lane: number,
  shards: number[],
  deliveries: readonly ClaimedDelivery[],
): { index: number; subscriptionId: string } | null {
  const positions = new Map(shards.map((shard, i) => [shard, i]));
  let index = -1;
  let subscriptionId = start;
  for (const delivery of deliveries) {
    if (delivery.lane !== lane) continue;
    const position = positions.get(delivery.shard) ?? -1;
    if (position < index || (position === index && delivery.subscriptionId <= subscriptionId)) continue;
    index = position;
    subscriptionId = delivery.subscriptionId;
  }
  return index < 0 ? null : { index, subscriptionId };
}
