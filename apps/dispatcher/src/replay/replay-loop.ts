import { type ReplayStepDeps, stepReplay } from "./replay-step.ts";

export interface ReplayLoop {
  /** Takes steps while any job may take one. Cheap to call at any time. */
  poke(): void;
  stop(): Promise<void>;
}

export interface ReplayLoopDeps extends ReplayStepDeps {
  /** Messages were queued in this shard. */
  onReplayed(shard: number): void;
  /** A step went wrong; the loop goes on after this resolves. */
  onError(error: unknown): Promise<void>;
}

/** Runs the replay jobs of every organization, a step at a time, in turn. */
export function createReplayLoop(deps: ReplayLoopDeps): ReplayLoop {
  let running: Promise<void> | null = null;
  let stopped = false;

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        const step = await stepReplay(deps);
        if (step.kind === "idle") return;
        if (step.kind === "replayed") deps.onReplayed(step.shard);
      } catch (error) {
        await deps.onError(error);
      }
    }
  }

  return {
    poke() {
      if (running || stopped) return;
      running = run().finally(() => {
        running = null;
      });
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
