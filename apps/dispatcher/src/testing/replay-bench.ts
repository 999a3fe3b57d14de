import type { StoredReplayFilter } from "@carewire/db";
import { firstIdAt, newId, systemClock } from "@carewire/envelope";
import { createFilterCandidates } from "../replay/filter-candidates.ts";
import { type ReplayStepDeps, stepReplay } from "../replay/replay-step.ts";
import { routeBatch } from "../store/route.ts";
import type { DeliveryBench, TestSubscription } from "./delivery-bench.ts";

export interface JobDraft {
  kind?: "filter" | "recover" | "missing";
  filter?: Partial<StoredReplayFilter>;
  ratePerSecond?: number | null;
}

export interface JobNow {
  status: string;
  replayed: number;
  error: string | null;
}

/** A replay as it lies in the queue. */
export interface QueuedReplay {
  eventId: string;
  subscriptionId: string;
  replayOf: string | null;
}

const stored = { held: 1, delivered: 2, failed: 3, cancelled: 4 } as const;

/** What tests of replays do to a delivery bench. */
export function createReplayBench(bench: DeliveryBench) {
  const { sql, organizationId } = bench;
  const deps: ReplayStepDeps = {
    sql,
    filterCandidates: createFilterCandidates(bench),
    failpoint: () => {},
  };

  async function step(more: Partial<ReplayStepDeps> = {}) {
    return stepReplay({ ...deps, ...more });
  }

  return {
    step,
    /** Makes the job as the API does, over everything until now. */
    async addJob(subscriptions: TestSubscription[], draft: JobDraft = {}): Promise<string> {
      const id = newId(systemClock.now());
      const untilMs = systemClock.now() + 1;
      const filter = {
        since: new Date(untilMs - 3_600_000).toISOString(),
        until: new Date(untilMs).toISOString(),
        ...draft.filter,
      };
      await sql`
        insert into replay_jobs (id, organization_id, kind, filter, until_id, rate_per_second, total, total_is, created_by)
        values (${id}, ${organizationId}, ${draft.kind ?? "filter"}, ${sql.json({ ...filter })},
          ${firstIdAt(Date.parse(filter.until))}, ${draft.ratePerSecond ?? null}, 0, 'exact', 'bench')`;
      await sql`
        insert into replay_job_endpoints (job_id, subscription_id, organization_id, position)
        select ${id}, s, ${organizationId}, ${firstIdAt(Date.parse(filter.since))}
        from unnest(${subscriptions.map((subscription) => subscription.id)}::uuid[]) s`;
      return id;
    },
    /** Takes steps until no job may take another; returns how many. */
    async run(more: Partial<ReplayStepDeps> = {}): Promise<number> {
      for (let steps = 0; ; steps++) if ((await step(more)).kind === "idle") return steps;
    },
    async job(id: string): Promise<JobNow> {
      const [row] = await sql<JobNow[]>`select status, replayed, error from replay_jobs where id = ${id}`;
      if (row === undefined) throw new Error("there is no such job");
      return row;
    },
    /** Jobs that wait for their time may go on now. */
    async makeDue(): Promise<void> {
      await sql`update replay_jobs set next_step_at = now() where status = 'running'`;
      await sql`update replay_job_endpoints set next_step_at = now() where not done`;
    },
    /** Publishes and routes one event; its deliveries end in this status. */
    async publish(
      status: keyof typeof stored,
      draft: Parameters<DeliveryBench["publish"]>[0] = {},
    ): Promise<string> {
      const eventId = await bench.publish(draft);
      while ((await routeBatch(sql, 500)).events > 0);
      await sql`delete from delivery_queue where event_id = ${eventId}`;
      await sql`update deliveries set status = ${stored[status]}, attempts = 1 where event_id = ${eventId}`;
      return eventId;
    },
    /** What every job queued so far, in the order it was made. */
    queued: () => sql<QueuedReplay[]>`
      select d.event_id "eventId", d.destination_id "subscriptionId", d.replay_of "replayOf"
      from delivery_queue q join deliveries d on d.id = q.id
      where q.lane = 2 and d.trigger = 1 and d.replay_job_id is not null order by d.id`,
    async reset(): Promise<void> {
      await sql`delete from replay_jobs`;
      await bench.reset();
    },
  };
}
