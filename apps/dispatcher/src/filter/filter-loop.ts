import { createRounds, type Rounds } from "../schedule/rounds.ts";
import type { Filtered } from "../store/filter-queue.ts";
import { type FilterBatchDeps, filterBatch } from "./filter-batch.ts";

export interface FilterLoopDeps extends FilterBatchDeps {
  pace(): Promise<void>;
  /** Enough is due already, as for routing. */
  paused(): boolean;
  /** Events passed filters: wake whoever goes on with them. */
  onFiltered(filtered: Filtered): void;
  onError(error: unknown): Promise<void>;
}

/** Each may bring a payload of 256 KiB. */
const candidatesMax = 200;

/** One per process: turns events that wait for a filter into deliveries, or drops them. */
export function createFilterLoop({ pace, paused, onFiltered, onError, ...deps }: FilterLoopDeps): Rounds {
  async function round(): Promise<boolean> {
    const filtered = await filterBatch(deps, candidatesMax);
    if (filtered.candidates > 0) onFiltered(filtered);
    return filtered.hasMore;
  }
  return createRounds({ pace, paused, onError, round });
}
