import type { ReplayCandidate } from "@carewire/db";

/** What becomes of the deliveries or events that a step looked at. */
export interface ReplayBatch {
  take: ReplayCandidate[];
  /** The last one that is dealt with; the next step looks further from here. */
  position: string;
  /** There is nothing further. */
  isDone: boolean;
}

/** Takes what matched, oldest first and `takeMax` at most, and leaves what lies beyond to the next step. */
export function planBatch(
  candidates: readonly ReplayCandidate[],
  { position, takeMax, lookMax }: { position: string; takeMax: number; lookMax: number },
): ReplayBatch {
  const take: ReplayCandidate[] = [];
  for (const candidate of candidates) {
    if (candidate.matched && take.length === takeMax) return { take, position, isDone: false };
    if (candidate.matched) take.push(candidate);
    position = candidate.id;
  }
  return { take, position, isDone: candidates.length < lookMax };
}
