/** The shards that probably have due work, in the order they should be looked at. */
export interface DirtyShards {
  /** Something may be due, whatever its lane. */
  mark(shard: number): void;
  /** First attempts may be due. */
  markFresh(shard: number): void;
  /** Retries or bulk replays may be due. */
  markLater(shard: number): void;
  /** Takes all that may have first attempts, rotated so that no shard is always first. */
  takeFresh(): number[];
  /** Takes all that may have retries or replays. */
  takeLater(): number[];
  fresh(): number;
  later(): number;
  has(shard: number): boolean;
}

export function createDirtyShards(): DirtyShards {
  const fresh = createRotatingSet();
  const later = createRotatingSet();
  return {
    mark(shard) {
      fresh.add(shard);
      later.add(shard);
    },
    markFresh: fresh.add,
    markLater: later.add,
    takeFresh: fresh.take,
    takeLater: later.take,
    fresh: fresh.size,
    later: later.size,
    has: (shard) => fresh.has(shard) || later.has(shard),
  };
}

function createRotatingSet() {
  let shards = new Set<number>();
  let turn = 0;
  return {
    add(shard: number): void {
      shards.add(shard);
    },
    take(): number[] {
      const taken = [...shards];
      shards = new Set();
      const start = taken.length === 0 ? 0 : turn++ % taken.length;
      return [...taken.slice(start), ...taken.slice(0, start)];
    },
    has: (shard: number) => shards.has(shard),
    size: () => shards.size,
  };
}
