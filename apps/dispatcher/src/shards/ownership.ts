import { createHash } from "node:crypto";

/** Destinations are spread over this many shards, for good: the number is stored with every subscription. */
export const shardCount = 64;

export const allShards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);

/**
 * Which shards an instance looks after, by rendezvous hashing: when an instance comes or goes, only the shards it
 * gains or leaves change hands. Ownership only saves work; leases make it safe when two believe they own a shard.
 */
export function ownedShards(self: string, instances: readonly string[]): number[] {
  const members = instances.includes(self) ? instances : [...instances, self];
  return allShards.filter((shard) => {
    let owner = self;
    let best = score(self, shard);
    for (const member of members) {
      const candidate = score(member, shard);
      if (candidate > best) {
        owner = member;
        best = candidate;
      }
    }
    return owner === self;
  });
}

function score(instance: string, shard: number): number {
  return createHash("sha256").update(`${instance}/${shard}`).digest().readUInt32BE(0);
}
