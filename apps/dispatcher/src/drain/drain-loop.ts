import { createRounds, type Rounds } from "../schedule/rounds.ts";
import { type DrainStepDeps, stepDrain } from "./drain-step.ts";

export interface DrainLoopDeps extends DrainStepDeps {
  /** Deliveries were queued in this shard. */
  onReleased(shard: number): void;
  /** A step went wrong; the loop goes on after this resolves. */
  onError(error: unknown): Promise<void>;
}

/** Goes on with what requests left behind when they resumed or deleted subscriptions, a step at a time, in turn. */
export function createDrainLoop(deps: DrainLoopDeps): Rounds {
  async function round(): Promise<boolean> {
    const step = await stepDrain(deps);
    if (step.kind === "released") deps.onReleased(step.shard);
    return step.kind !== "idle";
  }

  return createRounds({ round, onError: deps.onError, pace: async () => {}, paused: () => false });
}
