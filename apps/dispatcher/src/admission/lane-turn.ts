/** The lane a claim begins with: 0 first attempts, 1 retries, 2 bulk replays. */
export type FirstLane = 0 | 1 | 2;

/** Claims of a hundred that begin with retries, and with bulk replays. */
const retryTurns = 15;
const replayTurns = 5;
const goldenRatio = 0.618_033_988_749_895;

/**
 * Which lane claim number `n` begins with. Almost always first attempts; now and then a later lane, which may then take
 * a fifth of an endpoint's slots, so that an endpoint that never runs out of new events still gets its retries. Spread
 * by the golden ratio: whoever is part of every second, third or tenth claim only gets the same share. Pure.
 */
export function firstLaneOf(n: number): FirstLane {
  const turn = ((n * goldenRatio) % 1) * 100;
  if (turn < replayTurns) return 2;
  return turn < replayTurns + retryTurns ? 1 : 0;
}
