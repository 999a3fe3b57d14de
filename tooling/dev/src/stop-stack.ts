import type { ProcessRegistry } from "./process-registry.ts";
import { step } from "./progress.ts";
import { stopTimeoutMs } from "./stop.ts";

/**
 * Stops what the registry knows. `forget` says first that the stack is not ready: whoever asks meanwhile must not be told
 * that it is. When that cannot be written down, on a full disk, all is stopped nevertheless before its error is thrown.
 */
export async function stopStack(registry: ProcessRegistry, forget: () => void): Promise<void> {
  try {
    forget();
  } finally {
    if (registry.running().length > 0) {
      await step("Stopping", () => registry.stopAll({ timeoutMs: stopTimeoutMs }));
    }
  }
}
