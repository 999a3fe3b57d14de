import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@carewire/service-kit";

export interface Watch {
  /** Ends after the look that is under way. */
  stop(): Promise<void>;
}

/** Looks now and then until it is stopped; a look that fails is logged, and the next one comes. */
export function startWatch(
  look: () => Promise<void>,
  { what, everyMs, logger }: { what: string; everyMs: number; logger: Pick<Logger, "error"> },
): Watch {
  const stopping = new AbortController();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => logger.error({ err: error }, `looking at ${what} failed`));
      await sleep(everyMs, null, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
