import { runningLauncher } from "./launcher-lock.ts";
import { stateFolder } from "./paths.ts";
import { createProcessRegistry } from "./process-registry.ts";
import { step } from "./progress.ts";
import { forgetProcesses } from "./state.ts";
import { waitUntil } from "./wait-until.ts";

/** How long each process of the stack may drain before it is ended by force. */
export const stopTimeoutMs = 15_000;

/** `npm start -- --stop`: stops this clone's stack, however it was started. Resolves to the exit code. */
export async function stop(): Promise<number> {
  const folder = stateFolder();
  const launcher = runningLauncher(folder);
  if (launcher !== null) {
    await step("Stopping", async () => {
      process.kill(launcher, "SIGTERM");
      await waitUntil(async () => runningLauncher(folder) === null, { timeoutMs: 2 * stopTimeoutMs });
    });
  }
  const registry = createProcessRegistry(folder);
  const left = registry.running().length;
  if (left > 0) await step("Stopping", () => registry.stopAll({ timeoutMs: stopTimeoutMs }));
  forgetProcesses();
  console.log(left > 0 || launcher !== null ? "Carewire is stopped." : "Carewire was not running.");
  return 0;
}
