import { expect, onTestFinished, test, vi } from "vitest";
import { createGroupCommit, GroupCommitFull } from "./group-commit.ts";

/** A flush that ends when the test says so, and what it was given. */
function heldFlush() {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const flush = (items: number[]) => {
    batches.push(items);
    return new Promise<number[]>((resolve) => ends.push(() => resolve(items.map((item) => item * 10))));
  };
  return { batches, flush, end: () => ends.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
/** Long enough for every flush that may start to have started. */
const untilStarted = async () => {
  for (let i = 0; i < 5; i++) await turn();
};

test("what arrives during a flush shares the next one, and each caller gets its own outcome", async () => {
  const { batches, flush, end } = heldFlush();
  const commits = createGroupCommit({ flush, batchMax: 10, waitingMax: 10 });
  const first = commits.submit(1);
  await turn();
  const later = [commits.submit(2), commits.submit(3)];
  await turn();
  expect(batches).toEqual([[1]]);
  end();
  expect(await first).toBe(10);
  await turn();
  expect(batches).toEqual([[1], [2, 3]]);
  end();
  expect(await Promise.all(later)).toEqual([20, 30]);
  expect(commits.size()).toBe(0);
});

test("a batch has its limit, and the rest follows", async () => {
  const batches: number[] = [];
  const flush = async (items: number[]) => {
    batches.push(items.length);
    return items;
  };
  const commits = createGroupCommit({ flush, batchMax: 2, waitingMax: 10 });
  await Promise.all([1, 2, 3, 4, 5].map(commits.submit));
  expect(batches).toEqual([2, 2, 1]);
});

test("what waits is shared out among the flushes that may run, in parts of the usual size at least", async () => {
  const { batches, flush, end } = heldFlush();
  const commits = createGroupCommit({ flush, batchMax: 40, batchUsual: 4, flushesMax: 3, waitingMax: 200 });
  const sizes = () => batches.splice(0).map((batch) => batch.length);
  const submitted = Array.from({ length: 6 }, (_, i) => commits.submit(i));
  await untilStarted();
  expect(sizes()).toEqual([4, 2]);
  submitted.push(...Array.from({ length: 31 }, (_, i) => commits.submit(i)));
  await untilStarted();
  expect(sizes()).toEqual([11]);
  end();
  end();
  await untilStarted();
  expect(sizes()).toEqual([7, 5]);
  submitted.push(...Array.from({ length: 150 }, (_, i) => commits.submit(i)));
  end();
  await untilStarted();
  expect(sizes()).toEqual([40]);
  while (commits.size() > 0) {
    end();
    await turn();
  }
  expect(await Promise.all(submitted)).toHaveLength(187);
});

test("one more than may wait is refused, and nothing else is", async () => {
  const { flush, end } = heldFlush();
  const commits = createGroupCommit({ flush, batchMax: 10, waitingMax: 2 });
  const taken = [commits.submit(1), commits.submit(2)];
  await expect(commits.submit(3)).rejects.toThrow(GroupCommitFull);
  await turn();
  end();
  expect(await Promise.all(taken)).toEqual([10, 20]);
});

test("a failed flush fails exactly its own callers", async () => {
  const flush = async (items: number[]) => {
    if (items.includes(1)) throw new Error("lost");
    return items;
  };
  const commits = createGroupCommit({ flush, batchMax: 1, waitingMax: 10 });
  const outcomes = await Promise.allSettled([commits.submit(1), commits.submit(2)]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "fulfilled"]);
});

test("flushes keep their distance under load, and start at once after a quiet time", async () => {
  const starts: number[] = [];
  let nowMs = 0;
  const flush = async (items: number[]) => {
    starts.push(nowMs);
    return items;
  };
  const commits = createGroupCommit({
    flush,
    batchMax: 10,
    waitingMax: 10,
    intervalMs: 5,
    monotonicMs: () => nowMs,
  });
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  await commits.submit(1);
  nowMs = 100;
  await commits.submit(2);
  // 1 ms later: it waits for the rest of the interval, and what comes meanwhile goes with it.
  nowMs = 101;
  const close = [commits.submit(3)];
  await turn();
  vi.advanceTimersByTime(3);
  await turn();
  expect(starts).toEqual([0, 100]);
  close.push(commits.submit(4));
  nowMs = 105;
  vi.advanceTimersByTime(1);
  await Promise.all(close);
  expect(starts).toEqual([0, 100, 105]);
});

test("draining waits for what is on its way, and for nothing when nothing is", async () => {
  const { flush, end } = heldFlush();
  const commits = createGroupCommit({ flush, batchMax: 10, waitingMax: 10 });
  await commits.drain();
  const submitted = commits.submit(1);
  let drained = false;
  const draining = commits.drain().then(() => {
    drained = true;
  });
  await turn();
  expect(drained).toBe(false);
  end();
  await submitted;
  await draining;
});
