import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "./paths.ts";

/** `.carewire/demo.json`: everything a script needs to use the local stack. */
export interface DemoState {
  /** Key of the demo organization with every everyday scope. */
  api_key: string;
  /** Key of the demo organization with every scope. */
  admin_api_key: string;
  /** `org_…` */
  organization_id: string;
  /** Base URL by app; worker roles are named `<app>-worker`. */
  urls: Record<string, string>;
  /** What was generated for the apps, by environment variable. */
  secrets: Record<string, string>;
  database_url: string;
  /** Null: no Redis was found, the stack runs on Postgres wake-ups alone. */
  redis_url: string | null;
  /** Process id by app, and of `postgres` and `redis` when this stack started them; empty when stopped. */
  pids: Record<string, number>;
}

/** What survives a stop: keys, the organization and connection strings. */
export type RememberedState = Partial<DemoState>;

const fileName = "demo.json";

export function readState(): RememberedState {
  try {
    return JSON.parse(readFileSync(join(stateFolder(), fileName), "utf8"));
  } catch {
    return {};
  }
}

/** Whether this is the state of a stack that was ready, and not stopped since. */
export function isCompleteState(state: RememberedState): state is DemoState {
  return state.api_key !== undefined && Object.keys(state.pids ?? {}).length > 0;
}

export function writeState(state: RememberedState): void {
  const file = join(stateFolder(), fileName);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  // Readers see the old file or the new one, never half of it.
  renameSync(`${file}.new`, file);
}

/** From now on this is the state of a stack that is not ready. */
export function forgetProcesses(): void {
  writeState({ ...readState(), pids: {} });
}

/** The port a remembered URL used, so that the next start can take it again. */
export function portOf(url: string | null | undefined): number | undefined {
  return url && URL.canParse(url) ? Number(new URL(url).port) || undefined : undefined;
}
