import { setTimeout as sleep } from "node:timers/promises";
import type { Consumption } from "@carewire/bus";
import { type ExpireDeps, expireEstablishments } from "./expire-establishments.ts";

export interface ExpiryJobOptions extends ExpireDeps {
  /** Between the end of one look and the next. */
  intervalMs: number;
}

/** Looks for lapsed establishments until `stop`; runs beside the consumers and stops like one. */
export function startExpiryJob({ intervalMs, ...deps }: ExpiryJobOptions): Consumption {
  const stopping = new AbortController();
  const { signal } = stopping;
  let looking = 0;

  async function look(): Promise<void> {
    looking = 1;
    try {
      await expireEstablishments(deps, signal);
    } catch (err) {
      deps.logger.error({ err }, "lapsed establishments could not be looked for");
    } finally {
      looking = 0;
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await look();
      await sleep(intervalMs, null, { signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    registered: Promise.resolve(),
    inFlight: () => looking,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
