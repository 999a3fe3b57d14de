import fc from "fast-check";
import { expect, test } from "vitest";
import { allShards, ownedShards, shardCount } from "./ownership.ts";

const members = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 12 });

function owners(instances: readonly string[]): Map<number, string[]> {
  const byShard = new Map<number, string[]>(allShards.map((shard) => [shard, []]));
  for (const self of instances) {
    for (const shard of ownedShards(self, instances)) byShard.get(shard)?.push(self);
  }
  return byShard;
}

test("every shard has exactly one owner for the same list of members, in any order", () => {
  fc.assert(
    fc.property(members, (instances) => {
      const forward = owners(instances);
      const backward = owners([...instances].reverse());
      for (const shard of allShards) {
        expect(forward.get(shard)).toHaveLength(1);
        expect(backward.get(shard)).toEqual(forward.get(shard));
      }
    }),
    { numRuns: 20 },
  );
});

test("a member that joins only takes shards, one that leaves only gives its own away", () => {
  fc.assert(
    fc.property(members, fc.uuid(), (instances, newcomer) => {
      fc.pre(!instances.includes(newcomer));
      const before = owners(instances);
      const after = owners([...instances, newcomer]);
      for (const shard of allShards) {
        const owner = after.get(shard)?.[0];
        if (owner !== newcomer) expect(owner).toBe(before.get(shard)?.[0]);
      }
    }),
    { numRuns: 20 },
  );
});

test("shards spread roughly evenly", () => {
  const instances = Array.from({ length: 4 }, (_, i) => `instance-${i}`);
  for (const self of instances) {
    const share = ownedShards(self, instances).length;
    expect(share).toBeGreaterThan(shardCount / 4 / 3);
    expect(share).toBeLessThan((shardCount / 4) * 2.5);
  }
});

test("an instance that is not on the list yet counts itself in", () => {
  expect(ownedShards("me", [])).toEqual(allShards);
  expect(ownedShards("me", ["other"])).toEqual(ownedShards("me", ["other", "me"]));
});
