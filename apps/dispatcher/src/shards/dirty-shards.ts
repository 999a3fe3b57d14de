/** The shards that probably have due work, in the order they should be looked at. */
export interface DirtyShards {
  mark(shard: number): void;
  /** Takes all of them, rotated so that no shard is always first. */
  take(): number[];
  size(): number;
}

export function createDirtyShards(): DirtyShards {
  let dirty = new Set<number>();
  let turn = 0;
  return {
    mark(shard) {
      dirty.add(shard);
    },
    take() {
      const shards = [...dirty];
      dirty = new Set();
      const start = shards.length === 0 ? 0 : turn++ % shards.length;
      return [...shards.slice(start), ...shards.slice(0, start)];
    },
    size: () => dirty.size,
  };
}
