import { LaunchFailure } from "./launch-failure.ts";
import { identify } from "./process-identity.ts";
import type { DemoState } from "./state.ts";

/** Throws `LaunchFailure` naming the processes of a stack that was ready and that have ended since. */
export function requireRunningProcesses({ pids }: Pick<DemoState, "pids">): void {
  const ended = Object.keys(pids).filter((name) => identify(pids[name]!) === null);
  if (ended.length === 0) return;
  throw new LaunchFailure(
    `Carewire runs from this clone, but not all of it: ended since it was ready: ${ended.join(", ")}. See .carewire/logs, then stop it with npm start -- --stop and start it again.`,
  );
}
