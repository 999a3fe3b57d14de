import { createRounds, type Rounds } from "../schedule/rounds.ts";
import type { Filtered } from "../store/filter-queue.ts";
import { type FilterBatchDeps, filterBatch } from "./filter-batch.ts";
import { type CirclePosition, circleBegin } from "./filter-turn.ts";

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
/** Many enough that one that has much waiting is little of a turn, few enough that each gets something done in its. */
const organizationsMax = 10;

/** One per process: turns events that wait for a filter into deliveries, or drops them. */
export function createFilterLoop({ pace, paused, onFiltered, onError, ...deps }: FilterLoopDeps): Rounds {
  let position: CirclePosition = circleBegin;

  async function round(): Promise<boolean> {
    const filtered = await filterBatch(deps, { ...position, candidatesMax, organizationsMax });
    position = { after: filtered.after, leftSome: filtered.leftSome };
    if (filtered.candidates > 0) onFiltered(filtered);
    return filtered.hasMore;
  }
  return createRounds({ pace, paused, onError, round });
}
