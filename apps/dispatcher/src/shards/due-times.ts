import type { Clock } from "@carewire/envelope";

export interface DueTimes {
  /** Remembers that the shard has something due `delayMs` from now. Longer delays are left to the sweep. */
  add(shard: number, delayMs: number): void;
  /** The shards whose time has come. */
  takeDue(): number[];
}

const bucketMs = 50;
const delayMsMax = 60_000;

/** In-memory alarm for retries this process scheduled itself; a restart forgets it and the sweep finds them. */
export function createDueTimes({ clock }: { clock: Clock }): DueTimes {
  const buckets = new Map<number, Set<number>>();
  let lastTaken = Math.floor(clock.now() / bucketMs);
  return {
    add(shard, delayMs) {
      if (delayMs > delayMsMax) return;
      const wanted = Math.ceil((clock.now() + delayMs) / bucketMs) + 1;
      // A clock set back would otherwise fill buckets that are never looked at again.
      const bucket = Math.max(wanted, lastTaken + 1);
      const shards = buckets.get(bucket);
      if (shards) shards.add(shard);
      else buckets.set(bucket, new Set([shard]));
    },
    takeDue() {
      const current = Math.floor(clock.now() / bucketMs);
      const due = new Set<number>();
      for (let bucket = lastTaken + 1; bucket <= current; bucket++) {
        for (const shard of buckets.get(bucket) ?? []) due.add(shard);
        buckets.delete(bucket);
      }
      lastTaken = Math.max(lastTaken, current);
      return [...due];
    },
  };
}
