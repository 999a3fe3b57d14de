import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../logging/create-logger.ts";

const everyMs = 1_000;

export interface RetryLoop {
  /** Ends after the retry that is under way. */
  stop(): Promise<void>;
}

/** Looks once a second whether somebody wants a malformed request mapped again; `retryOne` is false when nobody does. */
export function startRetryLoop(retryOne: () => Promise<boolean>, logger: Pick<Logger, "warn">): RetryLoop {
  const stopping = new AbortController();
  let isFailing = false;

  async function look(): Promise<void> {
    try {
      while (!stopping.signal.aborted && (await retryOne())) {}
      isFailing = false;
    } catch (error) {
      // Once, not every second of an outage.
      if (!isFailing) logger.warn({ err: error }, "retrying malformed requests failed; trying again");
      isFailing = true;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look();
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
