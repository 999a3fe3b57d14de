import { expect, test } from "vitest";
import { createDirtyShards } from "./dirty-shards.ts";

test("a shard marked many times is looked at once", () => {
  const dirty = createDirtyShards();
  for (const shard of [3, 3, 5, 3]) dirty.mark(shard);
  expect(dirty.size()).toBe(2);
  expect(dirty.take().sort()).toEqual([3, 5]);
  expect(dirty.size()).toBe(0);
  expect(dirty.take()).toEqual([]);
});

test("a shard marked after it was taken is there the next time", () => {
  const dirty = createDirtyShards();
  dirty.mark(1);
  dirty.take();
  dirty.mark(1);
  expect(dirty.take()).toEqual([1]);
});

test("every shard comes first in its turn", () => {
  const dirty = createDirtyShards();
  const firsts = new Set<number | undefined>();
  for (let round = 0; round < 4; round++) {
    for (const shard of [0, 1, 2, 3]) dirty.mark(shard);
    firsts.add(dirty.take()[0]);
  }
  expect([...firsts].sort()).toEqual([0, 1, 2, 3]);
});
