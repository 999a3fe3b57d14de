import { beforeAll, expect } from "vitest";
import type { DeliveryBench } from "./delivery-bench.ts";
import { type DispatcherOptions, startDispatcher } from "./start-dispatcher.ts";

/** Starts a dispatcher for the tests of the calling group; it ends well, with nothing in flight. */
export function withDispatcher(bench: () => DeliveryBench, options: DispatcherOptions = {}): void {
  beforeAll(async () => {
    const dispatcher = await startDispatcher(bench(), options);
    return async () => {
      await dispatcher.stop();
      expect(await dispatcher.inFlight()).toBe(0);
      expect(dispatcher.errors).toEqual([]);
    };
  });
}
