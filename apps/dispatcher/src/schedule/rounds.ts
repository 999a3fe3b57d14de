/** A loop that runs while there is work, and sleeps otherwise. */
export interface Rounds {
  /** There may be work: a round begins as soon as possible. Cheap to call at any time. */
  poke(): void;
  /** Begins no further round; resolves when the running one is over. */
  stop(): Promise<void>;
}

export interface RoundsDeps {
  /** Resolves when the next round may begin; see `createPace`. A round that left work is followed by the next at once. */
  pace(): Promise<void>;
  /** While true no round begins; poke when that changes. */
  paused(): boolean;
  /** Does a bounded piece of the work; resolves to whether more is left. */
  round(): Promise<boolean>;
  /** A round failed; the next one begins after this resolves. */
  onError(error: unknown): Promise<void>;
}

/** Runs `round` after every poke, never twice at the same time, and again while it leaves work. */
export function createRounds({ pace, paused, round, onError }: RoundsDeps): Rounds {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  async function run(): Promise<void> {
    let full = false;
    while (again && !stopped && !paused()) {
      if (!full) await pace();
      if (stopped) return;
      again = false;
      try {
        full = await round();
        if (full) again = true;
      } catch (error) {
        again = true;
        await onError(error);
      }
    }
  }

  function start(): void {
    if (running || stopped) return;
    running = run().finally(() => {
      running = null;
      // Asked for while the last round was ending.
      if (again && !paused()) start();
    });
  }

  return {
    poke() {
      again = true;
      start();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
