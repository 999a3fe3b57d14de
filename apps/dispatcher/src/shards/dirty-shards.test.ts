import { expect, test } from "vitest";
import { createDirtyShards } from "./dirty-shards.ts";

test("a shard marked many times is looked at once, for first attempts and for what comes later", () => {
  const dirty = createDirtyShards();
  for (const shard of [3, 3, 5, 3]) dirty.mark(shard);
  expect([dirty.fresh(), dirty.later()]).toEqual([2, 2]);
  expect(dirty.takeFresh().sort()).toEqual([3, 5]);
  expect([dirty.fresh(), dirty.later()]).toEqual([0, 2]);
  expect(dirty.takeFresh()).toEqual([]);
  expect(dirty.takeLater().sort()).toEqual([3, 5]);
});

test("what is known of first attempts says nothing of the rest, and the other way round", () => {
  const dirty = createDirtyShards();
  dirty.markFresh(1);
  dirty.markLater(2);
  expect([dirty.takeFresh(), dirty.takeLater()]).toEqual([[1], [2]]);
});

test("a shard marked after it was taken is there the next time", () => {
  const dirty = createDirtyShards();
  dirty.markFresh(1);
  dirty.takeFresh();
  dirty.markFresh(1);
  expect(dirty.takeFresh()).toEqual([1]);
});

test("every shard comes first in its turn", () => {
  const dirty = createDirtyShards();
  const firsts = new Set<number | undefined>();
  for (let round = 0; round < 4; round++) {
    for (const shard of [0, 1, 2, 3]) dirty.mark(shard);
    firsts.add(dirty.takeFresh()[0]);
  }
  expect([...firsts].sort()).toEqual([0, 1, 2, 3]);
});
