import type { IdempotencyStore } from "./store.ts";
import { type StoreTimes, storeTimesMs } from "./store-times.ts";

/** How a {@link createMemoryStore} remembers. */
export interface MemoryStoreOptions extends StoreTimes {
  /** Ids kept at most; beyond them the oldest processed ones are forgotten. Default 100,000. */
  entriesMax?: number;
  /** The time in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/**
 * Remembers in this process only: for development, tests, and receivers that run as one process and may repeat what they
 * did before a restart. When every kept id is being processed at this moment, a further claim is `busy`.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): IdempotencyStore {
  const { entriesMax = 100_000, now = Date.now } = options;
  const { leaseMs, ttlMs } = storeTimesMs(options);
  // Both in the order in which they end, because each map's entries last equally long.
  const leaseUntil = new Map<string, number>();
  const doneUntil = new Map<string, number>();

  function forgetExpired(untilById: Map<string, number>): void {
    for (const [id, untilMs] of untilById) {
      if (untilMs > now()) return;
      untilById.delete(id);
    }
  }

  function makeRoom(): boolean {
    if (leaseUntil.size + doneUntil.size < entriesMax) return true;
    for (const oldest of doneUntil.keys()) return doneUntil.delete(oldest);
    return false;
  }

  return {
    async claim(id) {
      forgetExpired(leaseUntil);
      forgetExpired(doneUntil);
      if (doneUntil.has(id)) return "done";
      if (leaseUntil.has(id) || !makeRoom()) return "busy";
      leaseUntil.set(id, now() + leaseMs);
      return "claimed";
    },
    async commit(id) {
      leaseUntil.delete(id);
      doneUntil.delete(id);
      if (makeRoom()) doneUntil.set(id, now() + ttlMs);
    },
    async release(id) {
      leaseUntil.delete(id);
    },
  };
}
