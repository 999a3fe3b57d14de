import type { Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Admission } from "../admission/admission.ts";
import { saveHealth } from "../store/save-health.ts";
import { sweepFailing } from "../store/sweep-failing.ts";
import type { HealthChanges } from "./health-changes.ts";
import type { HealthPolicy } from "./next-health-step.ts";

export interface HealthLoop {
  /** Writes down what changed, and learns which breakers somebody else closed. */
  save(): Promise<void>;
  /** Warns about, and disables, endpoints that only fail. */
  sweep(): Promise<void>;
}

const changesMax = 500;

export function createHealthLoop(deps: {
  sql: Sql;
  publisher: Publisher;
  clock: Clock;
  admission: Admission;
  changes: HealthChanges;
  policy: HealthPolicy;
  /** Events were published: they wait to be routed. */
  onPublished(): void;
}): HealthLoop {
  const { sql, clock, admission, changes, policy } = deps;

  async function saveSome(): Promise<boolean> {
    const taken = changes.take(changesMax);
    if (taken.length === 0) return false;
    const rows = taken.map((change) => ({ ...change, kept: admission.kept(change.subscriptionId) }));
    try {
      if ((await saveHealth(deps, rows, clock.now())) > 0) deps.onPublished();
    } catch (error) {
      changes.putBack(taken);
      throw error;
    }
    changes.saved(taken);
    return taken.length === changesMax;
  }

  /** Its owner resumed, changed, paused or deleted the endpoint, or another dispatcher got through to it. */
  async function followOthers(): Promise<void> {
    const open = admission.open().filter((id) => !changes.unsaved(id));
    if (open.length === 0) return;
    const closed = await sql<{ id: string }[]>`
      select o.id from unnest(${open}::uuid[]) o(id)
      where not exists (select from endpoint_state e join subscriptions s on s.id = e.subscription_id and s.active
        where e.subscription_id = o.id and e.breaker <> 'closed')`;
    for (const { id } of closed) if (!changes.unsaved(id)) admission.reset(id);
  }

  return {
    async save() {
      while (await saveSome());
      await followOthers();
    },
    async sweep() {
      if ((await sweepFailing(deps, policy, new Date(clock.now()))) > 0) deps.onPublished();
    },
  };
}
