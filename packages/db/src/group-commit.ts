/** Why an item was not taken: the waiting room is full. Callers answer 503 with Retry-After. */
export class GroupCommitFull extends Error {
  constructor(waitingMax: number) {
    super(`group commit: ${waitingMax} items are already waiting; retry later`);
    this.name = "GroupCommitFull";
  }
}

export interface GroupCommitOptions<Item, Outcome> {
  /** Commits a batch and returns one outcome per item, in order. A rejection rejects every caller of the batch. */
  flush(items: Item[]): Promise<Outcome[]>;
  /** Items in one flush at most. */
  batchMax: number;
  /**
   * Items in one flush while `flushesMax` of these hold all that waits; default `batchMax`. Flushes of about the same
   * size keep one another's place busy: a large one has everybody wait for it, and nothing to do meanwhile.
   */
  batchUsual?: number;
  /** Items waiting for their flush at most; one more is refused with `GroupCommitFull`. */
  waitingMax: number;
  /** Flushes that may run at the same time; default 1. */
  flushesMax?: number;
  /**
   * Milliseconds between the starts of two flushes at least; default 0. Under load it makes few large batches of many
   * small ones, each of which costs a round trip; after a quiet time a flush starts at once all the same.
   */
  intervalMs?: number;
  /** Milliseconds from a clock that only goes forward. Default: the process's. */
  monotonicMs?: () => number;
}

export interface GroupCommit<Item, Outcome> {
  /** Resolves with the item's outcome once its batch has committed. */
  submit(item: Item): Promise<Outcome>;
  /** Items waiting or being committed. */
  size(): number;
  /** Resolves when nothing is waiting or being committed any more. */
  drain(): Promise<void>;
}

interface Waiting<Item, Outcome> {
  item: Item;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Flushes at once, and lets whatever arrives during that flush share the next one. Nothing waits for a window to fill:
 * that is slower than no batching at low load. Only flushes that would follow each other too closely are spaced.
 */
export function createGroupCommit<Item, Outcome>(
  options: GroupCommitOptions<Item, Outcome>,
): GroupCommit<Item, Outcome> {
  const { flush, batchMax, waitingMax, flushesMax = 1, intervalMs = 0 } = options;
  const batchUsual = Math.min(options.batchUsual ?? batchMax, batchMax);
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  let waiting: Waiting<Item, Outcome>[] = [];
  let committing = 0;
  let flushes = 0;
  let scheduled = false;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let idle: (() => void)[] = [];

  function schedule(): void {
    if (scheduled || flushes >= flushesMax || waiting.length === 0) return;
    scheduled = true;
    const waitMs = startedAtMs + intervalMs - monotonicMs();
    if (waitMs > 0 && waiting.length < batchUsual) setTimeout(run, waitMs);
    // After the current poll phase, so that everything read from sockets in this turn shares the flush.
    else setImmediate(run);
  }

  async function run(): Promise<void> {
    scheduled = false;
    if (waiting.length === 0) return;
    const size = Math.min(batchMax, Math.max(batchUsual, Math.ceil(waiting.length / flushesMax)));
    const batch = waiting.length <= size ? waiting : waiting.slice(0, size);
    waiting = waiting.length <= size ? [] : waiting.slice(size);
    flushes++;
    committing += batch.length;
    startedAtMs = monotonicMs();
    schedule();
    try {
      const outcomes = await flush(batch.map((entry) => entry.item));
      batch.forEach((entry, i) => {
        entry.resolve(outcomes[i] as Outcome);
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      flushes--;
      committing -= batch.length;
    }
    schedule();
    if (waiting.length === 0 && flushes === 0) {
      for (const wake of idle) wake();
      idle = [];
    }
  }

  return {
    submit(item) {
      if (waiting.length >= waitingMax) return Promise.reject(new GroupCommitFull(waitingMax));
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        schedule();
      });
    },
    size: () => waiting.length + committing,
    drain() {
      if (waiting.length === 0 && flushes === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
  };
}
