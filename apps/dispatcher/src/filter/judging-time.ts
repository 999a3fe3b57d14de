import { setImmediate } from "node:timers/promises";
import type { Clock } from "@carewire/envelope";

/** After so long in a row others get a turn. One filter on a large payload may take longer than that already. */
const turnMs = 20;
/**
 * Other organizations wait for so long, and it is well under the 15 s for which a transaction may idle. What is not
 * judged by then keeps its place.
 */
const judgedMsMax = 500;

/** How long a transaction has been judging events. */
export interface JudgingTime {
  /** No further event is to be judged in this transaction. */
  isUp(): boolean;
  isTurnOver(): boolean;
  giveTurn(): Promise<void>;
}

/** Begins now. */
export function createJudgingTime(monotonic: Clock = { now: () => performance.now() }): JudgingTime {
  const beganMs = monotonic.now();
  let turnBeganMs = beganMs;
  return {
    isUp: () => monotonic.now() - beganMs >= judgedMsMax,
    isTurnOver: () => monotonic.now() - turnBeganMs >= turnMs,
    async giveTurn() {
      await setImmediate();
      turnBeganMs = monotonic.now();
    },
  };
}
