import { setTimeout as sleep } from "node:timers/promises";
import type { Consumption } from "@carewire/bus";
import { type ReconcileDeps, reconcileRooms } from "./reconcile-rooms.ts";

export interface ReconcilingOptions extends ReconcileDeps {
  /** Between the end of one look and the next. */
  intervalMs: number;
}

/** Looks for rooms that ended unheard until `stop`; runs beside the consumers and stops like one. */
export function startReconciling({ intervalMs, ...deps }: ReconcilingOptions): Consumption {
  const stopping = new AbortController();
  const { signal } = stopping;
  let looking = 0;

  async function look(): Promise<void> {
    looking = 1;
    try {
      const count = await reconcileRooms(deps, signal);
      if (count > 0) deps.logger.warn({ count }, "rooms ended whose room_finished never came");
    } catch (err) {
      deps.logger.error({ err }, "rooms that ended unheard could not be looked for");
    } finally {
      looking = 0;
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await look();
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
